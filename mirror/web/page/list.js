/*
 * The front page: newest first, the first of all largest.  A place keeps what it has loaded, so that
 * going back shows the same, at the same line.
 */
const PAGE = 60, SECTIONS = 10, THUMB_BYTES = 400e3;

const shownTime = (a) => (a.published === null || a.published === undefined ? a.bundleTime : a.published);

/* What must be known of an article before its text is believed. */
function flags(article) {
  return [article.action === 'retract' && h('span.flag.grave', null, words('retract')),
    article.joined === false && h('span.flag.grave', null, words('unjoined')),
    article.action === 'revise' && article.note && h('span.flag', null, words('correction'))];
}

function byline(article) {
  return article.bylines && article.bylines.length > 0 && h('bdi', null, listed(article.bylines));
}

function headline(article, title) {
  const open = (e) => {
    if (e.type === 'keydown' && e.key !== 'Enter') return;
    e.preventDefault();
    go({ screen: 'article', publisher: article.publisher, id: article.id });
  };
  return h('a', { role: 'link', tabindex: '0', 'data-key': article.id, onclick: open, onkeydown: open }, title || article.title || article.id);
}

/* A small picture, asked for when it comes into view; none where each would be fetched. */
function thumb(article) {
  const media = article.media[0];
  if (S.fetching || !media || media.bytes > THUMB_BYTES || !window.IntersectionObserver) return null;
  const place = h('span.thumb');
  new IntersectionObserver((seen, observer) => {
    if (!seen.some((e) => e.isIntersecting)) return;
    observer.disconnect();
    const image = picture(article, 0, true);
    image.className = 'thumb';
    image.alt = ''; /* beside its headline it adds nothing for who listens */
    place.replaceWith(image);
  }, { rootMargin: '200px' }).observe(place);
  return place;
}

function story(article, o) {
  const t = tongue(article), lead = o.lead;
  const gist = o.snippet || article.summary || article.subtitle;
  const large = lead && !S.fetching && article.media.length > 0;
  return h(`article.story${lead ? '.lead' : ''}${large ? '.pictured' : ''}`, null,
    large && h('div', null, picture(article, 0, true)),
    h('div', null,
      !lead && article.action !== 'retract' && thumb(article),
      article.section && !o.section && h('p.kicker', t, article.section),
      h('h2', t, headline(article)),
      gist && h('p.gist', t, gist),
      h('p.meta', { dir: t.dir }, flags(article), byline(article) && h('span', null, byline(article)),
        h('span', null, time(shownTime(article), date(shownTime(article)))))));
}

/* The first of all stands large, where a section does not make the list its own. */
function stories(articles, to) {
  return articles.map((article) => {
    const lead = !to.lead && article.action !== 'retract' && !to.section;
    if (lead) to.lead = true;
    return story(article, { lead, section: to.section });
  });
}

async function loadMore(to) {
  const answer = await check('list', { publisher: to.publisher, section: to.section, lang: to.lang, retracted: true,
    offset: to.articles.length, limit: PAGE });
  answer.articles.forEach((a) => { a.publisher = to.publisher; });
  to.articles.push(...answer.articles);
  to.more = answer.more;
  return answer.articles;
}

function moreButton(to, grid) {
  return h('div.after', null, button(words('older'), async (e) => {
    const area = e.target.parentNode;
    e.target.disabled = true;
    try {
      const fresh = stories(await loadMore(to), to);
      grid.append(...fresh);
      area.replaceWith(...(to.more ? [moreButton(to, grid)] : []));
      if (fresh.length > 0) fresh[0].querySelector('h2 a').focus();
    } catch (fault) {
      area.replaceWith(refusal(fault));
    }
  }));
}

/* A choice that changes the list at once: "all" first. */
function turnBy(label, value, options, onchange) {
  return h('select', { 'aria-label': label, onchange: (e) => onchange(e.target.value || undefined) },
    h('option', { value: '' }, label), options.map(([v, name]) => h('option', { value: v, selected: v === value }, name)));
}

/* The sections with most articles as buttons, the others and the languages as choices. */
function sectionBar(to, found) {
  const turn = (values) => go(Object.assign({ screen: 'front', publisher: to.publisher, section: to.section, lang: to.lang }, values), true);
  const one = (label, section) => h('li', null, button(label, () => turn({ section }), '', { 'aria-current': to.section === section && 'page' }));
  const some = found.sections.map((s) => s.section).filter(Boolean), rest = some.slice(SECTIONS);
  if (some.length < 2 && found.langs.length < 2) return null;
  return h('nav.sections', { 'aria-label': words('sections') },
    h('ul', null, one(words('all'), undefined), some.slice(0, SECTIONS).map((s) => one(h('bdi', null, s), s))),
    rest.length > 0 && turnBy(words('sections'), to.section, rest.map((s) => [s, s]), (section) => turn({ section })),
    found.langs.length > 1 && turnBy(words('languages'), to.lang, found.langs.map((l) => [l.lang, languageName(l.lang)]), (lang) => turn({ lang })));
}

function masthead(s, count) {
  return h('header.mast', null,
    h('h1', { tabindex: '-1' }, h('bdi', null, titleOf(s))),
    callsItself(s) && h('p.calls', null, callsItself(s)),
    h('p.dateline', null, s.headTime ? h('span', null, time(s.headTime, date(s.headTime, DAY))) : null,
      s.headSeq ? h('span', null, words('bundle', { n: s.headSeq })) : null,
      count > 0 && h('span', null, words('articles', { n: count }))));
}

async function frontScreen(to) {
  const s = publisherOf(to.publisher);
  if (!to.found) to.found = await check('sections', { publisher: to.publisher }).catch(() => ({ sections: [], langs: [] }));
  if (!to.articles) {
    to.articles = [];
    await loadMore(to);
  }
  to.lead = false;
  S.order = to.articles;
  const count = to.found.langs.reduce((sum, l) => sum + l.count, 0);
  const grid = h('div.stories', null, stories(to.articles, to));
  return h('div', null, masthead(s, count), sectionBar(to, to.found), grid,
    to.articles.length === 0 && h('p.after', null, words('none')),
    to.more && moreButton(to, grid));
}
