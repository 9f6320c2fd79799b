/* One article.  What takes from its weight (retracted, corrected, not joined) stands before its text. */
const READ_A_MINUTE = { zh: 400, ja: 400 }; /* their words are counted by characters */

function articleNotes(a, reading) {
  const note = (kind, title, text) => h(`div.note${kind}`, null, h('strong', null, title), text);
  const own = (text) => text && h('bdi', { lang: a.lang }, text); /* often, not always, in the article's language */
  const all = [];
  if (a.action === 'retract') all.push(note('.grave', words('retract'), [words('retractText'), ' ', own(a.note)]));
  else if (a.note) all.push(note('', words('correction'), own(a.note)));
  if (a.joined === false) all.push(note('.grave', words('unjoined'), words('unjoinedText')));
  if (reading.erased) all.push(note('', words('erased')));
  else if (!reading.html && a.action !== 'retract') all.push(note('', words('noBody')));
  return all;
}

function articleTimes(a) {
  const minutes = Math.max(1, Math.round(a.words / (READ_A_MINUTE[String(a.lang).slice(0, 2)] || 200)));
  const parts = [h('span', null, time(shownTime(a), moment(shownTime(a))))];
  if (a.modified && a.modified > shownTime(a)) parts.push(h('span', null, time(a.modified, words('updated', { x: moment(a.modified) }))));
  if (a.words > 0) parts.push(h('span', null, words('minutes', { n: minutes })));
  return h('p', null, parts);
}

function articleHead(a) {
  return h('header', null,
    a.section && h('p.kicker', null, h('bdi', null, a.section)),
    h('h1', { tabindex: '-1' }, a.title || a.id),
    a.subtitle && h('p.standfirst', null, a.subtitle),
    h('div.meta', { lang: language, dir: directionOf(language) },
      a.bylines.length > 0 && h('p', null, h('bdi', null, listed(a.bylines))), articleTimes(a)));
}

/* Every record, when it is asked for. */
function versions(a) {
  const list = h('ol');
  const load = async () => {
    try {
      const { records } = await check('history', { publisher: a.publisher, articleId: a.id });
      put(list, records.map((r) => h('li', null, `${words(r.action)}: `, time(r.bundleTime, moment(r.bundleTime)), ` (${words('bundle', { n: r.seq })})`,
        r.note && [' ', h('span', tongue(r), r.note)])));
    } catch (fault) {
      list.replaceWith(refusal(fault));
    }
  };
  const box = h('details', null, h('summary', null, words('history')), list);
  box.addEventListener('toggle', load, { once: true });
  return box;
}

/* The articles beside this one in the list that it was opened from. */
function neighbours(to) {
  const at = S.order.findIndex((a) => a.id === to.id && a.publisher === to.publisher);
  return at < 0 ? [] : [S.order[at - 1], S.order[at + 1]];
}

function turnTo(article) {
  if (article) go({ screen: 'article', publisher: article.publisher, id: article.id }, true);
}

function articleFoot(a, s, to) {
  const [before, after] = neighbours(to);
  const step = (label, article) => article && button(label, () => turnTo(article));
  return h('footer', { lang: language, dir: directionOf(language) },
    h('p', null, h('bdi', null, titleOf(s)), ' · ', words('bundle', { n: a.seq }), ' · ', time(a.bundleTime, date(a.bundleTime))),
    h('p.paper', null, callsItself(s), ' · ', words('fingerprint'), ': ', h('bdi', { dir: 'ltr' }, s.digits)),
    a.url && h('p', null, words('source'), ': ', outLink(a.url, h('span.hash', null, a.url))),
    h('p', null, words('truth')),
    versions(a),
    h('div.row', null, h('span.row', null, step(words('previous'), before), step(words('next'), after)),
      button(words('print'), () => window.print())));
}

async function articleScreen(to) {
  const reading = await check('read', { publisher: to.publisher, articleId: to.id });
  const a = Object.assign(reading.article, { publisher: to.publisher });
  const html = reading.html || '';
  return h('article.article', tongue(a), articleHead(a),
    h('div', { lang: language, dir: directionOf(language) }, articleNotes(a, reading)),
    html && leadFigure(a, html), html && body(html, a),
    articleFoot(a, publisherOf(to.publisher), to));
}
