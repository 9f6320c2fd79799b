/*
 * The worker under Node: what a browser gives it, in a few lines.
 *
 *     const ask = nodeWorker('worker.js');
 *     const answer = ask({ do: 'open', files: [fileOf('a.mimeo')], names: ['a.mimeo'] });
 *
 * Answers come at once: the worker works in one go, and only waits for questions.
 */
'use strict';
const fs = require('fs');
const vm = require('vm');
const { webcrypto } = require('crypto');

/* A Blob whose slices are read at once; a part is a Buffer, {path, size} of a file, or {size} of zeros. */
class FakeBlob {
  constructor(parts) {
    this.parts = parts.flatMap((p) => (p instanceof FakeBlob ? p.parts : [p]));
    this.size = this.parts.reduce((n, p) => n + (p.size === undefined ? p.length : p.size), 0);
  }

  slice(from, to) {
    const out = [];
    let at = 0;
    for (const p of this.parts) {
      const size = p.size === undefined ? p.length : p.size;
      const a = Math.max(from - at, 0), b = Math.min(to - at, size);
      if (a < b) out.push(p.path ? readPart(p, a, b - a) : p.size ? Buffer.alloc(b - a) : p.subarray(a, b));
      at += size;
    }
    return new FakeBlob(out);
  }
}

function readPart(part, at, len) {
  const fd = fs.openSync(part.path, 'r');
  try {
    const bytes = Buffer.alloc(len);
    return bytes.subarray(0, fs.readSync(fd, bytes, 0, len, at));
  } finally {
    fs.closeSync(fd);
  }
}

class FakeReader {
  readAsArrayBuffer(blob) {
    const bytes = Buffer.concat(blob.parts);
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  }
}

const fileOf = (path) => new FakeBlob([{ path, size: fs.statSync(path).size }]);
const withZeros = (path, size) => new FakeBlob([{ path, size: fs.statSync(path).size }, { size }]);
const bytesOf = (bytes) => new FakeBlob([Buffer.from(bytes)]);

/* `now`: milliseconds, where the clock shall stand still.  `more`: other globals. */
function nodeWorker(path, now, more) {
  const posted = [];
  const FixedDate = now === undefined ? Date : class extends Date { static now() { return now; } };
  const scope = { Blob: FakeBlob, FileReaderSync: FakeReader, TextEncoder, TextDecoder, WebAssembly, Uint8Array, atob, console,
    crypto: webcrypto, Date: FixedDate, postMessage: (m) => posted.push(m), ...more };
  const context = vm.createContext(scope);
  vm.runInContext(fs.readFileSync(path, 'utf8'), context, { filename: path });
  let id = 0;
  const ask = (question) => {
    posted.length = 0;
    scope.onmessage({ data: { id: ++id, ...question } });
    const last = posted[posted.length - 1];
    if (!last || last.id !== id || last.ok === undefined) throw new Error(`no answer to ${question.do}`);
    return last;
  };
  ask.run = (code) => vm.runInContext(code, context); /* a look inside */
  return ask;
}

module.exports = { nodeWorker, fileOf, bytesOf, withZeros };
