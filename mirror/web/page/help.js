/* Help, and the few settings. */
function languageChoice() {
  return choice('Language · Язык · 语言 · زبان', language, allLanguages().map((l) => [l, languageNameIn(l), l]), (l) => {
    setLanguage(l);
    keepSettings();
    drawPage();
    show();
  });
}

function keyTable() {
  const row = (keys, what) => h('div', null, h('dt', null, keys.map((k) => [h('kbd', null, k), ' '])), h('dd', null, what));
  return h('dl.keys', null, row(['j', 'k'], words('keyMove')), row(['/'], words('search')), row(['?'], words('help')), row(['Esc'], words('back')));
}

function helpScreen() {
  const version = h('p.detail');
  check('about').then((a) => { version.textContent = words('version', { x: a.version }); }, () => {});
  const singleKeys = (value) => {
    S.singleKeys = value;
    keepSettings();
  };
  return h('div.plain', null, h('h1', { tabindex: '-1' }, words('help')),
    h('p', null, words('intro')), h('p', null, words('private')), h('p', null, words('truth')),
    h('h2', null, words('thisPage')), aboutThisPage(), version,
    h('h2', null, words('keys')), keyTable(), tick(words('singleKeys'), S.singleKeys, singleKeys),
    h('h2', null, words('settings')), languageChoice(),
    h('h2', null, words('keep')), keepForm());
}
