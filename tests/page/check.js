/*
 * What can be said of the page without a browser:  node tests/page/check.js
 * Words agree between languages and with what the page asks for; the page is self-contained, small,
 * parses nothing into itself, and its policy fits the script and the style that it has.
 */
'use strict';
const { execFileSync } = require('child_process');
const { createHash } = require('crypto');
const fs = require('fs');
const path = require('path');

const root = path.join(__dirname, '..', '..');
const page = path.join(root, 'mirror', 'web', 'page');
const read = (...name) => fs.readFileSync(path.join(...name), 'utf8');
const SIZE_MAX = 120 * 1024; /* html, css, js and words, as they stand in the page */
let faults = 0;

function check(good, text) {
  if (good) return;
  console.log(`FAIL: ${text}`);
  faults++;
}

const languages = fs.readdirSync(path.join(page, 'words')).map((n) => n.replace(/\.json$/, ''));
const words = Object.fromEntries(languages.map((l) => [l, JSON.parse(read(page, 'words', `${l}.json`))]));
const sources = fs.readdirSync(page).filter((n) => n.endsWith('.js') && n !== 'worker.js');
const source = sources.map((n) => read(page, n)).join('\n');
const places = (text) => (text.match(/\{\w+\}/g) || []).sort().join();

function each_language_has_the_same_words_with_the_same_places() {
  check(languages.length >= 7, 'fewer than seven languages');
  for (const l of languages) {
    for (const [key, english] of Object.entries(words.en)) {
      const text = words[l][key];
      check(text !== undefined && typeof text === typeof english, `${l}: ${key} is missing, or of another form`);
      if (typeof text === 'string') {
        check(text.trim() === text && text !== '', `${l}: ${key} is empty, or has spaces around it`);
        check(places(text) === places(english), `${l}: ${key} has other places than in English`);
        check(!/[<>&]/.test(text), `${l}: ${key} looks like markup`);
      }
    }
    check(Object.keys(words[l]).length === Object.keys(words.en).length, `${l} has words that English does not have`);
  }
}

function plurals_have_each_form_of_their_language() {
  for (const l of languages) {
    const needed = new Intl.PluralRules(l).resolvedOptions().pluralCategories;
    for (const [key, text] of Object.entries(words[l])) {
      if (typeof text === 'string') continue;
      check(text.other !== undefined, `${l}: ${key} has no form "other"`);
      for (const form of Object.keys(text)) check(needed.includes(form), `${l}: ${key} has a form "${form}" that ${l} does not have`);
      /* "many" of Spanish is for millions; "zero" of Arabic only where it can be */
      for (const form of needed) check(text[form] !== undefined || form === 'zero' || (l === 'es' && form === 'many'), `${l}: ${key} has no form "${form}"`);
    }
  }
}

function each_word_asked_for_is_there() {
  for (const [, key] of source.matchAll(/words\('([^']+)'/g)) check(words.en[key] !== undefined, `the page asks for "${key}"`);
  const verdicts = read(root, 'mirror', 'library', 'verdict.c').matchAll(/\] = \{"([a-z-]+)", MIMEO/g);
  for (const [, v] of verdicts) check(words.en[v] && words.en[`${v}Text`], `there are no words for the verdict "${v}"`);
  for (const key of Object.keys(words.en)) {
    check(source.includes(`'${key}'`) || source.includes(`${key}:`) || /Text$/.test(key) || ['language', 'zip', 'text', 'html', 'empty', 'unknown', 'publish', 'revise', 'picture', 'out-of-memory', 'not-found', 'shippedText'].includes(key), `nothing asks for "${key}"`);
  }
}

function nothing_is_parsed_into_the_page() {
  for (const bad of ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'document.write', 'eval(', 'new Function', 'localStorage', 'sessionStorage', 'document.cookie', 'sendBeacon', 'WebSocket', 'document.title']) {
    check(!source.includes(bad), `the page's script has ${bad}`);
  }
}

function assembled() {
  return execFileSync(process.execPath, [path.join(root, 'tools', 'assemble-page.js'), path.join(__dirname, 'mock-worker.js')], { encoding: 'utf8', maxBuffer: 1 << 24 });
}

const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

function the_page_is_self_contained_and_its_policy_fits() {
  const text = assembled();
  check(text === assembled(), 'the same parts give two pages');
  const worker = Buffer.byteLength(read(__dirname, 'mock-worker.js'));
  const size = Buffer.byteLength(text) - worker;
  check(size <= SIZE_MAX, `the page without its worker is ${size} bytes`);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text)[1];
  check(policy.includes(hashOf(/<style>([\s\S]*?)<\/style>/.exec(text)[1])), 'the policy does not have the hash of the style');
  check(policy.includes(hashOf(/<script>([\s\S]*?)<\/script>/.exec(text)[1])), 'the policy does not have the hash of the script');
  check(!/unsafe-inline|'unsafe-eval'|https?:|\*/.test(policy), 'the policy lets something in');
  check(/default-src 'none'/.test(policy) && /form-action 'none'/.test(policy) && /base-uri 'none'/.test(policy), 'the policy has a hole');
  const head = text.slice(0, text.indexOf('<script'));
  check(!/(src|href|url\()=?["']?(https?:)?\/\//.test(head), 'the page names a source elsewhere');
  check(text.split('<!-- mimeo:packs -->').length === 2 && text.indexOf('<!-- mimeo:packs -->') < text.indexOf('</body>'), 'the place for packs is not there once');
  check(/name="referrer" content="no-referrer"/.test(text), 'the page sends referrers');
  check(!/\/\* mimeo:|mimeo:(csp|words|worker)/.test(text.replace(/mock-worker[\s\S]*/, '')), 'a marker was left');
}

each_language_has_the_same_words_with_the_same_places();
plurals_have_each_form_of_their_language();
each_word_asked_for_is_there();
nothing_is_parsed_into_the_page();
the_page_is_self_contained_and_its_policy_fits();
if (faults > 0) process.exit(1);
