#!/usr/bin/env node
/*
 * The worker with its module in it:  node tools/pack-worker.js CORE.WASM VERSION <worker.js >packed.js
 *
 * The module is packed with LZMA, since base64 of it alone would be larger than the whole page may be, and refused where it
 * asks for anything but what the worker gives it.
 */
'use strict';
const fs = require('fs');
const { execFileSync } = require('child_process');
const { slimJs } = require('./slim.js');

const GIVEN = ['fetch', 'fetchSize', 'now', 'progress', 'random', 'read'];

const fail = (text) => {
  process.stderr.write(`pack-worker: ${text}\n`);
  process.exit(1);
};

/* Its size, and then LZMA as worker.js unpacks it. */
function packed(module) {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(module.length);
  const lzma = execFileSync('xz', ['--format=raw', '--lzma1=preset=9e,dict=1MiB,lc=3,lp=0,pb=0', '--threads=1', '--stdout'],
    { input: module, maxBuffer: 1 << 26 });
  return Buffer.concat([size, lzma]).toString('base64');
}

function fill(text, marker, value) {
  if (text.split(marker).length !== 2) fail(`worker.js has not exactly one ${marker}`);
  return text.split(marker).join(value);
}

const module_ = fs.readFileSync(process.argv[2]);
for (const i of WebAssembly.Module.imports(new WebAssembly.Module(module_))) {
  if (i.module !== 'host' || !GIVEN.includes(i.name)) fail(`the module asks for ${i.module}.${i.name}`);
}
let worker = slimJs(fs.readFileSync(0, 'utf8'));
worker = fill(worker, 'mimeo:core', packed(module_));
worker = fill(worker, 'mimeo:version', process.argv[3]);
process.stdout.write(worker);
