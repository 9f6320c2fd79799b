/*
 * The vectors of tests/vectors through the page's core:  node tests/page/vectors.js WORKER.js VECTORS
 *
 * As tests/unit/test_vectors.c does it natively: an empty library, the publisher pinned, what comes before opened and
 * verified, then the vector; the verdict and the count of articles must be those of expected.jsonl.
 */
'use strict';
const fs = require('fs');
const path = require('path');
const { nodeWorker, fileOf } = require('./node_worker.js');

const [worker, vectors] = process.argv.slice(2);
const NOW = Date.parse('2026-11-24T00:00:00Z');

/* {verdict, records} of one file in a reader of its own that knows `trust`. */
function lookAt(name, trust) {
  const ask = nodeWorker(worker, NOW);
  const file = path.join(vectors, `${name}.mimeo`);
  if (trust) must(ask({ do: 'trust', load: trust }));
  const opened = must(ask({ do: 'open', files: [fileOf(file)], names: [`${name}.mimeo`] }));
  if (opened.publishers.length === 0) return { ask, verdict: verdictOf(opened.files[0]), message: opened.files[0].message };
  const { publisher } = opened.publishers[0];
  const verified = must(ask({ do: 'verify', publisher, deep: true }));
  const list = ask({ do: 'list', publisher });
  return { ask, verdict: verified.verdict, records: list.ok ? list.articles.length : -1, message: JSON.stringify(verified.faults) };
}

function must(answer) {
  if (!answer.ok) throw new Error(`${answer.code}: ${answer.message}`);
  return answer;
}

/* As mimeo_verdict_of_code. */
const verdictOf = (f) => f.verdict;

let count = 0, faults = 0;
for (const line of fs.readFileSync(path.join(vectors, 'expected.jsonl'), 'utf8').trim().split('\n')) {
  const v = JSON.parse(line);
  const first = nodeWorker(worker, NOW);
  must(first({ do: 'pin', link: v.publisher, petname: 'pinned' }));
  let trust = must(first({ do: 'trust', save: true })).bytes;
  if (v.before) trust = must(lookAt(v.before, trust).ask({ do: 'trust', save: true })).bytes;
  const got = lookAt(v.name, trust);
  count++;
  if (got.verdict !== v.verdict || (v.records !== undefined && got.records !== v.records)) {
    faults++;
    console.log(`${v.name}: ${got.verdict}, ${got.records} articles, and not ${v.verdict}, ${v.records} (${got.message})`);
  }
}
console.log(`${count} vectors, ${faults} with another verdict or count`);
process.exit(faults > 0 || count < 100 ? 1 : 0);
