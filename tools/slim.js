/* JavaScript without what only people read; the page has a size to keep.  The source stays as it is. */
'use strict';

/* Comments that stand alone or end a line, and indentation, go: people read the source, not this. */
function slim(text) {
  return text.replace(/^[ \t]*\/\*[\s\S]*?\*\/[ \t]*\n/gm, '').replace(/[ \t]+\/\* [^'`]*? \*\/$/gm, '').replace(/^[ \t]+/gm, '').replace(/[ \t]+$/gm, '').replace(/\n{2,}/g, '\n').trim();
}
/* Outside of strings and templates, and in lines that cannot have a regular expression, spaces beside
 * signs say nothing (not so beside + and -: `a + +b`). */
const STRINGS = /('(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)/;
function slimLine(line) {
  const parts = line.split(STRINGS); /* odd ones are strings */
  if (parts.some((part, i) => i % 2 === 0 && /[/`']/.test(part))) return line;
  return parts.map((part, i) => (i % 2 === 1 ? part : part.replace(/ ?([=,(){};:?<>&|*!]) ?/g, '$1'))).join('');
}
const slimJs = (text) => slim(text).split('\n').map(slimLine).join('\n');

module.exports = { slim, slimJs };
