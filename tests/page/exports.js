/*
 * What `mimeo export` wrote, through the page's core:  node tests/page/exports.js WORKER.js IDS PLAIN SEALED ZIP MIRROR
 *
 * The passphrase of SEALED is "a passphrase"; IDS are of all articles, one of which is "The ferry of Žižkov".
 */
'use strict';
const assert = require('assert');
const fs = require('fs');
const { nodeWorker, fileOf, bytesOf, withZeros } = require('./node_worker.js');

const [worker, ids, plain, sealed, zip, mirror] = process.argv.slice(2);
const wanted = fs.readFileSync(ids, 'utf8').trim().split('\n');
/* Answers come from another realm, whose arrays are of another Array. */
const same = (a, b) => assert.strictEqual(JSON.stringify(a), JSON.stringify(b));
const good = (answer) => {
  assert.ok(answer.ok, answer.message);
  return answer;
};

/* All articles of the one publisher, by id. */
function idsOf(ask) {
  const { publishers } = good(ask({ do: 'publishers' }));
  assert.strictEqual(publishers.length, 1);
  return good(ask({ do: 'list', publisher: publishers[0].publisher })).articles.map((a) => a.id).sort();
}

function plainAndZip() {
  for (const path of [plain, zip]) {
    const ask = nodeWorker(worker);
    const opened = good(ask({ do: 'open', files: [fileOf(path)], names: [path] }));
    same(opened.files.map((f) => [f.kind, f.code]), [['pack', '']]);
    same(idsOf(ask), wanted);
  }
}

/* A directory as a browser gives one: files with paths, whatever else lies in it. */
function aDirectory() {
  const names = fs.readdirSync(mirror, { recursive: true }).filter((n) => fs.statSync(`${mirror}/${n}`).isFile());
  const ask = nodeWorker(worker);
  const files = names.map((n) => fileOf(`${mirror}/${n}`)).concat(bytesOf('a letter'));
  const opened = good(ask({ do: 'open', files, names: names.map((n) => `stick/${n}`).concat('stick/letter.txt') }));
  same(opened.files.map((f) => [f.name, f.kind, f.code === '']), [['stick', 'pack', true], ['stick/letter.txt', 'text', false]]);
  same(idsOf(ask), wanted);
  assert.strictEqual(good(ask({ do: 'verify', publisher: opened.publishers[0].publisher, deep: true })).faults.length, 0);
}

function encrypted() {
  const ask = nodeWorker(worker);
  const open = (passphrase) => good(ask({ do: 'open', files: [fileOf(sealed)], names: ['sealed'], passphrase })).files[0];
  for (const passphrase of [undefined, 'another']) {
    const file = open(passphrase);
    same([file.kind, file.needsPassphrase, file.code], ['sealed', true, 'passphrase']);
  }
  assert.strictEqual(open('a passphrase').code, '');
  same(idsOf(ask), wanted);
}

/* Pins: by digits, kept and taken again; another's digits are refused. */
function pins() {
  const ask = nodeWorker(worker);
  const { publisher, digits, verdict } = good(ask({ do: 'open', files: [fileOf(plain)], names: ['a'] })).publishers[0];
  assert.strictEqual(verdict, 'unknown-publisher');
  assert.strictEqual(ask({ do: 'pin', publisher, digits: '11111 '.repeat(8).trim() }).code, 'forged');
  assert.strictEqual(good(ask({ do: 'pin', publisher, digits })).state.verdict, 'good');
  const kept = good(ask({ do: 'trust', save: true })).bytes;
  const later = nodeWorker(worker);
  good(later({ do: 'trust', load: kept }));
  assert.strictEqual(good(later({ do: 'open', files: [fileOf(plain)], names: ['a'] })).publishers[0].pin, 'verified');
  assert.strictEqual(good(later({ do: 'unpin', publisher })).state.pin, 'unknown');
}

function searching() {
  const ask = nodeWorker(worker);
  const { publisher } = good(ask({ do: 'open', files: [fileOf(plain)], names: ['a'] })).publishers[0];
  const find = (words) => good(ask({ do: 'search', publisher, words, limit: 5 })).hits.map((h) => h.article.id);
  same(find('ZIZKOV ferry'), ['a-9']);
  same(find('text article 3'), ['a-3']);
  same(find('nowhere'), []);
  same(find('<p>'), []);
}

/* One that is no pack is told as what it is, and spoils nothing for the one beside it. */
function others() {
  const ask = nodeWorker(worker);
  const files = [bytesOf(''), bytesOf('\x89PNG\r\n\x1a\n0000'.split('').map((c) => c.charCodeAt(0))), bytesOf('<!doctype html><p>x'), bytesOf('just words\n'), fileOf(plain)];
  const opened = good(ask({ do: 'open', files, names: ['e', 'p', 'h', 't', 'm'] }));
  same(opened.files.map((f) => f.kind), ['empty', 'picture', 'html', 'text', 'pack']);
  for (const f of opened.files.slice(0, 4)) assert.ok(f.code !== '' && f.message !== '');
  same(idsOf(ask), wanted);
}

/* Forty parts of an export, each read to its end: what is held of them is no more than of one. */
function manyFiles() {
  const ask = nodeWorker(worker);
  const files = Array.from({ length: 40 }, () => withZeros(plain, 9 << 20));
  const opened = good(ask({ do: 'open', files, names: files.map((_, i) => `part-${i}.mimeo`) }));
  assert.strictEqual(opened.publishers.length, 1);
  const held = ask.run('[...files.values()].reduce((n, f) => n + Object.values(f).reduce((m, v) => m + (v.byteLength || 0), 0), view.byteLength)');
  assert.ok(held <= 4 << 20, `${held >> 20} MB are held of 40 files`);
  same(idsOf(ask), wanted);
}

for (const test of [plainAndZip, aDirectory, encrypted, pins, searching, others, manyFiles]) test();
console.log('exports: all as written');
