/*
 * What is opened: picked, dropped, or carried inside this page.  A file that is no pack is said to be
 * what it is; one that is encrypted is asked for its passphrase, in a form beside it.
 */
const FILES_MAX = 10000, DEPTH_MAX = 8;
const CHECK_BYTES = 64e6, DEEP_BYTES = 8e6; /* checked whole at once: a second or two on a phone */

function progressText(p) {
  return words('checking', { a: size(p.done), b: size(p.total) });
}

/* Names are the worker's key to a file of a directory ("charter/000001"). */
const nameOf = (file) => file.webkitRelativePath || file.name || '';

/* `first`: in the place of the start screen, not after it. */
async function openFiles(files, names, passphrase, first) {
  if (files.length === 0) return;
  try {
    const answer = await withProgress(check('open', { files, names, passphrase }, showProgress));
    noteReports(answer.files, files, names, passphrase !== undefined);
    S.publishers = answer.publishers;
    await keepFiles().catch(() => { S.keep = false; }); /* no room: it is not kept, and the screens say so */
    await afterOpening(answer.files, first);
    await checkOpened();
  } catch (fault) {
    if (fault.code === 'cancelled' || fault.code === 'stopped') return; /* said already */
    S.trouble = fault;
    go({ screen: 'files' });
  }
}

/* One report a name: what was said of it before is gone when it is opened again. */
function noteReports(reports, files, names, tried) {
  reports.forEach((report) => {
    const i = names.indexOf(report.name);
    S.files = S.files.filter((f) => f.report.name !== report.name);
    S.files.push({ report, tried, file: files[Math.max(i, 0)] });
  });
}

const PACKS = ['pack', 'sealed', 'mirror'];
const isFine = (report) => !report.code && !report.needsPassphrase && PACKS.includes(report.kind);

function afterOpening(reports, first) {
  S.trouble = null;
  S.notice = '';
  if (S.publishers.length === 0 || !reports.every(isFine)) return go({ screen: 'files' }, first);
  if (S.publishers.length > 1) return go({ screen: 'shelf' }, first);
  return go({ screen: 'front', publisher: S.publishers[0].publisher }, first);
}

/* Headlines first; then everything that is here is checked, and what fails is said on each screen. */
async function checkOpened() {
  S.checked.clear();
  const bytes = S.files.reduce((sum, f) => sum + (f.file && isFine(f.report) ? f.file.size : 0), 0);
  for (const s of bytes <= CHECK_BYTES ? S.publishers : []) {
    await withProgress(checkWhole(s, bytes <= DEEP_BYTES)).catch(() => {}); /* asked for, it says why not */
  }
  /* What was called fine before may not be; a passphrase that is being typed stays. */
  if (places[here].screen === 'files' && !S.files.some((f) => f.report.needsPassphrase)) show(true);
}

function picked(list) {
  const files = [...list].slice(0, FILES_MAX);
  return openFiles(files, files.map(nameOf));
}

/* Files of what was dropped, directories too. */
async function droppedFiles(items) {
  const entries = [...items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter(Boolean);
  const files = [], names = [];
  const walk = async (entry, path, depth) => {
    if (files.length >= FILES_MAX || depth > DEPTH_MAX) return;
    if (entry.isFile) {
      files.push(await new Promise((done, fail) => entry.file(done, fail)));
      names.push(path + entry.name);
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((done, fail) => reader.readEntries(done, fail));
      if (some.length === 0) return;
      for (const e of some) await walk(e, `${path}${entry.name}/`, depth + 1);
    }
  };
  for (const entry of entries) await walk(entry, '', 0);
  return { files, names };
}

function watchDrops() {
  const over = (on) => document.documentElement.classList.toggle('over', on);
  document.addEventListener('dragover', (e) => {
    e.preventDefault();
    over(true);
  });
  document.addEventListener('dragleave', () => over(false));
  document.addEventListener('drop', async (e) => {
    e.preventDefault();
    over(false);
    const { files, names } = await droppedFiles(e.dataTransfer.items);
    if (files.length > 0) openFiles(files, names);
    else picked(e.dataTransfer.files);
  });
}

function bytesOf(text) {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/* The packs that `mimeo export --single-file` put behind the page, decoded without freezing it. */
async function packsInside() {
  const files = [], names = [];
  for (const place of document.querySelectorAll('script[type="application/x-mimeo"]')) {
    const text = place.textContent.replace(/\s+/g, '');
    const parts = [];
    for (let i = 0; i < text.length; i += 1 << 20) {
      parts.push(bytesOf(atob(text.slice(i, i + (1 << 20)))));
      await new Promise((done) => { setTimeout(done, 0); });
    }
    files.push(new Blob(parts));
    names.push(place.dataset.name || `${names.length + 1}.mimeo`);
    place.remove();
  }
  return { files, names };
}

/* ---- screens */

function pickers(main) {
  const input = h('input', { type: 'file', multiple: true, hidden: true, id: 'pick', onchange: (e) => picked(e.target.files) });
  const folder = h('input', { type: 'file', webkitdirectory: '', hidden: true, id: 'pick-folder', onchange: (e) => picked(e.target.files) });
  return [button(words('open'), () => input.click(), main ? 'main' : ''), ' ',
    'webkitdirectory' in folder && button(words('folder'), () => folder.click(), 'bare'), input, folder];
}

function startScreen() {
  return h('div.plain.start', null, h('h1', { tabindex: '-1' }, words('reader')),
    S.trouble && refusal(S.trouble),
    S.notice && signLine('note', '', words(S.notice)),
    h('p', null, words('intro')),
    h('div.drop', null, pickers(true), h('p.soft', null, words('drop'))),
    h('p.soft', null, words('private')),
    h('div.foot', null, languageChoice()));
}

/* What is said of a file: of a pack that failed, why; of anything else, what it is. */
function reportSign(entry) {
  const r = entry.report;
  const danger = S.publishers.some((s) => LEVELS[findings(s)[0]] === 'danger'); /* of one of these files: no tick then */
  if (isFine(r)) return signLine(danger ? 'note' : 'good', words('pack'), '');
  if (r.needsPassphrase) return signLine(entry.tried ? 'warn' : 'note', '', words(entry.tried ? 'wrongPassphrase' : 'sealed'));
  if (PACKS.includes(r.kind) && r.code) return refusal(r);
  return signLine('warn', '', words(r.kind), !['picture', 'empty'].includes(r.kind) && detail(r.code && r.message));
}

function passphraseForm() {
  const input = h('input', { type: 'password', autocomplete: 'off', maxlength: '1024' });
  const submit = (e) => {
    e.preventDefault();
    const all = S.files.filter((f) => f.report.needsPassphrase && f.file); /* most often one for all */
    openFiles(all.map((f) => f.file), all.map((f) => f.report.name), input.value);
  };
  return h('form', { onsubmit: submit }, field(words('passphrase'), input),
    h('div.row', null, h('button.main', { type: 'submit' }, words('unlock'))));
}

function reportLine(entry, withForm) {
  return h('li', null, h('p.name', null, h('bdi', null, entry.report.name)), reportSign(entry), withForm && passphraseForm());
}

function filesScreen() {
  const locked = S.files.filter((f) => f.report.needsPassphrase);
  const order = locked.concat(S.files.filter((f) => !isFine(f.report) && !locked.includes(f)), S.files.filter((f) => isFine(f.report)));
  return h('div.plain', null, h('h1', { tabindex: '-1' }, words('files')),
    S.trouble && refusal(S.trouble),
    h('ul.list', null, order.map((f) => reportLine(f, f === locked[0]))),
    h('div.row', null, pickers(S.files.length === 0)),
    h('h2', null, words('keep')), keepForm());
}
