/*
 * Damaged files through the page's core:  node tests/page/hostile.js WORKER.js FILE…
 *
 * Each file is cut, flipped, spliced and doubled in places that follow from its bytes.  Whatever comes, each question
 * has an answer in time, and the same worker then reads the whole file as if nothing had been.  Questions that make no
 * sense are answered too.
 */
'use strict';
const fs = require('fs');
const { nodeWorker, bytesOf } = require('./node_worker.js');

const [worker, ...paths] = process.argv.slice(2);
const EACH = 20, SLOW = 20000;
let state = 1, questions = 0, traps = 0, faults = 0;

const draw = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * below);
};

function fault(words) {
  faults++;
  console.log(`FAULT: ${words}`);
}

function put(ask, question) {
  const begin = Date.now();
  let answer = { ok: false };
  try {
    answer = ask(question);
  } catch (e) {
    fault(`${question.do}: ${e.message}`);
  }
  questions++;
  if (Date.now() - begin > SLOW) fault(`${question.do} took ${Date.now() - begin} ms`);
  if (!answer.ok && answer.code !== undefined && (typeof answer.message !== 'string' || answer.message === '')) fault(`${question.do}: no words`);
  if (answer.code === 'failed') {
    traps++;
    if (process.env.TELL) console.log(JSON.stringify(question).slice(0, 200));
  }
  return answer;
}

/* A file that was mishandled. */
function spoil(bytes) {
  const out = Buffer.from(bytes), at = draw(out.length), other = draw(out.length), n = 1 + draw(4000);
  switch (draw(6)) {
    case 0: return out.subarray(0, at);
    case 1: out[at] ^= 1 << draw(8); return out;
    case 2: return Buffer.concat([out.subarray(0, at), out.subarray(other, other + n), out.subarray(at)]);
    case 3: return Buffer.concat([out.subarray(0, at), out.subarray(at + n)]);
    case 4: out.fill(draw(256), at, Math.min(out.length, at + n)); return out;
    default: return Buffer.concat([out.subarray(at), out.subarray(0, at)]);
  }
}

function readAll(ask, publishers) {
  for (const { publisher } of publishers || []) {
    put(ask, { do: 'verify', publisher, deep: true });
    const list = put(ask, { do: 'list', publisher, retracted: true, limit: 50 });
    for (const a of (list.articles || []).slice(0, 5)) {
      put(ask, { do: 'read', publisher, articleId: a.id });
      put(ask, { do: 'history', publisher, articleId: a.id });
      if (a.media.length > 0) put(ask, { do: 'picture', publisher, articleId: a.id, n: 0 });
    }
    put(ask, { do: 'sections', publisher });
    put(ask, { do: 'search', publisher, words: 'the a', limit: 5 });
  }
}

/* What a page that went wrong could ask. */
function nonsense(ask) {
  const odd = [undefined, null, -1, 1e300, NaN, '', '\0', 'x'.repeat(100000), {}, []];
  for (const what of ['verify', 'list', 'sections', 'read', 'history', 'picture', 'search', 'pin', 'unpin', 'qr', 'publishers', 'constructor', '__proto__', undefined]) {
    for (const v of odd) put(ask, { do: what, publisher: v, articleId: v, n: v, words: v, limit: v, offset: v, since: v, until: v, link: v, digits: v, petname: v, text: v, section: v });
  }
  for (const v of odd) {
    put(ask, { do: 'trust', load: v });
    put(ask, { do: 'scan', width: v, height: v, pixels: new Uint8Array(100) });
    put(ask, { do: 'open', files: v, names: v });
  }
  put(ask, { do: 'scan', width: 30, height: 30, pixels: new Uint8Array(900).map(() => draw(256)) });
  put(ask, { do: 'trust', load: Buffer.from('mimeo page trust 1\nlibrary/../../x 3\nabc\n') });
  put(ask, { do: 'trust', load: Buffer.from('mimeo page trust 1\nlibrary/trust/x 999999999\nabc\n') });
}

for (const path of paths) {
  const bytes = fs.readFileSync(path), ask = nodeWorker(worker);
  const whole = () => {
    const fresh = nodeWorker(worker);
    const opened = put(fresh, { do: 'open', files: [bytesOf(bytes)], names: ['whole'] });
    return JSON.stringify([opened.files, opened.publishers]);
  };
  const wanted = whole();
  for (let i = 0; i < EACH; i++) {
    const one = nodeWorker(worker), count = 1 + draw(2), list = [];
    for (let k = 0; k < count; k++) list.push(bytesOf(spoil(bytes)));
    const opened = put(one, { do: 'open', files: list, names: list.map((_, k) => `spoilt ${k}`), passphrase: draw(4) === 0 ? 'x' : '' });
    if (!opened.ok) fault(`open: ${opened.code} ${opened.message}`);
    readAll(one, opened.publishers);
  }
  nonsense(ask);
  const after = put(ask, { do: 'open', files: [bytesOf(bytes)], names: ['whole'] });
  if (JSON.stringify([after.files, after.publishers]) !== wanted) fault(`${path}: the worker is not as before`);
}
console.log(`${paths.length} files, ${questions} questions, ${traps} traps answered, ${faults} faults`);
process.exit(faults > 0 ? 1 : 0);
