/*
 * Keeping, only where the reader asks: the opened files and the pins in IndexedDB, and for a mirror a
 * service worker that keeps what was fetched.  Without that nothing is stored, not even an empty
 * database: looking whether one is there makes none.
 */
const KEPT = ['reader', 'kept'];
const ANSWERS = ['reader-mirror', 'answers']; /* the service's */
const SERVICE = 'reader-offline.js';

/* `make` false: resolves to null where there is no database. */
function openDatabase([name, storeName], make) {
  return new Promise((done, fail) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      if (make) request.result.createObjectStore(storeName);
      else request.transaction.abort();
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => (make ? fail(request.error) : done(null));
    request.onblocked = () => fail(new Error('blocked'));
  });
}

/* One transaction; resolves to what `act` returned when it is on the disk. */
async function withStore(mode, make, act) {
  const database = await openDatabase(KEPT, make);
  if (!database) return null;
  try {
    return await new Promise((done, fail) => {
      const t = database.transaction(KEPT[1], mode);
      const request = act(t.objectStore(KEPT[1]));
      t.oncomplete = () => done(request && request.result);
      t.onerror = t.onabort = () => fail(t.error);
    });
  } finally {
    database.close();
  }
}

const store = (key, value) => withStore('readwrite', true, (s) => s.put(value, key));
const stored = (key) => withStore('readonly', false, (s) => s.get(key));

async function keepPins() {
  S.pins = (await check('trust', { save: true })).bytes;
  if (S.keep) await store('pins', S.pins);
}

async function keepFiles() {
  if (!S.keep) return;
  const kept = S.files.filter((f) => isFine(f.report) && f.file);
  await store('files', kept.map((f) => ({ name: f.report.name, file: f.file })));
}

function keepSettings() {
  if (S.keep) store('settings', { language, singleKeys: S.singleKeys }).catch(() => {});
}

async function startKeeping() {
  S.keep = true;
  await store('settings', { language, singleKeys: S.singleKeys });
  await keepFiles();
  await keepPins();
  if (!S.site || !navigator.serviceWorker) return;
  (await openDatabase(ANSWERS, true)).close();
  await navigator.serviceWorker.register(SERVICE);
  await controlled();
  await fetch(location.pathname, { credentials: 'omit' }); /* so that the page itself is kept */
  /* A worker that began before is not seen by the service: begin again, so that what is read is kept. */
  await restart();
}

/* Until the service has taken this page over. */
function controlled() {
  return new Promise((done, fail) => {
    if (navigator.serviceWorker.controller) done();
    navigator.serviceWorker.addEventListener('controllerchange', () => done(), { once: true });
    setTimeout(() => fail(new Error('no service')), 20e3);
  });
}

function dropDatabase([name]) {
  return new Promise((done) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = request.onerror = request.onblocked = () => done();
  });
}

async function forgetAll() {
  S.keep = false;
  if (S.site && navigator.serviceWorker) {
    const all = await navigator.serviceWorker.getRegistrations();
    await Promise.all(all.map((r) => r.unregister()));
  }
  await dropDatabase(ANSWERS);
  await dropDatabase(KEPT);
  stopWorker('cancelled');
  S.pins = null;
  closeAll('forgotten');
  say(words('forgotten'));
}

/* What was kept, opened again. */
async function recall() {
  const settings = await stored('settings').catch(() => null);
  if (!settings) return;
  S.keep = true;
  S.singleKeys = settings.singleKeys;
  setLanguage(settings.language);
  S.pins = await stored('pins');
  S.recalled = (await stored('files')) || [];
}

function keepForm() {
  const out = h('p', { role: 'status' });
  const start = async () => {
    try {
      await startKeeping();
      show();
    } catch (e) {
      S.keep = false;
      out.textContent = words('cannotKeep');
    }
  };
  return [S.keep ? signLine('note', words('kept'), '') : h('p', null, words('keepText')),
    h('div.row', null, !S.keep && button(words('keep'), start), button(words('forget'), forgetAll, 'grave')), out];
}
