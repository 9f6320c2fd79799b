/*
 * QR codes through the page's worker: those that the program prints are drawn as cameras and screens
 * show them, and read back; and what is none, or is made to break a decoder, is told as none.
 *
 *     node scan.js WORKER.js CODE.txt TEXT
 *
 * CODE.txt is what `mimeo head --link --qr` printed, TEXT what it stands for.
 */
'use strict';
const fs = require('fs');
const { nodeWorker } = require('./node_worker.js');
const { fromTerminal, fromModules, picture, generator } = require('./qr_pictures.js');

const [workerPath, codePath, wanted] = process.argv.slice(2);
const ask = nodeWorker(workerPath);
const printed = fromTerminal(fs.readFileSync(codePath, 'utf8'));
let count = 0, faults = 0;

function check(what, holds) {
  count++;
  if (holds) return;
  faults++;
  console.log(`FAULT: ${what}`);
}

const scan = (width, height, pixels) => ask({ do: 'scan', width, height, pixels });

function reads(what, code, width, height, how, text) {
  const began = Date.now();
  const got = scan(width, height, picture(code, width, height, how));
  check(`${what}: ${got.ok ? got.text : got.message}`, got.ok && got.text === text);
  if (Date.now() - began > 20e3) check(`${what} takes too long`, false);
}

/* ---- as cameras and screens show it */
for (const scale of [1, 2, 3, 5, 9]) {
  const side = Math.ceil(printed.side * scale);
  reads(`${scale} pixels a module`, printed, side, side, { scale }, wanted);
}
for (const turn of [5, 30, 45, 90, 135, 180, 213, 300]) reads(`turned by ${turn}`, printed, 640, 640, { scale: 5, turn }, wanted);
for (const noise of [0.1, 0.2, 0.3]) reads(`noise of ${noise}`, printed, 640, 640, { scale: 6, noise, turn: 8 }, wanted);
for (const blur of [2, 4]) reads(`blurred by ${blur}`, printed, 640, 640, { scale: 6, blur, turn: 3 }, wanted);
reads('in perspective', printed, 640, 640, { scale: 5, lean: 0.2, turn: 3 }, wanted);
reads('half in shadow', printed, 640, 640, { scale: 6, shade: 0.8 }, wanted);
reads('light on dark', printed, 640, 640, { scale: 6, ink: 240, paper: 10 }, wanted);
reads('mirrored', printed, 640, 640, { scale: 6, mirrored: true }, wanted);
reads('faint', printed, 640, 640, { scale: 6, ink: 120, paper: 140 }, wanted);
reads('a large photograph', printed, 2000, 1500, { scale: 15, turn: 12, noise: 0.1 }, wanted);
reads('small in a large photograph', printed, 1600, 1200, { scale: 4, turn: -9, noise: 0.05, lean: 0.1, shade: 0.5 }, wanted);

/* ---- what the page draws itself */
for (const text of [wanted, 'mimeo:0', 'Д'.repeat(100), 'x'.repeat(2953)]) {
  const drawn = ask({ do: 'qr', text });
  check(`draws ${text.slice(0, 20)}`, drawn.ok && drawn.modules.length === drawn.size * drawn.size);
  if (drawn.ok) reads(`its own ${text.slice(0, 20)}`, fromModules(drawn.size, drawn.modules), 1000, 1000, { scale: 5, turn: 2 }, text);
}
const ours = ask({ do: 'qr', text: wanted });
let other = ours.ok && ours.size === printed.side - 8 ? 0 : 1;
for (let y = 0; ours.ok && y < ours.size; y++) {
  for (let x = 0; x < ours.size; x++) if ((ours.modules[y * ours.size + x] === 1) !== printed.dark(x + 4, y + 4)) other++;
}
check(`${other} modules are not as the program prints them`, other === 0);
check('a text that fits no code is refused', !ask({ do: 'qr', text: 'x'.repeat(2954) }).ok);

/* ---- what is none */
const none = (what, width, height, pixels) => {
  const got = scan(width, height, pixels);
  check(`${what}: ${JSON.stringify(got).slice(0, 100)}`, got.ok && got.text === '');
};
const refused = (what, width, height, pixels) => {
  const got = scan(width, height, pixels);
  check(`${what}: ${JSON.stringify(got).slice(0, 100)}`, !got.ok && got.message !== '');
};
none('white', 300, 300, new Uint8Array(90000).fill(255));
none('noise', 600, 600, picture(printed, 600, 600, { scale: 0.01, noise: 1 }));
refused('no pixels', 0, 0, new Uint8Array(0));
refused('fewer pixels than it says', 300, 300, new Uint8Array(100));
refused('larger than any', 5000, 5000, new Uint8Array(25e6));
refused('no numbers', 'a', null, new Uint8Array(100));
refused('no bytes', 300, 300, 'pixels');

/* Finder patterns everywhere: the search gives up. */
const finders = { side: 70, dark: (x, y) => {
  const ring = Math.max(Math.abs(x % 9 - 4), Math.abs(y % 9 - 4));
  return ring < 2 || ring === 3;
} };
const began = Date.now();
none('nothing but finder patterns', 700, 700, picture(finders, 700, 700, { scale: 4 }));
check('and that within seconds', Date.now() - began < 20e3);

/* Codes with some modules changed: read, or told as none, and the worker goes on. */
const random = generator(11);
for (let i = 0; i < 40; i++) {
  const flips = new Set(Array.from({ length: 1 << (i % 10) }, () => Math.floor(random() * printed.side * printed.side)));
  const spoilt = { side: printed.side, dark: (x, y) => printed.dark(x, y) !== flips.has(y * printed.side + x) };
  const got = scan(200, 200, picture(spoilt, 200, 200, { scale: 2.8 }));
  check(`spoilt ${i}: ${JSON.stringify(got).slice(0, 100)}`, got.ok && (got.text === wanted || got.text === ''));
}
check('and still answers', ask({ do: 'about' }).ok);

console.log(`${count} checks, ${faults} faults`);
process.exit(faults > 0 ? 1 : 0);
