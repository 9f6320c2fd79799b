/*
 * The text of a worker that lies:  node make-lying-worker.js hostile_html.txt >worker.js
 */
'use strict';
const fs = require('fs');
const path = require('path');

const here = (name) => fs.readFileSync(path.join(__dirname, name), 'utf8');
const cases = fs.readFileSync(process.argv[2], 'utf8').split('\n').filter((line) => line)
  .map((line) => line.replace(/HERE/g, 'http://hostile.invalid').replace(/RUN/g, 'mimeoRan(0)'));
process.stdout.write(`${here('mock-worker.js')}\nconst cases = ${JSON.stringify(cases).replace(/</g, '\\u003c')};\n${here('lying-worker.js')}`);
