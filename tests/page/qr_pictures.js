// Pictures of QR codes as cameras and screens make them, for the tests of the scanner: from a matrix of
// modules to grey pixels, by asking for each pixel where it comes from.  Always the same pictures: the
// noise is of a generator of our own.
'use strict';

function generator(seed) {
    let state = seed >>> 0 || 1;
    return () => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        state >>>= 0;
        return state / 4294967296;
    };
}

// The modules that a terminal's half blocks stand for; ANSI colours are left out.
function fromTerminal(text) {
    const rows = [];
    for (const line of text.replace(/\x1b\[[0-9;]*m/g, '').split('\n').filter(one => one)) {
        const upper = [], lower = [];
        for (const glyph of line) {
            upper.push('▀█'.includes(glyph) ? 1 : 0);
            lower.push('▄█'.includes(glyph) ? 1 : 0);
        }
        rows.push(upper, lower);
    }
    const side = rows[0].length;
    return { side, dark: (x, y) => x >= 0 && y >= 0 && x < side && y < side && rows[y][x] === 1 };
}

// The same of the page's own `qr`, with the quiet zone that it leaves out.
function fromModules(size, modules) {
    const inside = (x, y) => x >= 0 && y >= 0 && x < size && y < size;
    return { side: size + 8, dark: (x, y) => inside(x - 4, y - 4) && modules[(y - 4) * size + x - 4] === 1 };
}

// A picture of width × height.  how: { scale: pixels a module, turn: degrees, lean: perspective,
// noise: 0…1, blur: pixels, shade: light falls off over the picture, ink, paper: grey values,
// mirrored, seed }.
function picture(code, width, height, how) {
    const random = generator(how.seed || 7);
    const turn = (how.turn || 0) * Math.PI / 180, cos = Math.cos(turn), sin = Math.sin(turn);
    const ink = how.ink === undefined ? 20 : how.ink, paper = how.paper === undefined ? 235 : how.paper;
    const middle = code.side / 2, taps = how.blur ? 3 : 2, reach = (how.blur || 1) / 2;
    const pixels = new Uint8Array(width * height);
    const at = (px, py) => {
        const away = 1 + (how.lean || 0) * (py / height - 0.5);
        const dx = (px - width / 2) * away, dy = (py - height / 2) * away;
        const x = (dx * cos + dy * sin) / how.scale + middle, y = (dy * cos - dx * sin) / how.scale + middle;
        return code.dark(Math.floor(how.mirrored ? code.side - x : x), Math.floor(y)) ? ink : paper;
    };
    for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
            let sum = 0;
            for (let i = 0; i < taps; i++)
                for (let j = 0; j < taps; j++)
                    sum += at(x + 0.5 + (2 * (i + 0.5) / taps - 1) * reach, y + 0.5 + (2 * (j + 0.5) / taps - 1) * reach);
            let grey = sum / (taps * taps) * (1 - (how.shade || 0) * x / width);
            grey += (random() + random() + random() - 1.5) * 255 * (how.noise || 0);
            pixels[y * width + x] = Math.max(0, Math.min(255, Math.round(grey)));
        }
    }
    return pixels;
}

module.exports = { fromTerminal, fromModules, picture, generator };
