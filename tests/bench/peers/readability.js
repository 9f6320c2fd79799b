// Mozilla's Readability over jsdom or linkedom, for tests/bench/extract:
//
//     node readability.js jsdom|linkedom DIR PAGE…
//
// writes DIR/NAME.json for each page.  NODE_PATH says where the packages are.
"use strict";
const fs = require("fs");
const path = require("path");
const { Readability } = require("@mozilla/readability");

const [kind, directory, ...pages] = process.argv.slice(2);

function parser() {
  if (kind === "linkedom") {
    const { parseHTML } = require("linkedom");
    return (html) => parseHTML(html).document;
  }
  const { JSDOM, VirtualConsole } = require("jsdom");
  const virtualConsole = new VirtualConsole(); // each stylesheet that it cannot read would be printed
  return (html) => new JSDOM(html, { url: "http://example.org/page.html", virtualConsole }).window.document;
}
const parse = parser();

// It takes text: the encoding is the caller's to know.  This is as much as a page says in its first bytes.
function text(bytes) {
  const said = /charset\s*=\s*["']?([\w-]+)/i.exec(bytes.subarray(0, 1024).toString("latin1"));
  try {
    return new TextDecoder(said ? said[1] : "utf-8").decode(bytes);
  } catch (error) {
    return bytes.toString("utf8");
  }
}

for (const page of pages) {
  let found = null;
  try {
    found = new Readability(parse(text(fs.readFileSync(page)))).parse();
  } catch (error) {
    console.error(`${page}: ${error.message}`);
  }
  const result = found
    ? { html: found.content || "", title: found.title, bylines: found.byline ? [found.byline] : [], lang: found.lang,
        dir: found.dir, site: found.siteName, published: found.publishedTime }
    : { html: "" };
  fs.writeFileSync(path.join(directory, path.basename(page, ".html") + ".json"), JSON.stringify(result));
}
