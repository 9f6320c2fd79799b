/* Search, in one publisher or in all that are open, one after another. */
const HITS = 100;

async function searchIn(to, publisher, list, state) {
  const answer = await check('search', { publisher, words: to.words, limit: HITS }, (p) => {
    state.textContent = words('searching', { a: p.done, b: p.total });
  });
  for (const hit of answer.hits) {
    hit.article.publisher = publisher;
    to.articles.push(hit.article);
    list.append(h('li', null, story(hit.article, { snippet: hit.snippet })));
  }
}

async function runSearch(to, list, state) {
  to.articles = [];
  list.textContent = '';
  state.textContent = words('working');
  for (const s of S.publishers) await searchIn(to, s.publisher, list, state);
  S.order = to.articles;
  state.textContent = to.articles.length > 0 ? words('articles', { n: to.articles.length }) : words('nothing');
}

function searchScreen(to) {
  const list = h('ol.hits');
  const state = h('p.detail', { role: 'status' });
  const input = h('input', { type: 'search', value: to.words || '', maxlength: '200', autocomplete: 'off', spellcheck: 'false', enterkeyhint: 'search' });
  const run = (e) => {
    if (e) e.preventDefault();
    to.words = input.value.trim();
    if (to.words) runSearch(to, list, state).catch((fault) => { state.replaceWith(refusal(fault)); });
  };
  if (to.words) run();
  const form = h('form', { role: 'search', onsubmit: run }, field(words('words'), input),
    h('div.row', null, h('button.main', { type: 'submit' }, words('search'))));
  to.focus = to.words ? undefined : input;
  return h('div.plain', null, h('h1', { tabindex: '-1' }, words('search')), form, state, list);
}
