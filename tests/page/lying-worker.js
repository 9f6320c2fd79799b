/*
 * Behind mock-worker.js: a worker that lies, as one would that was taken over.  Every text is hostile,
 * and the bodies are those of tests/e2e/hostile_html.txt, uncleaned; `cases` stands before it.
 */
const nasty = '<img src=x onerror="mimeoRan(1)">\u003cscript>mimeoRan(2)\u003c/script>"onload="mimeoRan(3)';
const article = (i) => ({ id: `case-${i}`, action: ['publish', 'revise', 'retract'][i % 3], revision: 1, title: `${i}: ${nasty}`,
  subtitle: nasty, section: nasty, summary: nasty, lang: i % 2 ? 'en' : '"><img src=x onerror=mimeoRan(4)>', dir: nasty,
  url: ['javascript:mimeoRan(5)', 'https://courier.example/"onclick=mimeoRan(6)', 'data:text/html,' + nasty][i % 3], note: nasty,
  bylines: [nasty], tags: [nasty], published: NOW - i, modified: null, words: 1, hasBody: true, seq: 1, bundleTime: NOW, joined: true,
  media: [{ hash: nasty, type: 'image/svg+xml', bytes: 10, width: nasty, height: 3, alt: nasty, caption: nasty, credit: nasty }] });
const all = cases.map((_, i) => article(i));
const lie = (what) => Object.assign({}, base, { name: nasty, petname: nasty, site: 'javascript:mimeoRan(7)', pin: 'verified', link: 'javascript:mimeoRan(8)',
  verdict: what || 'damaged', reason: nasty, digits: nasty, parts: [{ set: nasty, of: 2, have: [1], missing: [{ part: 2, bundles: nasty, media: 1 }] }] });

Object.assign(acts, {
  open: (m) => ({ files: m.names.map((name) => ({ name, kind: 'pack', needsPassphrase: false, code: '', message: nasty })), publishers: [lie()] }),
  publishers: () => ({ publishers: [lie()] }),
  sections: () => ({ sections: [{ section: nasty, count: 1 }, { section: 'x', count: 1 }], langs: [{ lang: nasty, count: 1 }, { lang: 'en', count: 1 }] }),
  list: (m) => ({ articles: all.slice(m.offset, m.offset + m.limit), more: false }),
  read: (m) => ({ article: all.find((a) => a.id === m.articleId), html: cases[Number(m.articleId.slice(5))], erased: false }),
  picture: () => ({ type: 'image/svg+xml', bytes: new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" onload="mimeoRan(9)"/>').buffer }),
  history: () => ({ records: all.slice(0, 2) }),
});
