/*
 * The service worker of a mirror's page, for readers who asked to keep what they read: lies beside
 * the page as a file of its own (a browser takes it from nowhere else).
 *
 * It keeps answers, ranges and all, and knows nothing of what is in them: the page verifies what it
 * is given, from here as from the network.  It stores only while its database is there; the page
 * makes that when the reader asks, and deletes it on "forget".  The page itself comes from here first,
 * so that the copy that was once compared stays the one that opens.
 */
'use strict';
const DATABASE = 'reader-mirror', STORE = 'answers';
const ANSWER_MAX = 16 << 20;
const KEPT_HEADERS = ['content-type', 'content-range', 'accept-ranges'];

function openDatabase() {
  return new Promise((done) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.transaction.abort(); /* it is not there: make none */
    request.onsuccess = () => done(request.result);
    request.onerror = () => done(null);
  });
}

async function inStore(mode, act) {
  const database = await openDatabase();
  if (!database) return null;
  try {
    return await new Promise((done, fail) => {
      const request = act(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
  } finally {
    database.close();
  }
}

/* Of a host that knows no ranges the whole is kept once. */
const keyOf = (request, whole) => `${request.url.split(/[?#]/)[0]} ${(!whole && request.headers.get('range')) || ''}`;

async function fromStore(request) {
  const get = (whole) => inStore('readonly', (s) => s.get(keyOf(request, whole))).catch(() => null);
  const kept = (await get(false)) || (await get(true));
  return kept ? new Response(kept.body, { status: kept.status, headers: kept.headers }) : null;
}

async function fromNetwork(request) {
  const answer = await fetch(request);
  if (answer.status !== 200 && answer.status !== 206) return answer;
  const body = await answer.clone().arrayBuffer();
  if (body.byteLength > ANSWER_MAX) return answer;
  const headers = KEPT_HEADERS.filter((n) => answer.headers.has(n)).map((n) => [n, answer.headers.get(n)]);
  const kept = { status: answer.status, headers, body };
  await inStore('readwrite', (s) => s.put(kept, keyOf(request, answer.status === 200))).catch(() => null); /* no room: read on */
  return answer;
}

/* The head moves: ask first, and for all that the page wants fresh.  Everything else stays as it is. */
async function answerTo(request) {
  if (/\/head$/.test(new URL(request.url).pathname) || request.cache === 'no-store' || request.cache === 'reload') {
    try {
      return await fromNetwork(request);
    } catch (e) {
      return (await fromStore(request)) || Response.error();
    }
  }
  return (await fromStore(request)) || fromNetwork(request).catch(() => Response.error());
}

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (e) => e.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (e) => {
  if (e.request.method === 'GET' && e.request.url.startsWith(self.registration.scope)) e.respondWith(answerTo(e.request));
});
