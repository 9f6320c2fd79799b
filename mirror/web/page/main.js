/*
 * The page: where the reader is, and what stands around it.
 *
 * Places are numbered, and the browser's history holds the number alone: no name of a publisher or
 * an article is in an address, a title or anything else that a browser writes down.
 */
const S = {
  publishers: [], files: [], checked: new Map(), /* what a check of everything found, by publisher */
  order: [], /* the list that an article was opened from */
  site: null, /* the address that this page came from; null: from a file */
  fetching: false, /* a mirror there is being read */
  keep: false, recalled: [], singleKeys: true, trouble: null, notice: '', pageHash: null,
  pins: null, /* as the worker gave them: for the next one */
};
const SCREENS = { start: startScreen, front: frontScreen, article: articleScreen, search: searchScreen,
  publisher: publisherScreen, shelf: shelfScreen, files: filesScreen, help: helpScreen };
const places = [{ screen: 'start' }];
let here = 0, shown = 0, lastSaid = 0, underWay = 0;

/* ---- places */

function remember() {
  const to = places[here];
  to.scroll = window.scrollY;
  const key = document.activeElement && document.activeElement.dataset.key;
  if (key) to.key = key;
}

function go(to, instead) {
  remember();
  if (!instead) here++;
  places.length = here;
  places.push(to);
  history[instead ? 'replaceState' : 'pushState']({ place: here }, '');
  return show();
}

function onHistory(e) {
  remember();
  here = Math.min(places.length - 1, (e.state && e.state.place) || 0);
  show(true);
}

function startOver() {
  places.length = 0;
  places.push({ screen: 'start' });
  here = 0;
  history.replaceState({ place: 0 }, '');
  show();
}

function home() {
  if (S.publishers.length === 0) go({ screen: 'start' });
  else if (S.publishers.length === 1) go({ screen: 'front', publisher: S.publishers[0].publisher });
  else go({ screen: 'shelf' });
}

/* ---- what stands around */

function showBar() {
  const at = places[here].screen;
  const item = (screen, label) => h('li', null, button(label, () => go({ screen }), '', { 'aria-current': at === screen && 'page' }));
  const bar = byId('bar');
  bar.textContent = '';
  put(bar, [h('div', null,
    h('div', null, here > 0 && button(language === 'fa' || language === 'ar' ? '→' : '←', () => history.back(), '', { 'aria-label': words('back'), title: words('back') }),
      button(S.publishers.length > 0 ? words('front') : words('reader'), home, 'home')),
    h('nav', { 'aria-label': words('reader') }, h('ul', null, S.publishers.length > 0 && item('search', words('search')),
      item('files', words('files')), item('help', words('help')))))]);
}

/* The publisher of the screen, or all that are open: on each screen. */
function showSigns() {
  const to = places[here];
  const area = byId('signs');
  area.textContent = '';
  if (to.screen === 'shelf') return;
  const one = publisherOf(to.publisher);
  for (const s of one ? [one] : S.publishers) {
    const lines = signsOf(s, to.screen === 'article' || !one);
    if (one || S.publishers.length === 1) put(area, lines);
    else put(area, [h('p', null, h('bdi', null, titleOf(s)), ' · ', callsItself(s)), lines[0]]);
  }
  if (S.site && to.screen === 'front') area.append(signLine('note', words('served'), words('servedText')));
}

function showProgress(p) {
  const bar = byId('progress');
  bar.max = Math.max(1, p.total);
  bar.value = p.done;
  byId('progress-text').textContent = progressText(p);
  if (Date.now() - lastSaid > 5e3) {
    lastSaid = Date.now();
    say(progressText(p));
  }
}

/* What takes long, with its bar and a way to stop it. */
async function withProgress(promise) {
  underWay++;
  const timer = setTimeout(() => {
    byId('busy').hidden = false;
    say(words('working'));
  }, 250);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    if (--underWay === 0) {
      byId('busy').hidden = true;
      byId('say').textContent = '';
      byId('progress').removeAttribute('value');
      byId('progress-text').textContent = words('working');
    }
  }
}

/* Another worker, with what was open in the one before. */
async function restart() {
  stopWorker('cancelled');
  S.publishers = [];
  if (S.fetching) await openSite();
  const files = S.files.filter((f) => isFine(f.report)).map((f) => f.file);
  if (files.length === 0) return;
  const names = S.files.filter((f) => isFine(f.report)).map((f) => f.report.name);
  const answer = await withProgress(check('open', { files, names }, showProgress));
  noteReports(answer.files, files, names);
  S.publishers = answer.publishers;
}

/* What is under way is given up; what was open before it stays. */
async function stopAll() {
  await restart();
  const { publisher } = places[here];
  if (S.publishers.length === 0) startOver();
  else if (publisher && !publisherOf(publisher)) home();
  else show(true);
}

function drawPage() {
  const page = byId('page');
  page.textContent = '';
  put(page, [
    h('a.skip', { href: '#main', onclick: (e) => { e.preventDefault(); byId('main').focus(); } }, words('skip')),
    h('header.bar', { id: 'bar' }),
    h('section.busy', { id: 'busy', hidden: true, 'aria-label': words('working') }, h('div', null, h('span', { id: 'progress-text' }, words('working')),
      h('progress', { id: 'progress', 'aria-labelledby': 'progress-text' }), button(words('stop'), stopAll))),
    h('aside.signs', { id: 'signs', 'aria-label': words('why') }),
    h('main', { id: 'main', tabindex: '-1' }),
    h('p.unseen', { id: 'say', role: 'status', 'aria-live': 'polite' }),
  ]);
}

/* ---- screens */

function place(node, to, back) {
  const main = byId('main');
  main.textContent = '';
  main.append(node);
  const key = back && to.key && [...main.querySelectorAll('[data-key]')].find((n) => n.dataset.key === to.key);
  const target = key || to.focus || main.querySelector('h1') || main;
  if (shown > 1) target.focus({ preventScroll: true }); /* the first screen leaves the focus to the reader */
  window.scrollTo(0, back && to.scroll ? to.scroll : 0);
}

/* A screen that was overtaken by a later one is dropped. */
async function show(back) {
  const to = places[here], mine = ++shown;
  releasePictures();
  showBar();
  showSigns();
  let node;
  try {
    node = await withProgress(Promise.resolve(SCREENS[to.screen](to)));
  } catch (fault) {
    if (fault.code === 'cancelled') return;
    node = h('div.plain', null, h('h1', { tabindex: '-1' }, words('reader')), refusal(fault));
  }
  if (mine === shown) place(node, to, back);
}

/* The worker is gone, and what was open with it: nothing of it stays on the screen. */
function closeAll(notice) {
  S.publishers = [];
  S.files = [];
  S.order = [];
  S.checked.clear();
  S.trouble = notice ? null : { code: 'stopped' };
  S.notice = notice || '';
  startOver();
}

async function refresh() {
  noteStates((await check('publishers')).publishers);
}

/* ---- start */

/* The mirror beside this page, where it came from a site. */
async function openSite() {
  S.site = new URL('.', location.href).href;
  S.fetching = false;
  try {
    S.publishers = (await withProgress(check('mirror', { base: S.site }))).publishers;
    S.fetching = true;
  } catch (fault) {
    S.publishers = [];
    S.trouble = fault.code === 'not-found' ? null : fault;
    S.notice = 'noSite';
  }
}

async function openWhatIsThere() {
  const inside = await withProgress(packsInside());
  const recalled = S.recalled;
  S.recalled = [];
  if (inside.files.length > 0) return openFiles(inside.files, inside.names, undefined, true);
  if (recalled.length > 0) return openFiles(recalled.map((k) => k.file), recalled.map((k) => k.name), undefined, true);
  if (!/^https?:$/.test(location.protocol)) {
    check('about').catch(() => {}); /* the worker unpacks itself while the reader looks for a file */
    return show();
  }
  await openSite();
  if (S.publishers.length === 0) return show();
  return go({ screen: 'front', publisher: S.publishers[0].publisher }, true);
}

/* WebAssembly may be missing, or be forbidden where a browser does not know the policy's word for it. */
function canCheck() {
  try {
    return Boolean(new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)) && Worker);
  } catch (e) {
    return false;
  }
}

async function start() {
  loadWords();
  drawPage();
  history.replaceState({ place: 0 }, '');
  window.addEventListener('popstate', onHistory);
  document.addEventListener('keydown', onKey);
  if (!canCheck()) {
    byId('main').append(h('div.plain.start', null, h('h1', null, words('reader')), signLine('danger', words('noWasm'), '')));
    return;
  }
  watchDrops();
  await recall();
  drawPage();
  await openWhatIsThere();
}

document.addEventListener('DOMContentLoaded', start);
