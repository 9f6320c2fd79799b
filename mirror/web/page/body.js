/*
 * Bodies and pictures.  The worker refuses a body that is not in the cleaner's own form; this is the
 * second lock: the body is parsed into a document that runs and loads nothing, and copied node by
 * node, elements and attributes by list.  A link has no address in the document (browsers look names
 * up ahead of a click): it is a word that asks before it goes out.
 */
const ELEMENTS = new Set(('a abbr b bdi bdo blockquote br caption cite code col colgroup dd del dl dt em figcaption ' +
  'figure h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub sup table tbody ' +
  'td tfoot th thead time tr u ul wbr').split(' '));
const ATTRIBUTES = {
  td: ['colspan', 'rowspan'], th: ['colspan', 'rowspan', 'scope'], ol: ['start', 'reversed'], time: ['datetime'],
};
const PICTURES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif'];
const ADDRESS = /^(https?:\/\/|mailto:|mimeo:)/i;
let pictureAddresses = [];

/* Called when a screen goes: its pictures' memory goes with it. */
function releasePictures() {
  pictureAddresses.forEach((a) => URL.revokeObjectURL(a));
  pictureAddresses = [];
}

function copyAttributes(to, from) {
  for (const name of ['lang', 'dir'].concat(ATTRIBUTES[to.localName] || [])) {
    if (from.hasAttribute(name)) to.setAttribute(name, from.getAttribute(name));
  }
}

function goOut(address) {
  const say = button(words('copy'), () => {
    navigator.clipboard.writeText(address).then(() => { say.textContent = words('copied'); }, () => {});
  });
  const web = /^https?:/i.test(address) && h('a.button', { href: address, target: '_blank', rel: 'noopener noreferrer' }, words('go'));
  ask(words('leave'), [h('p', null, words('leaveText')), h('p.hash', { tabindex: '0' }, address)],
    [web, navigator.clipboard && say]);
}

function outLink(address, ...children) {
  if (!ADDRESS.test(address)) return h('span', null, children);
  const act = (e) => {
    if (e.type === 'keydown' && e.key !== 'Enter') return;
    e.preventDefault();
    goOut(address);
  };
  return h('a.link', { role: 'link', tabindex: '0', 'data-to': address, onclick: act, onkeydown: act }, children);
}

function copyElement(from, article) {
  if (from.localName === 'img') return bodyPicture(from.getAttribute('src'), article);
  if (from.localName === 'a') return outLink(from.getAttribute('href') || '');
  const to = h(from.localName);
  copyAttributes(to, from);
  return to;
}

/* `from` is out of a document without scripts, styles or loads. */
function copyInto(to, from, article) {
  for (const child of from.childNodes) {
    if (child.nodeType === 3) to.append(child.data);
    if (child.nodeType !== 1) continue;
    if (!ELEMENTS.has(child.localName)) { copyInto(to, child, article); continue; }
    const made = copyElement(child, article);
    copyInto(made, child, article);
    to.append(made.localName === 'table' ? h('div.scroll', { tabindex: '0', role: 'group' }, made) : made);
  }
}

function body(html, article) {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  const node = h('div.body', tongue(article));
  copyInto(node, parsed.body, article);
  return node;
}

/* Picture n of the article: a frame of its size at once, then the verified bytes or words. */
function picture(article, n, small) {
  const media = article.media[n];
  const frame = h('img', { alt: media.alt || '', width: media.width || null, height: media.height || null, decoding: 'async' });
  const say = (key) => frame.replaceWith(h('span.absent', null, media.alt && `${media.alt}: `, words(key)));
  check('picture', { publisher: article.publisher, articleId: article.id, n }).then((answer) => {
    if (!PICTURES.includes(answer.type)) return say('badPicture');
    const address = URL.createObjectURL(new Blob([answer.bytes], { type: answer.type }));
    pictureAddresses.push(address);
    frame.onerror = () => say('badPicture');
    frame.src = address;
    return null;
  }).catch((fault) => {
    if (small) frame.remove();
    else say(fault.code === 'not-held' || fault.code === 'not-found' ? 'noPicture' : 'badPicture');
  });
  return frame;
}

/* In the mirror's case each picture is fetched, so the reader is asked first, in each article. */
function bodyPicture(hash, article) {
  const n = article.media.findIndex((m) => m.hash === hash);
  if (n < 0) return h('span.absent', null, words('noPicture'));
  if (!S.fetching || places[here].pictures) return picture(article, n);
  const bytes = article.media.reduce((sum, m) => sum + m.bytes, 0);
  return h('span.absent', null, button(`${words('showPictures')} (${size(bytes)})`, () => {
    places[here].pictures = true;
    remember();
    show(true);
  }));
}

/* A picture of the article that its body does not have. */
function leadFigure(article, html) {
  const n = article.media.findIndex((m) => !html.includes(m.hash));
  if (n !== 0) return null; /* the body places its own */
  const media = article.media[0];
  const below = [media.caption, media.credit && h('span.credit', null, media.credit)].filter(Boolean);
  return h('figure', tongue(article), bodyPicture(media.hash, article), below.length > 0 && h('figcaption', null, below));
}
