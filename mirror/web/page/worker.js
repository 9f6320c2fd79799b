/*
 * The worker: libmimeo as WebAssembly, and the page's questions put to it.
 *
 * In the assembled page this text stands in a Blob, with the module packed into it (tools/build-page).  The core is
 * told where bytes are and nothing else: files that the reader picked are read here, in slices, as it asks for them.
 * Whatever happens in it, a trap too, becomes an answer.
 */
'use strict';

const CORE = 'mimeo:core';
const VERSION = 'mimeo:version';
const PAGE = 65536, WINDOW = 262144;
const encoder = new TextEncoder(), decoder = new TextDecoder();

/* ---- unpacking the module (RFC 1951) ---- */

function base64Bytes(text) {
  const packed = atob(text), bytes = new Uint8Array(packed.length);
  for (let i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
  return bytes;
}

/* A decoder of canonical codes: counts by length, and the symbols in order. */
function codes(lengths) {
  const counts = new Uint16Array(16), starts = new Uint16Array(17), symbols = new Uint16Array(lengths.length);
  for (const n of lengths) counts[n]++;
  counts[0] = 0;
  for (let n = 1; n <= 15; n++) starts[n + 1] = starts[n] + counts[n];
  for (let s = 0; s < lengths.length; s++) if (lengths[s] > 0) symbols[starts[lengths[s]]++] = s;
  return { counts, symbols };
}

function inflate(input, size) {
  const out = new Uint8Array(size), order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
  let at = 0, bit = 0, left = 0, to = 0;
  const bits = (n) => {
    while (left < n) {
      bit |= input[at++] << left;
      left += 8;
    }
    const value = bit & ((1 << n) - 1);
    bit >>>= n;
    left -= n;
    return value;
  };
  const symbol = (table) => {
    let code = 0, first = 0, index = 0;
    for (let n = 1; n <= 15; n++) {
      code |= bits(1);
      const count = table.counts[n];
      if (code - count < first) return table.symbols[index + code - first];
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new Error('the page is damaged');
  };
  const lengthsOf = (table, count) => {
    const lengths = [];
    while (lengths.length < count) {
      const s = symbol(table);
      const [value, times] = s < 16 ? [s, 1] : s === 16 ? [lengths[lengths.length - 1], 3 + bits(2)] : [0, s === 17 ? 3 + bits(3) : 11 + bits(7)];
      for (let i = 0; i < times; i++) lengths.push(value);
    }
    return lengths;
  };
  const fixed = [];
  for (let i = 0; i < 288; i++) fixed.push(i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
  for (let last = false; !last;) {
    last = bits(1) === 1;
    const type = bits(2);
    if (type === 0) {
      left = bit = 0;
      const len = input[at] | (input[at + 1] << 8);
      out.set(input.subarray(at + 4, at + 4 + len), to);
      at += 4 + len;
      to += len;
      continue;
    }
    let literals = codes(fixed), distances = codes(new Array(30).fill(5));
    if (type === 2) {
      const n = bits(5) + 257, m = bits(5) + 1, k = bits(4) + 4, short = new Array(19).fill(0);
      for (let i = 0; i < k; i++) short[order[i]] = bits(3);
      const all = lengthsOf(codes(short), n + m);
      literals = codes(all.slice(0, n));
      distances = codes(all.slice(n));
    }
    for (;;) {
      let s = symbol(literals);
      if (s === 256) break;
      if (s < 256) {
        out[to++] = s;
        continue;
      }
      s -= 257;
      const len = s < 8 ? s + 3 : s === 28 ? 258 : ((4 + (s & 3)) << ((s >> 2) - 1)) + 3 + bits((s >> 2) - 1);
      const d = symbol(distances);
      const distance = d < 4 ? d + 1 : ((2 + (d & 1)) << ((d >> 1) - 1)) + 1 + bits((d >> 1) - 1);
      for (let i = 0; i < len; i++, to++) out[to] = out[to - distance];
    }
  }
  return out;
}

/* ---- the core ---- */

let compiled = null;
let core = null; /* {exports} of the instance at work; null: none, or it trapped */
let asked = 0;   /* the id of the question at hand */
let told = 0;    /* when progress was told last */
const files = new Map(); /* host number: {blob, at, window} */

function memory() {
  return new Uint8Array(core.exports.memory.buffer);
}

function progress(done, total) {
  const now = Date.now();
  if (now - told < 100 || asked === 0) return;
  told = now;
  postMessage({ id: asked, progress: { done, total } });
}

const slice = (blob, from, to) => new Uint8Array(new FileReaderSync().readAsArrayBuffer(blob.slice(from, to)));

/* Small reads in a row are served from a window, since each slice of a Blob costs a tenth of a millisecond. */
function readFile(number, offset, len) {
  const file = files.get(number);
  if (!file) return null;
  if (len >= WINDOW) return slice(file.blob, offset, offset + len);
  if (!file.window || offset < file.at || offset + len > file.at + file.window.length) {
    file.window = slice(file.blob, offset, offset + WINDOW);
    file.at = offset;
  }
  return file.window.subarray(offset - file.at, offset - file.at + len);
}

const host = {
  read(number, offset, out, len) {
    try {
      const bytes = readFile(number, offset, len);
      if (bytes === null) return -1;
      memory().set(bytes, out);
      return bytes.length;
    } catch (e) {
      return -1; /* the file is gone, or may not be read any more */
    }
  },
  now: () => Date.now(),
  random(out, len) {
    for (let i = 0; i < len; i += PAGE) {
      crypto.getRandomValues(memory().subarray(out + i, out + Math.min(len, i + PAGE)));
    }
  },
  progress,
};

function instance() {
  const made = new WebAssembly.Instance(compiled, { host });
  if (made.exports._initialize) made.exports._initialize();
  return made;
}

function start() {
  if (!compiled) {
    const packed = base64Bytes(CORE);
    const size = packed[0] | (packed[1] << 8) | (packed[2] << 16) | (packed[3] << 24);
    compiled = new WebAssembly.Module(inflate(packed.subarray(4), size));
  }
  core = instance();
  if (core.exports.core_start() < 0) throw new Error('out of memory');
}

/* ---- calling it ---- */

class Refusal extends Error {
  constructor(code, message, verdict) {
    super(message);
    this.code = code;
    this.verdict = verdict;
  }
}

function text(at) {
  const bytes = memory();
  return decoder.decode(bytes.subarray(at, bytes.indexOf(0, at)));
}

const fault = (code) => new Refusal(text(core.exports.core_error_name(code)), text(core.exports.core_message()), text(core.exports.core_verdict_of_code(code)));

/* Strings and bytes are copied in and freed again; numbers go as they are. */
function call(name, ...args) {
  const taken = [];
  const put = (bytes, extra) => {
    const at = core.exports.malloc(bytes.length + extra);
    if (at === 0) throw new Refusal('no-memory', 'out of memory');
    taken.push(at);
    memory().set(bytes, at);
    if (extra) memory()[at + bytes.length] = 0;
    return at;
  };
  try {
    const raw = [];
    for (const a of args) {
      if (typeof a === 'string') {
        raw.push(put(encoder.encode(a.replace(/\0/g, '\ufffd')), 1));
      } else if (a instanceof Uint8Array) {
        raw.push(put(a, 0), a.length);
      } else {
        raw.push(a);
      }
    }
    const rc = core.exports[name](...raw);
    for (const at of taken) core.exports.free(at);
    return rc;
  } catch (e) {
    if (e instanceof Refusal) throw e;
    core = null; /* a trap: what it holds is in no known state */
    throw new Refusal('failed', 'the reader failed on this: it may have been made to break it');
  }
}

function must(name, ...args) {
  const rc = call(name, ...args);
  if (rc < 0) throw fault(rc);
  return rc;
}

const answerBytes = () => memory().slice(core.exports.core_out(), core.exports.core_out() + core.exports.core_out_len());
const answerText = () => decoder.decode(memory().subarray(core.exports.core_out(), core.exports.core_out() + core.exports.core_out_len()));
const json = (name, ...args) => {
  must(name, ...args);
  return JSON.parse(answerText());
};

/* ---- what is open ---- */

const open = new Map(); /* publisher: {handle, paths} */
const picked = [];      /* {path, blob, number, publisher} */
let numbers = 0;
let trust = null;       /* the pins, as they were after the last good answer */

const handleOf = (publisher) => (open.has(publisher) ? open.get(publisher).handle : -1);

function openPublisher(publisher) {
  const parts = picked.filter((p) => p.publisher === publisher);
  const before = handleOf(publisher);
  if (before >= 0) call('core_close', before);
  open.delete(publisher);
  if (parts.length === 0) return;
  let path = parts[0].path;
  if (parts.length > 1) {
    const number = ++numbers, blob = new Blob(parts.map((p) => p.blob));
    path += ` +${parts.length - 1}`;
    files.set(number, { blob });
    must('core_file_add', path, number, blob.size);
  }
  const handle = must('core_open', path);
  const state = json('core_state', handle);
  open.set(state.publisher, { handle });
}

/* After a trap: a fresh core, the same files and pins. */
function revive() {
  start();
  open.clear();
  if (trust) call('core_trust_load', trust);
  for (const p of picked) must('core_file_add', p.path, p.number, p.blob.size);
  for (const publisher of new Set(picked.map((p) => p.publisher))) {
    try {
      openPublisher(publisher);
    } catch (e) {
      if (!core) return revive.call(null, picked.splice(0, picked.length, ...picked.filter((p) => p.publisher !== publisher)));
    }
  }
}

const states = () => [...open.values()].map((o) => json('core_state', o.handle));

const KINDS = [['zip', 'PK\u0003\u0004'], ['picture', '\u00ff\u00d8\u00ff'], ['picture', '\u0089PNG'], ['picture', 'GIF8'], ['picture', 'RIFF'], ['html', '<']];

function kindOf(front) {
  const begin = String.fromCharCode(...front.subarray(0, 16));
  if (front.length === 0) return 'empty';
  if (begin.startsWith('\u008dMMO\r\n\u001a\n')) return 'pack';
  for (const [kind, magic] of KINDS) if (begin.startsWith(magic)) return kind;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(front, { stream: true });
    return front.includes(0) ? 'unknown' : 'text';
  } catch (e) {
    return 'unknown';
  }
}

function pathFor(name) {
  const plain = name.replace(/[/\0]/g, '_').slice(0, 120) || 'file';
  let path = plain;
  for (let n = 2; path === 'library' || path === '.' || path === '..' || picked.some((p) => p.path === path); n++) path = `${plain} (${n})`;
  return path;
}

function openFile(blob, name) {
  const report = { name, kind: 'unknown', needsPassphrase: false, code: '', verdict: '', message: '' };
  const number = ++numbers, path = pathFor(name);
  try {
    report.kind = kindOf(slice(blob, 0, 4096));
  } catch (e) {
    report.code = 'io';
    report.message = `'${name}' cannot be read: pick it again`;
    return report;
  }
  files.set(number, { blob });
  try {
    must('core_file_add', path, number, blob.size);
    if (report.kind !== 'pack') must('core_open', path);
    const claim = call('core_claim', number, blob.size);
    const p = { path, blob, number, publisher: claim < 0 ? path : answerText() };
    picked.push(p);
    try {
      openPublisher(p.publisher);
    } catch (e) {
      picked.splice(picked.indexOf(p), 1);
      if (core && picked.some((q) => q.publisher === p.publisher)) openPublisher(p.publisher);
      throw e;
    }
  } catch (e) {
    files.delete(number);
    if (!(e instanceof Refusal)) throw e;
    Object.assign(report, { code: e.code, verdict: e.verdict, message: e.message });
    if (!core) revive();
  }
  return report;
}

/* ---- the questions ---- */

const num = (n) => (typeof n === 'number' && isFinite(n) ? n : NaN);
const str = (s) => (typeof s === 'string' ? s : '');

const commands = {
  open({ files: blobs, names }) {
    const reports = [];
    for (let i = 0; i < blobs.length; i++) reports.push(openFile(blobs[i], str(names && names[i]) || blobs[i].name || 'file'));
    return { files: reports, publishers: states() };
  },
  publishers: () => ({ publishers: states() }),
  verify: ({ publisher, deep }) => json('core_verify', handleOf(publisher), deep ? 1 : 0),
  list: (q) => json('core_list', handleOf(q.publisher), str(q.section), str(q.lang), str(q.author), num(q.since), num(q.until), q.retracted ? 1 : 0, num(q.offset) || 0, num(q.limit) || 0),
  read: ({ publisher, articleId }) => json('core_read', handleOf(publisher), str(articleId)),
  history: ({ publisher, articleId }) => json('core_history', handleOf(publisher), str(articleId)),
  picture({ publisher, articleId, n }) {
    const { article } = json('core_read', handleOf(publisher), str(articleId));
    const media = article.media[n];
    const rc = call('core_picture', handleOf(publisher), str(articleId), num(n) || 0);
    if (rc < 0) {
      const e = fault(rc);
      throw e.code === 'not-found' ? new Refusal('not-held', e.message) : e;
    }
    return { type: media.type, bytes: answerBytes().buffer };
  },
  pin({ publisher, link, digits, petname }) {
    const what = str(link).trim();
    must('core_pin', handleOf(publisher), what, str(digits), str(petname));
    const pinned = answerText();
    if (!open.has(pinned)) return { state: null, publisher: pinned };
    must('core_judge_again', handleOf(pinned));
    return { state: json('core_state', handleOf(pinned)) };
  },
  unpin({ publisher }) {
    must('core_unpin', str(publisher));
    if (open.has(publisher)) must('core_judge_again', handleOf(publisher));
    return { state: open.has(publisher) ? json('core_state', handleOf(publisher)) : null };
  },
  trust({ save, load }) {
    if (save) {
      must('core_trust_save');
      return { bytes: answerBytes().buffer };
    }
    must('core_trust_load', new Uint8Array(load));
    for (const o of open.values()) must('core_judge_again', o.handle);
    return { publishers: states() };
  },
  about: () => ({ version: VERSION }),
};

function answer(message) {
  asked = message.id;
  try {
    if (!core) revive();
    const command = Object.prototype.hasOwnProperty.call(commands, message.do) ? commands[message.do] : null;
    if (!command) throw new Refusal('usage', `'${message.do}' is nothing that can be asked`);
    const result = command(message);
    if (core) {
      const rc = call('core_trust_save');
      trust = rc < 0 ? trust : answerBytes();
    }
    return { id: message.id, ok: true, ...result };
  } catch (e) {
    if (e instanceof Refusal) return { id: message.id, ok: false, code: e.code, verdict: e.verdict || '', message: e.message };
    core = null;
    return { id: message.id, ok: false, code: 'failed', verdict: '', message: 'the reader failed on this' };
  } finally {
    asked = 0;
  }
}

onmessage = (e) => {
  const result = answer(e.data);
  postMessage(result, result.bytes ? [result.bytes] : []);
};
