#!/usr/bin/env node
/*
 * One self-contained page from its parts:  node tools/assemble-page.js WORKER.js >reader.html
 *
 * Puts css, js, words and the worker's text into mirror/web/page/page.html, and into its policy the
 * hashes of the one script and the one style.  The output follows from the input alone: no time, no
 * path, names in byte order.
 */
'use strict';
const { createHash } = require('crypto');
const fs = require('fs');
const path = require('path');
const { slim, slimJs } = require('./slim.js');

const here = path.join(__dirname, '..', 'mirror', 'web', 'page');
const read = (...name) => fs.readFileSync(path.join(here, ...name), 'utf8');
const fail = (text) => {
  process.stderr.write(`assemble-page: ${text}\n`);
  process.exit(1);
};

const slimCss = (text) => slim(text.replace(/[ \t]*\/\*[\s\S]*?\*\//g, '')).replace(/\s*([{};])\s*/g, '$1').replace(/;}/g, '}').replace(/: /g, ':').replace(/, /g, ',').replace(/([^\d])0\.(\d)/g, '$1.$2');

/* Text of a script element ends at the first end tag, wherever that stands; and where "<!--" comes
 * before "<script" it does not end at all.  In JavaScript's strings "\x3c" is the same as "<". */
function inScript(text, name) {
  if (/<\/script|<!--|<script/i.test(text)) fail(`${name} has what ends a script element: write it otherwise`);
  return text;
}

/* A plural's forms that say the same as "other" are left to it. */
function formsOf(text) {
  if (typeof text === 'string') return text;
  const forms = Object.entries(text).filter(([form, said]) => form === 'other' || said !== text.other);
  return forms.length === 1 ? text.other : Object.fromEntries(forms);
}

/* {keys: [...], en: [...], …}: each key once. */
function words() {
  const languages = fs.readdirSync(path.join(here, 'words')).filter((n) => n.endsWith('.json')).map((n) => n.slice(0, -5)).sort();
  languages.splice(languages.indexOf('en'), 1);
  languages.unshift('en');
  const all = Object.fromEntries(languages.map((l) => [l, JSON.parse(read('words', `${l}.json`))]));
  const keys = Object.keys(all.en);
  for (const l of languages) {
    if (Object.keys(all[l]).join() !== keys.join()) fail(`words/${l}.json has other keys, or another order, than en.json`);
  }
  const table = { keys };
  for (const l of languages) table[l] = keys.map((k) => formsOf(all[l][k]));
  return JSON.stringify(table).replace(/</g, '\\u003c');
}

const scripts = () => fs.readdirSync(here).filter((n) => n.endsWith('.js') && n !== 'worker.js' && n !== 'reader-offline.js').sort();

function fill(page, marker, text) {
  if (page.split(marker).length !== 2) fail(`page.html has not exactly one ${marker}`);
  return page.split(marker).join(text);
}

const hashOf = (text) => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
const between = (page, begin, end) => page.slice(page.lastIndexOf(begin) + begin.length, page.indexOf(end, page.lastIndexOf(begin)));

/* No source but the page itself: its worker and pictures are made by it, and in the mirror's case it
 * reads the mirror that it came from. */
function policy(page) {
  return ["default-src 'none'", `script-src ${hashOf(between(page, '<script>', '</script>'))} 'wasm-unsafe-eval'`,
    `style-src ${hashOf(between(page, '<style>', '</style>'))}`, 'img-src blob: data:', "worker-src blob: 'self'",
    "connect-src 'self'", "base-uri 'none'", "form-action 'none'"].join('; ');
}

function main() {
  if (process.argv.length !== 3) fail('usage: assemble-page.js WORKER.js');
  let page = read('page.html');
  page = fill(page, '/* mimeo:css */', slimCss(read('page.css')));
  page = fill(page, 'mimeo:words', inScript(words(), 'words'));
  page = fill(page, 'mimeo:worker', inScript(fs.readFileSync(process.argv[2], 'utf8'), 'the worker'));
  page = fill(page, '/* mimeo:js */', inScript(slimJs(scripts().map((n) => read(n)).join('\n')), 'js'));
  page = fill(page, 'mimeo:csp', policy(page));
  process.stdout.write(page);
}

main();
