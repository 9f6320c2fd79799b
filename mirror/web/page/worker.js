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
const PAGE = 65536, WINDOW = 262144, READ_AHEAD = 1 << 22;
const encoder = new TextEncoder(), decoder = new TextDecoder();

/* ---- unpacking the module ---- */

function base64Bytes(text) {
  const packed = atob(text), bytes = new Uint8Array(packed.length);
  for (let i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
  return bytes;
}

/* LZMA (raw, lc 3, lp 0, pb 0), to exactly `size` bytes. */
function unpack(input, size) {
  const out = new Uint8Array(size), fresh = (n) => new Uint16Array(n).fill(1024);
  const isMatch = fresh(12), isRep = fresh(12), isRep0 = fresh(12), isRep1 = fresh(12), isRep2 = fresh(12), isLong = fresh(12);
  const literals = fresh(0x300 << 3), slots = fresh(4 << 6), special = fresh(128), align = fresh(16);
  const lengths = [fresh(2 + 8 + 8 + 256), fresh(2 + 8 + 8 + 256)];
  let at = 5, range = 0xffffffff, code = ((input[1] << 24) | (input[2] << 16) | (input[3] << 8) | input[4]) >>> 0;
  const shift = () => {
    if (range >= 0x1000000) return;
    range = (range << 8) >>> 0;
    code = ((code << 8) | input[at++]) >>> 0;
  };
  const bit = (p, i) => {
    const bound = (range >>> 11) * p[i];
    if (code < bound) {
      range = bound;
      p[i] += (2048 - p[i]) >> 5;
      shift();
      return 0;
    }
    range -= bound;
    code -= bound;
    p[i] -= p[i] >> 5;
    shift();
    return 1;
  };
  const tree = (p, from, bits) => {
    let n = 1;
    for (let i = 0; i < bits; i++) n = (n << 1) | bit(p, from + n);
    return n - (1 << bits);
  };
  const reverse = (p, from, bits) => {
    let n = 1, value = 0;
    for (let i = 0; i < bits; i++) {
      const b = bit(p, from + n);
      n = (n << 1) | b;
      value |= b << i;
    }
    return value;
  };
  const length = (p) => (bit(p, 0) === 0 ? tree(p, 1, 3) : bit(p, 1) === 0 ? 8 + tree(p, 9, 3) : 16 + tree(p, 17, 8)) + 2;
  const direct = (bits) => {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      range >>>= 1;
      const b = code >= range ? 1 : 0;
      if (b) code -= range;
      value = value * 2 + b;
      shift();
    }
    return value;
  };
  const distance = (len) => {
    const slot = tree(slots, Math.min(len - 2, 3) << 6, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1, base = (2 | (slot & 1)) * 2 ** bits;
    return slot < 14 ? base + reverse(special, base - slot, bits) : base + direct(bits - 4) * 16 + reverse(align, 0, 4);
  };
  let state = 0, to = 0, r0 = 0, r1 = 0, r2 = 0, r3 = 0;
  while (to < size) {
    if (bit(isMatch, state) === 0) {
      const from = 0x300 * ((to > 0 ? out[to - 1] : 0) >> 5);
      let n = 1;
      if (state >= 7) {
        for (let match = out[to - r0 - 1]; n < 0x100; match <<= 1) {
          const m = (match >> 7) & 1, b = bit(literals, from + ((1 + m) << 8) + n);
          n = (n << 1) | b;
          if (m !== b) break;
        }
      }
      while (n < 0x100) n = (n << 1) | bit(literals, from + n);
      out[to++] = n;
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let len;
    if (bit(isRep, state) === 0) {
      [r3, r2, r1] = [r2, r1, r0];
      len = length(lengths[0]);
      state = state < 7 ? 7 : 10;
      r0 = distance(len);
    } else {
      if (bit(isRep0, state) === 0) {
        if (bit(isLong, state) === 0) {
          state = state < 7 ? 9 : 11;
          out[to] = out[to - r0 - 1];
          to++;
          continue;
        }
      } else if (bit(isRep1, state) === 0) {
        [r1, r0] = [r0, r1];
      } else if (bit(isRep2, state) === 0) {
        [r2, r1, r0] = [r1, r0, r2];
      } else {
        [r3, r2, r1, r0] = [r2, r1, r0, r3];
      }
      len = length(lengths[1]);
      state = state < 7 ? 8 : 11;
    }
    if (r0 >= to) throw new Error('the page is damaged');
    for (; len > 0 && to < size; len--, to++) out[to] = out[to - r0 - 1];
  }
  return out;
}

/* ---- the core ---- */

let compiled = null;
let core = null; /* {exports} of the instance at work; null: none, or it trapped */
let asked = 0;   /* the id of the question at hand */
let told = 0;    /* when progress was told last */
const files = new Map(); /* host number: {blob} */

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

/* Small reads in a row are served from a window, since each slice of a Blob costs a tenth of a millisecond.  The window
 * is one for all files, and slices are copied into it: those that are held for a while pile up, hundreds of MB of them,
 * before the browser takes them back. */
let near = null, at = 0, end = 0, ahead = 0, view = new Uint8Array(0);
function readFile(number, offset, len) {
  const file = files.get(number);
  if (!file) return null;
  if (len >= WINDOW) return slice(file.blob, offset, offset + len);
  if (near !== file || offset < at || offset + len > end) {
    ahead = near === file && offset >= at && offset <= end ? Math.min(READ_AHEAD, 2 * ahead) : WINDOW;
    if (view.length < ahead) view = new Uint8Array(ahead);
    near = null; /* the slice may fail */
    const bytes = slice(file.blob, offset, offset + ahead);
    view.set(bytes);
    [near, at, end] = [file, offset, offset + bytes.length];
    progress(offset, file.blob.size);
  }
  return view.subarray(offset - at, Math.min(offset - at + len, end - at));
}

/* ---- the mirror that the page came from ---- */

const FRONT = 49152, KEPT_MAX = 1 << 25, DEADLINE = 30000;
const kept = new Map(); /* name: {size, whole: bytes or null, ranges: [{at, bytes}]}, lately used last */
let site = null, keptBytes = 0;

/* {status, bytes, total}; status 0: no answer. */
function get(name, from, to) {
  const x = new XMLHttpRequest();
  x.open('GET', site + name, false);
  x.responseType = 'arraybuffer';
  x.timeout = DEADLINE;
  x.setRequestHeader('Cache-Control', 'no-store');
  x.setRequestHeader('Range', `bytes=${from}-${to - 1}`);
  try {
    x.send();
  } catch (e) {
    return { status: 0 };
  }
  const bytes = new Uint8Array(x.response || 0), range = /\/(\d+)$/.exec(x.getResponseHeader('Content-Range') || '');
  return { status: x.status, bytes, total: x.status === 206 && range ? Number(range[1]) : bytes.length };
}

function keepBytes(name, entry, count) {
  kept.delete(name);
  kept.set(name, entry);
  keptBytes += count;
  for (const [old, e] of kept) {
    if (keptBytes <= KEPT_MAX || old === name) break;
    keptBytes -= e.bytes;
    kept.delete(old);
  }
  entry.bytes += count;
}

/* The entry of a file, its front fetched; or -1, -2. */
function entryOf(name) {
  if (kept.has(name)) return kept.get(name);
  const a = get(name, 0, FRONT);
  if (a.status === 404 || a.status === 410) return -1;
  if (a.status === 416) return { size: 0, bytes: 0, ranges: [] };
  if (a.status !== 200 && a.status !== 206) return -2;
  const entry = { size: a.total, bytes: 0, ranges: [{ at: 0, bytes: a.bytes }] };
  keepBytes(name, entry, a.bytes.length);
  return entry;
}

function fetchRange(name, offset, len) {
  const entry = entryOf(name);
  if (typeof entry === 'number') return entry;
  const end = Math.min(entry.size, offset + len);
  for (const r of entry.ranges) {
    if (offset >= r.at && offset < r.at + r.bytes.length) return r.bytes.subarray(offset - r.at, Math.min(end - r.at, r.bytes.length));
  }
  if (offset >= end) return new Uint8Array(0);
  const a = get(name, offset, end);
  if (a.status !== 200 && a.status !== 206) return -2;
  const r = { at: a.status === 206 ? offset : 0, bytes: a.bytes };
  entry.ranges.push(r);
  keepBytes(name, entry, a.bytes.length);
  return r.bytes.subarray(offset - r.at, end - r.at);
}

const nameAt = (at, len) => decoder.decode(memory().subarray(at, at + len));

const host = {
  fetch(name, nameLen, offset, out, len) {
    const bytes = site === null ? -2 : fetchRange(nameAt(name, nameLen), offset, len);
    if (typeof bytes === 'number') return bytes;
    memory().set(bytes, out);
    return bytes.length;
  },
  fetchSize(name, nameLen) {
    const entry = site === null ? -2 : entryOf(nameAt(name, nameLen));
    return typeof entry === 'number' ? entry : entry.size;
  },
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
    compiled = new WebAssembly.Module(unpack(packed.subarray(4), size));
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

const open = new Map(); /* publisher: handle */
const picked = [];      /* {path, name, blob, number, passphrase, publisher} */
let numbers = 0;
let siteHandle = null;
let trust = null;       /* the pins, as they were after the last answer */

const handleOf = (publisher) => (open.has(publisher) ? open.get(publisher) : -1);
const states = () => [...open.values()].map((handle) => json('core_state', handle));

/* All that is picked, gathered and opened anew; what the core has to say of each publisher. */
function openAll() {
  open.clear();
  const all = json('core_files_open');
  for (const o of all) if (o.code === '') open.set(json('core_state', o.handle).publisher, o.handle);
  if (siteHandle !== null) {
    const { publisher } = json('core_state', siteHandle);
    if (!open.has(publisher)) open.set(publisher, siteHandle);
  }
  return all;
}

function openSite() {
  siteHandle = null;
  siteHandle = must('core_site', 'this mirror');
  const { publisher } = json('core_state', siteHandle);
  if (!open.has(publisher)) open.set(publisher, siteHandle);
}

/* After a trap: a fresh core, the same files and pins. */
function revive() {
  start();
  open.clear();
  if (trust) call('core_trust_load', trust);
  must('core_files_begin');
  for (const p of picked) {
    must('core_file_add', p.path, p.number, p.blob.size);
    call('core_files_add', p.path, p.passphrase);
  }
  siteHandle = null;
  openAll();
  if (site !== null) {
    try {
      openSite();
    } catch (e) {
      if (!core) {
        site = null;
        start();
      }
    }
  }
}

function pathFor(name) {
  const plain = name.replace(/[/\0]/g, '_').slice(0, 60) || 'file';
  let path = plain;
  for (let n = 2; path === 'library' || path === '.' || path === '..' || picked.some((p) => p.path === path); n++) path = `${plain} (${n})`;
  return path;
}

/* Whom a file names, as it says; null: nobody. */
function claim(number, size) {
  return call('core_claim', number, size) < 0 ? null : answerText();
}

const refusal = (report, e) => Object.assign(report, { code: e.code, verdict: e.verdict || '', message: e.message });

/* Put one file to those that are being gathered, or say why not. */
function gather(report, blob, name, passphrase) {
  const number = ++numbers, path = pathFor(name);
  files.set(number, { blob });
  let front;
  try {
    front = slice(blob, 0, 4096);
  } catch (e) {
    throw new Refusal('io', `'${name}' cannot be read: pick it again`, 'incomplete');
  }
  report.kind = front.length === 0 ? 'empty' : text(call('core_sniff', front));
  must('core_file_add', path, number, blob.size);
  try {
    must('core_files_add', path, passphrase);
  } catch (e) {
    if (core) call('core_file_remove', path);
    files.delete(number);
    report.needsPassphrase = e.code === 'passphrase';
    if (report.needsPassphrase) report.kind = 'sealed';
    throw e;
  }
  if (report.kind !== 'pack') report.kind = 'sealed';
  const p = { path, name, blob, number, passphrase, publisher: report.kind === 'pack' ? claim(number, blob.size) : null, report };
  picked.push(p);
  return p;
}

/* A pack of nobody: what is wrong with it alone. */
function judgeNameless(p) {
  if (p.report.kind !== 'pack' || p.publisher !== null) return;
  const rc = call('core_try', p.path);
  if (rc < 0) refusal(p.report, fault(rc));
}

function openFiles(list, passphrase) {
  const reports = [], fresh = [];
  must('core_files_begin');
  for (const p of picked) call('core_files_add', p.path, p.passphrase);
  for (const { blob, name } of list) {
    const report = { name, kind: 'unknown', needsPassphrase: false, code: '', verdict: '', message: '' };
    reports.push(report);
    try {
      fresh.push(gather(report, blob, name, passphrase));
    } catch (e) {
      if (!(e instanceof Refusal)) throw e;
      refusal(report, e);
      if (!core) throw e;
    }
  }
  if (fresh.length === 0) return reports;
  for (const o of openAll()) {
    if (o.code === '') continue;
    const guilty = fresh.filter((p) => p.publisher === o.publisher);
    for (const p of guilty.length > 0 ? guilty : fresh.slice(0, 1)) refusal(p.report, o);
  }
  for (const p of fresh) judgeNameless(p);
  return reports;
}

/* Where it trapped: once more without what is new, which is then refused as a whole. */
function openSafely(list, passphrase) {
  const before = picked.slice();
  try {
    return openFiles(list, passphrase);
  } catch (e) {
    if (core) throw e;
    picked.splice(0, picked.length, ...before);
    revive();
    if (list.length > 1) return list.flatMap((one) => openSafely([one], passphrase));
    return [{ name: list[0].name, kind: 'unknown', needsPassphrase: false, code: e.code || 'failed', verdict: '', message: e.message }];
  }
}

/* ---- zip: what `mimeo export --zip` wrote, which stores packs as they are ---- */

const ENTRIES_MAX = 1000;

/* [{blob, name}] of its stored files, or null where it is no such zip. */
function unzip(blob) {
  const tail = Math.min(blob.size, 65557), end = slice(blob, blob.size - tail, blob.size);
  let at = tail - 22;
  const u16 = (b, i) => b[i] | (b[i + 1] << 8);
  const u32 = (b, i) => u16(b, i) + u16(b, i + 2) * 65536;
  while (at >= 0 && u32(end, at) !== 0x06054b50) at--;
  if (at < 0) return null;
  const count = Math.min(u16(end, at + 10), ENTRIES_MAX), size = u32(end, at + 12), from = u32(end, at + 16);
  if (size > 1 << 20 || from + size > blob.size) return null;
  const list = slice(blob, from, from + size), out = [];
  for (let i = 0, p = 0; i < count && p + 46 <= list.length && u32(list, p) === 0x02014b50; i++) {
    const method = u16(list, p + 10), len = u32(list, p + 24), nameLen = u16(list, p + 28), local = u32(list, p + 42);
    const name = decoder.decode(list.subarray(p + 46, p + 46 + nameLen)).replace(/^.*\//, '');
    p += 46 + nameLen + u16(list, p + 30) + u16(list, p + 32);
    if (method !== 0 || len === 0 || local + 30 > blob.size || /\.html?$/i.test(name)) continue;
    const head = slice(blob, local, local + 30), begin = local + 30 + u16(head, 26) + u16(head, 28);
    if (u32(head, 0) === 0x04034b50 && begin + len <= blob.size) out.push({ blob: blob.slice(begin, begin + len), name });
  }
  return out;
}

/* A zip is taken for the files in it, where there are any. */
function unpacked(list) {
  return list.flatMap((one) => {
    try {
      const front = slice(one.blob, 0, 4);
      const inside = front[0] === 0x50 && front[1] === 0x4b && front[2] === 3 && front[3] === 4 ? unzip(one.blob) : null;
      return inside && inside.length > 0 ? inside : [one];
    } catch (e) {
      return [one];
    }
  });
}

/* ---- a mirror's directory: its files, with the prefixes that they have in a pack (FORMAT.md section 4) ---- */

const OBJECTS = [/^charter\/\d{6}$/, /^head$/, /^dict\/[0-9a-f]{64}$/, /^bundles\/(\d\d\/)*\d\d\.mimeo$/, /^media\/(\d\d\/)+[0-9a-f]{64}$/];
const BESIDE = /^(\.git\/.*|README\.md|\.gitattributes|(reader|index)\.html|reader-offline\.js)$/;
const BUNDLE = 4;

function prefix(kind, size) {
  const bytes = new Uint8Array(24), numbers = new DataView(bytes.buffer);
  bytes.set([0x8d, 0x4d, 0x4d, 0x4f, 13, 10, 26, 10, kind]);
  numbers.setUint32(12, kind < 3 ? size : 0);
  numbers.setUint32(20, size + 24); /* over 4 GB it wraps, and is no object */
  return bytes;
}

/* Each mirror among files that have paths becomes one pack, which copies nothing. */
function mirrorsAsPacks(list) {
  const first = 'charter/000001', mirrors = new Map(), rest = [];
  for (const { name } of list) {
    if (name === first || name.endsWith(`/${first}`)) mirrors.set(name.slice(0, -first.length), []);
  }
  for (const f of list) {
    const root = [...mirrors.keys()].find((r) => f.name.startsWith(r));
    const inside = root === undefined ? '' : f.name.slice(root.length);
    const kind = OBJECTS.findIndex((o) => o.test(inside)) + 1;
    if (kind === BUNDLE) mirrors.get(root).push(f.blob);
    else if (kind > 0) mirrors.get(root).push(prefix(kind, f.blob.size), f.blob);
    else if (!BESIDE.test(inside)) rest.push(f);
  }
  return [...mirrors].map(([root, parts]) => ({ blob: new Blob(parts), name: root.replace(/\/$/, '') || 'mirror' })).concat(rest);
}

/* ---- the questions ---- */

let table = null; /* what letters fold to, in the core at hand */

/* Case and accents go, and what Persian, Arabic and their keyboards write in two ways becomes one. */
function foldTable() {
  const units = new Uint16Array(65536), alike = { ي: 'ی', ى: 'ی', ك: 'ک', ة: 'ه', ۀ: 'ه' };
  for (let unit = 1; unit < 65536; unit++) {
    if (unit >= 0xd800 && unit < 0xe000) continue;
    const letter = String.fromCharCode(unit), bare = letter.normalize('NFKD').replace(/[\p{M}\u0640\u00ad\u200b-\u200f\u2060]/gu, '').toLowerCase();
    const single = bare.length < 2 ? bare : letter.toLowerCase();
    units[unit] = single === '' ? 0 : (alike[single] || single).charCodeAt(0);
  }
  for (let unit = 0; unit < 32; unit++) units[unit] = 32;
  units[0xa0] = 32;
  return new Uint8Array(units.buffer);
}

/* A picture is read in an instance of its own, dropped after it: see scan.h. */
function scan({ width, height, pixels }) {
  const before = core;
  try {
    start();
    must('core_scan', new Uint8Array(pixels), num(width) | 0, num(height) | 0);
    return { text: answerText() };
  } finally {
    core = before;
  }
}

const num = (n) => (typeof n === 'number' && isFinite(n) ? n : NaN);
const str = (s) => (typeof s === 'string' ? s : '');

const commands = {
  open({ files: blobs, names, passphrase }) {
    if (!Array.isArray(blobs)) throw new Refusal('usage', 'no files are given');
    const list = blobs.map((blob, i) => ({ blob, name: str(names && names[i]) || blob.name || 'file' }));
    return { files: openSafely(mirrorsAsPacks(unpacked(list)), str(passphrase)), publishers: states() };
  },
  mirror({ base }) {
    const address = new URL(str(base));
    if (!/^https?:$/.test(address.protocol)) throw new Refusal('usage', 'a mirror has an address of http or https');
    site = address.href.replace(/[^/]*$/, '');
    kept.clear();
    keptBytes = 0;
    openSite();
    return { publishers: states() };
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
    if (!load || !(load.byteLength >= 0)) throw new Refusal('usage', 'no pins are given');
    must('core_trust_load', new Uint8Array(load));
    for (const o of open.values()) must('core_judge_again', o);
    return { publishers: states() };
  },
  sections: ({ publisher }) => json('core_sections', handleOf(publisher)),
  search({ publisher, words, limit }) {
    const list = str(words).split(/\s+/).filter((w) => w !== '');
    if (table !== core) must('core_fold', foldTable());
    table = core;
    return json('core_search', handleOf(publisher), list.map((w) => w + '\n').join(''), num(limit) || 0);
  },
  qr({ text: words }) {
    const size = must('core_qr', str(words));
    return { size, modules: answerBytes() };
  },
  scan,
  hash({ bytes }) {
    must('core_hash', new Uint8Array(bytes));
    return { hash: answerText() };
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
  postMessage(result, result.bytes instanceof ArrayBuffer ? [result.bytes] : []);
};
