/*
 * Elements.  All text comes in as text nodes: no string from outside is ever parsed as HTML into
 * the document (the one parser, for bodies, is in body.js, and what it gives is copied by a list).
 */
const SVG = 'http://www.w3.org/2000/svg';

const byId = (id) => document.getElementById(id);

function put(parent, children) {
  for (const child of children) {
    if (Array.isArray(child)) put(parent, child);
    else if (child || child === '0') parent.append(child);
  }
  return parent;
}

/* h('p.soft', {id: 'x', onclick: f}, 'text', node, …): attributes by name, listeners by on…, and
 * hidden, disabled, checked, value as properties. */
function h(what, attributes, ...children) {
  const [tag, ...classes] = what.split('.');
  const node = document.createElement(tag);
  if (classes.length > 0) node.className = classes.join(' ');
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name in node && (typeof value === 'boolean' || name === 'value')) node[name] = value;
    else node.setAttribute(name, value);
  }
  return put(node, children);
}

function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return put(node, children);
}

const SIGNS = {
  danger: 'M12 2 1 21h22zM11 9h2v6h-2zm0 7.5h2v2h-2z',
  warn: 'M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22zm-1 5h2v8h-2zm0 10h2v2h-2z',
  note: 'M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22zm0 2a9 9 0 1 1 0 18 9 9 0 0 1 0-18zm-1 8h2v7h-2zm0-4h2v2h-2z',
  good: 'm9.5 19-7-7 2-2 5 5L20 4.5l2 2z',
};

function sign(level) {
  return svg('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    svg('path', { d: SIGNS[level], fill: 'currentColor', 'fill-rule': 'evenodd' }));
}

/* A QR code as one path, dark on light whatever the colours are, with its quiet zone. */
function qrPicture(qr, label) {
  let d = '';
  for (let y = 0; y < qr.size; y++) {
    for (let x = 0; x < qr.size; x++) {
      if (qr.modules[y * qr.size + x] & 1) d += `M${x} ${y}h1v1h-1z`;
    }
  }
  const all = qr.size + 8;
  return h('div.qr', null, svg('svg', { viewBox: `-4 -4 ${all} ${all}`, role: 'img', 'aria-label': label,
    'shape-rendering': 'crispEdges' }, svg('path', { d, fill: '#000' })));
}

const button = (label, onclick, kind, more) =>
  h(kind ? `button.${kind}` : 'button', Object.assign({ type: 'button', onclick }, more), label);

let fields = 0;
function field(label, input) {
  input.id = input.id || `field-${++fields}`;
  return h('div.field', null, h('label', { for: input.id }, label), input);
}

function tick(label, checked, onchange) {
  const input = h('input', { type: 'checkbox', checked, onchange: (e) => onchange(e.target.checked) });
  return h('label.tick', null, input, label);
}

function choice(label, value, options, onchange) {
  return field(label, h('select', { onchange: (e) => onchange(e.target.value) },
    options.map(([v, name, lang]) => h('option', { value: v, selected: v === value, lang }, name))));
}

/* A question over the page.  What the buttons do closes it; Esc does nothing but close it. */
function ask(title, children, buttons) {
  const before = document.activeElement;
  const box = h('dialog', { 'aria-labelledby': 'ask' }, h('h2', { id: 'ask' }, title), children,
    h('div.row', null, buttons, button(words('close'), () => box.close())));
  box.addEventListener('close', () => {
    box.remove();
    if (before) before.focus();
  });
  document.body.append(box);
  if (box.showModal) box.showModal();
  else box.setAttribute('open', '');
  return box;
}

/* For those who listen: said when the reader pauses.  The same words twice are said twice. */
function say(text) {
  const place = byId('say');
  if (!place) return;
  place.textContent = '';
  setTimeout(() => { place.textContent = text; }, 60);
}
