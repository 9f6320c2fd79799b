/*
 * The interface's language.  words/*.json have the same keys each; the build packs them as one
 * table, {keys: [...], en: [...], …}.  Plurals go by Intl.PluralRules, numbers and dates by Intl, so
 * that a Persian reader gets Persian digits and calendar.  Digits that people compare aloud are never
 * formatted here.
 */
const RTL = ['ar', 'fa', 'he', 'ur', 'ps', 'ckb', 'sd', 'ug', 'yi', 'dv'];
const DAY = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' };
let table, language = 'en', locale = 'en', said = {};

const directionOf = (lang) => (RTL.includes(String(lang).toLowerCase().split('-')[0]) ? 'rtl' : 'ltr');
const allLanguages = () => Object.keys(table).filter((k) => k !== 'keys');

function setLanguage(lang) {
  language = allLanguages().includes(lang) ? lang : 'en';
  /* with the reader's own region, so that dates and numbers are as they know them */
  locale = (navigator.languages || []).find((l) => l.split('-')[0] === language) || language;
  said = {};
  table.keys.forEach((key, i) => { said[key] = table[language][i]; });
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
}

function loadWords() {
  table = JSON.parse(byId('words').textContent);
  const wished = (navigator.languages || [navigator.language || 'en']).map((l) => l.split('-')[0]);
  setLanguage(wished.find((l) => allLanguages().includes(l)));
}

const languageNameIn = (lang) => table[lang][table.keys.indexOf('language')];
const number = (n) => new Intl.NumberFormat(locale).format(n);

/* words('articles', {n: 3}); a plural's form is chosen by n. */
function words(key, values) {
  let text = said[key];
  if (text === undefined) return key;
  if (typeof text === 'object') text = text[new Intl.PluralRules(locale).select(values.n)] || text.other;
  return text.replace(/\{(\w+)\}/g, (all, name) => {
    const value = values && values[name];
    if (typeof value === 'number') return number(value);
    if (value === undefined) return all;
    return document.documentElement.dir === 'rtl' ? `\u2068${value}\u2069` : String(value); /* in a direction of its own */
  });
}
const hasWords = (key) => said[key] !== undefined;

function date(seconds, form) {
  if (seconds === null || seconds === undefined || Number.isNaN(new Date(seconds * 1000).getTime())) return '';
  return new Intl.DateTimeFormat(locale, form || { dateStyle: 'long' }).format(new Date(seconds * 1000));
}
const moment = (seconds) => date(seconds, { dateStyle: 'long', timeStyle: 'short' });

function time(seconds, text) {
  const when = new Date(seconds * 1000);
  return h('time', { datetime: Number.isNaN(when.getTime()) ? null : when.toISOString() }, text);
}

function size(bytes) {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  let n = 0;
  while (bytes >= 1000 && n < 3) { bytes /= 1000; n++; }
  const form = { style: 'unit', unit: units[n], unitDisplay: 'short', maximumFractionDigits: bytes < 10 && n > 0 ? 1 : 0 };
  try {
    return new Intl.NumberFormat(locale, form).format(bytes);
  } catch (e) {
    return `${number(Math.round(bytes))} ${['B', 'kB', 'MB', 'GB'][n]}`; /* before units came to browsers */
  }
}

/* The name of an article's language, in the interface's. */
function languageName(code) {
  try {
    return new Intl.DisplayNames([language], { type: 'language' }).of(code) || code;
  } catch (e) {
    return code; /* not well-formed, or an older browser */
  }
}

/* A list as the language writes it. */
function listed(items) {
  return Intl.ListFormat ? new Intl.ListFormat(locale).format(items) : items.join(', ');
}

/* What text of a publisher is in: {lang, dir} for h(). */
function tongue(article) {
  return { lang: article.lang || null, dir: article.dir || (article.lang ? directionOf(article.lang) : 'auto') };
}
