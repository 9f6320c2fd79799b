/*
 * A worker that answers the page's protocol with sample data, to look at the page without the core:
 *
 *     node tools/assemble-page.js tests/page/mock-worker.js >/tmp/reader.html
 *
 * What a file is said to be follows from its name ("damaged.mimeo", "locked", "photo.jpg"), so that
 * every sentence of the page can be seen.
 */
'use strict';
const DAYS = 86400, NOW = Math.floor(Date.now() / 1000);
const hex = (n) => n.toString(16).padStart(64, '0');
const lorem = {
  en: 'The council met for the third time this week and again found no majority. Residents of the lower town have been without water since Tuesday; lorries bring it twice a day, and the queues begin before dawn. “We were told it would be two days,” said a teacher who asked not to be named.',
  ru: 'Совет собрался в третий раз за неделю и снова не нашёл большинства. Жители нижнего города остаются без воды со вторника; её привозят дважды в день, и очереди начинаются до рассвета. «Нам говорили про два дня», — сказала учительница, попросившая не называть её имени.',
  fa: 'شورا برای سومین بار در این هفته تشکیل جلسه داد و باز هم به اکثریت نرسید. ساکنان پایین‌شهر از روز سه‌شنبه آب ندارند؛ تانکرها روزی دو بار آب می‌آورند و صف‌ها پیش از سپیده‌دم شکل می‌گیرد. معلمی که نخواست نامش فاش شود گفت: «به ما گفته بودند دو روز طول می‌کشد.»',
  zh: '议会本周第三次开会，仍未形成多数。下城居民自星期二起断水；水车每天来两次，天不亮就有人排队。“他们说只停两天。”一位不愿透露姓名的教师说。',
};
const stories = [
  ['Water returns to the lower town, for some', 'en', 'City', 'After nine days the first streets have pressure again. The works cannot say when the others will follow, and the price of a canister has doubled.', ['Anna Bell', 'R. Castellano']],
  ['The judge who kept a diary', 'en', 'Courts', 'For eleven years he wrote down who had telephoned before each verdict. His daughter has now given the notebooks to a university abroad.', ['Miriam Okafor']],
  ['Суд отложил слушания по делу о поджоге архива', 'ru', 'Суд', 'Защита получила неделю на изучение новых материалов. Обвиняемые вину не признают.', ['Ирина Левченко']],
  ['Bread is rationed in three more districts', 'en', 'Economy', 'Cards are given out by house committees. Those who are not registered where they live get none.', ['Staff']],
  ['خاموشی‌های برنامه‌ریزی‌شده به شش ساعت در روز رسید', 'fa', 'جامعه', 'وزارت نیرو می‌گوید مصرف بی‌سابقه است؛ کارشناسان از فرسودگی شبکه می‌گویند.', ['سارا محمدی']],
  ['What the new telephone law says, line by line', 'en', 'Explained', 'Who must register, what is stored and for how long, and what the law leaves open.', ['Jonas Brandt', 'Anna Bell']],
  ['北部三省恢复铁路货运', 'zh', '经济', '停运十二天后，首批列车于凌晨发车。客运何时恢复尚未公布。', ['林晓']],
  ['“We counted them ourselves”: an evening at a polling station', 'en', 'Politics', 'Observers were sent away at nine. They stood in the street and counted the people who came out.', ['Miriam Okafor']],
  ['Teachers strike enters second week', 'en', 'City', '', ['Staff']],
  ['Withdrawn: figures of the harvest', 'en', 'Economy', '', []],
  ['A short history of the ferry', 'en', 'Culture', 'It has sunk twice, burned once, and been sold to the same family three times.', ['R. Castellano']],
  ['Correspondence: the editors answer', 'en', 'Letters', 'On paper, on names, and on why we do not print the list.', []],
];
const many = [];
for (let i = 0; i < 80; i++) many.push(make(i));

function make(i) {
  const [title, lang, section, summary, bylines] = stories[i % stories.length];
  const t = NOW - Math.floor(i * 0.22 * DAYS) - 3000;
  const media = i % 12 === 0 || i % 12 === 3 ? [{ hash: hex(i + 1), type: 'image/png', bytes: 48200, width: 1200, height: 675, alt: 'A street with a water lorry', caption: 'The first lorry of the morning.', credit: 'Photograph: the newsroom' }] : [];
  return { id: `a-${i}`, action: i % 12 === 9 ? 'retract' : i % 12 === 3 ? 'revise' : 'publish', revision: 1, title, subtitle: summary && i % 2 === 0 ? summary : '',
    section, summary, lang, dir: '', url: 'https://courier.example/a/' + i, note: i % 12 === 3 ? 'An earlier version gave the wrong number of districts.' : i % 12 === 9 ? 'The figures were not ours.' : '',
    bylines, tags: [], published: t, modified: i % 12 === 3 ? t + 4000 : null, words: 640, media, hasBody: true, seq: 43 - Math.floor(i / 4), bundleTime: t + 600, joined: i % 12 !== 7 };
}

const base = { publisher: hex(77), digits: '04811 77230 91846 55012 30987 61244 08835 71190', link: 'mimeo:example-link-of-the-publisher', name: 'The Example Courier', site: 'https://courier.example/',
  pin: 'unknown', petname: '', nameTaken: false, charterVersion: 2, headSeq: 43, headHash: hex(9), headTime: NOW - 5000, headNextBy: NOW + 9 * DAYS, knownSeq: 0, held: 41, missing: 2, firstMissing: 17, lastMissing: 18,
  late: false, verdict: 'unknown-publisher', reason: '', remark: '', parts: [{ set: 'ab', of: 7, have: [1, 2, 4, 5, 6, 7], missing: [{ part: 3, bundles: '17-18', media: 12 }] }] };
const states = new Map();
let spoiled = '';

function stateFor(name) {
  const s = Object.assign({}, base);
  const word = /(good|damaged|revoked|conflicted|late|first-use|rollback|taken|shipped)/.exec(name);
  const kind = word ? word[1] : '';
  if (['damaged', 'revoked', 'conflicted', 'rollback'].includes(kind)) Object.assign(s, { verdict: kind, reason: `bundle 41: what the library says of ${kind}` });
  if (kind === 'good' || kind === 'shipped') Object.assign(s, { pin: kind === 'good' ? 'verified' : 'shipped', verdict: 'good', missing: 0, firstMissing: 0, lastMissing: 0, held: 43, parts: [], petname: kind === 'good' ? 'The Example Courier' : '' });
  if (kind === 'first-use') Object.assign(s, { pin: 'first-use', verdict: 'first-use', petname: 'Courier' });
  if (kind === 'late') Object.assign(s, { late: true, headNextBy: NOW - 3 * DAYS });
  if (kind === 'taken') s.nameTaken = true;
  if (/second/.test(name)) Object.assign(s, { publisher: hex(78), name: 'Second Paper' });
  return s;
}

function report(name, passphrase) {
  const r = { name, kind: 'pack', needsPassphrase: false, code: '', message: '' };
  if (/\.jpe?g$|\.png$/.test(name)) r.kind = 'picture';
  else if (/\.zip$/.test(name)) r.kind = 'zip';
  else if (/\.txt$/.test(name)) r.kind = 'text';
  else if (/\.html$/.test(name)) r.kind = 'html';
  else if (/\.bin$/.test(name)) r.kind = 'unknown';
  else if (/locked/.test(name)) Object.assign(r, { kind: 'sealed', needsPassphrase: passphrase !== 'open', code: passphrase === 'open' ? '' : 'passphrase' });
  if (/malformed/.test(name)) Object.assign(r, { code: 'malformed', message: 'a.mimeo: line 3 of the header is not known' });
  return r;
}

const paragraph = (lang) => `<p>${lorem[lang]}</p>`;
function bodyOf(a) {
  const p = paragraph(a.lang);
  const figure = a.media.length && a.action === 'revise' ? `<figure><img src="${a.media[0].hash}" alt="${a.media[0].alt}" width="1200" height="675"><figcaption>${a.media[0].caption}</figcaption></figure>` : '';
  return `${p}${figure}<p>${lorem[a.lang]} <a href="https://elsewhere.example/report?id=7">A link</a>, <em>emphasis</em> and <strong>more</strong>.</p><h2>${a.title}</h2>${p}<blockquote><p>${lorem[a.lang]}</p></blockquote>` +
    `<ul><li>${a.title}</li><li>${a.section}</li></ul><table><caption>Canisters, by district</caption><thead><tr><th scope="col">District</th><th scope="col">March</th><th scope="col">April</th></tr></thead><tbody><tr><td>Lower town</td><td>1,204</td><td>3,911</td></tr><tr><td>Harbour</td><td>880</td><td>2,040</td></tr></tbody></table>${p}${p}`;
}

async function drawn(n) {
  const canvas = new OffscreenCanvas(1200, 675), c = canvas.getContext('2d');
  const g = c.createLinearGradient(0, 0, 0, 675);
  g.addColorStop(0, '#b9c4cc');
  g.addColorStop(0.6, '#8d8f8a');
  g.addColorStop(1, '#4d4a45');
  c.fillStyle = g;
  c.fillRect(0, 0, 1200, 675);
  c.fillStyle = '#35332f';
  for (let i = 0; i < 14; i++) c.fillRect(i * 90 - 10, 250 + ((i * 97 + n * 31) % 170), 80, 500);
  return (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer();
}

function qr() {
  const size = 41, modules = new Uint8Array(size * size);
  for (let i = 0; i < modules.length; i++) modules[i] = (i * 2654435761 >>> 13) & 1;
  for (const [x, y] of [[0, 0], [size - 7, 0], [0, size - 7]]) {
    for (let j = -1; j < 8; j++) for (let i = -1; i < 8; i++) {
      if (x + i < 0 || y + j < 0 || x + i >= size || y + j >= size) continue;
      const ring = Math.max(Math.abs(i - 3), Math.abs(j - 3));
      modules[(y + j) * size + x + i] = ring === 2 || ring === 4 ? 0 : 1;
    }
  }
  return { size, modules };
}

const fault = (code, message, verdict) => Object.assign(new Error(message), { code, verdict });
const find = (m) => many.find((a) => a.id === m.articleId);
const listed = (m) => many.filter((a) => (!m.section || a.section === m.section) && (!m.lang || a.lang === m.lang));
const count = (key) => [...new Set(many.map((a) => a[key]))].map((v) => ({ [key]: v, count: many.filter((a) => a[key] === v).length }));
const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

const acts = {
  async open(m, progress) {
    spoiled = m.names.join();
    const slow = m.names.some((n) => /slow/.test(n));
    for (let i = 0; i <= 20 && slow; i++) {
      progress(i * 2.5e6, 50e6);
      await pause(150);
    }
    const files = m.names.map((n) => report(n, m.passphrase));
    m.names.forEach((n, i) => {
      if (['pack', 'sealed'].includes(files[i].kind) && !files[i].code) states.set(stateFor(n).publisher, stateFor(n));
    });
    return { files, publishers: [...states.values()] };
  },
  publishers: () => ({ publishers: [...states.values()] }),
  async mirror() {
    if (!/localhost/.test(self.location.href)) throw fault('not-found', 'no mirror here');
    const s = stateFor('plain');
    states.set(s.publisher, s);
    for (const name of ['head', 'bundles/00/00/43.mimeo']) await fetch(new URL(name, self.location.origin), { headers: { range: 'bytes=0-3' } });
    return { publishers: [s] };
  },
  async verify(m, progress) {
    for (let i = 0; i < 10; i++) {
      progress(i * 1e6, 1e7);
      await pause(100);
    }
    const bad = /spoiled|damaged/.test(spoiled + states.get(m.publisher).verdict);
    return { verdict: bad ? 'damaged' : 'unknown-publisher', charters: 2, bundles: 41, blocks: 120, media: 33, articles: 812, erasedBlocks: 0, unjoined: 0, missing: 2, bytes: 1e7,
      faults: bad ? [{ object: 'bundles/00/00/41.mimeo', seq: 41, verdict: 'damaged', message: 'the hash of block 3 is wrong: fetch bundle 41 again' }] : [], remarks: [] };
  },
  list: (m) => {
    const all = listed(m);
    return { articles: all.slice(m.offset, m.offset + m.limit), more: m.offset + m.limit < all.length };
  },
  sections: () => ({ sections: count('section'), langs: count('lang') }),
  read: (m) => {
    const article = find(m);
    if (!article) throw fault('not-found', 'no such article');
    return { article, html: article.action === 'retract' ? '' : bodyOf(article), erased: false };
  },
  history: (m) => ({ records: [find(m), Object.assign({}, find(m), { action: 'publish', note: '', bundleTime: find(m).bundleTime - DAYS })] }),
  async picture(m) {
    if (m.articleId === 'a-3') throw fault('not-held', 'not held');
    return { type: 'image/png', bytes: await drawn(Number(m.articleId.slice(2))) };
  },
  search: (m) => ({ hits: many.filter((a) => a.title.toLowerCase().includes(m.words.toLowerCase())).slice(0, m.limit).map((article) => ({ article, snippet: article.summary })), searched: many.length }),
  pin: (m) => {
    const s = states.get(m.publisher);
    if (m.digits && m.digits !== s.digits) throw fault('forged', 'the digits are others');
    if (m.link && m.link !== s.link) throw fault('malformed', 'the checksum of the link is wrong');
    if (m.digits || m.link) Object.assign(s, { pin: 'verified', petname: s.petname || s.name, verdict: s.verdict === 'unknown-publisher' || s.verdict === 'first-use' ? 'good' : s.verdict });
    if (m.petname) s.petname = m.petname;
    return { state: s };
  },
  unpin: (m) => {
    Object.assign(states.get(m.publisher), { pin: 'unknown', petname: '', verdict: 'unknown-publisher' });
    return {};
  },
  qr,
  scan: () => ({ text: '' }),
  trust: (m) => (m.save ? { bytes: new ArrayBuffer(8) } : {}),
  about: () => ({ version: '0.4.0' }),
  hash: () => ({ hash: hex(123456789) }),
};

self.onmessage = async ({ data }) => {
  try {
    const answer = await acts[data.do](data, (done, total) => self.postMessage({ id: data.id, progress: { done, total } }));
    self.postMessage(Object.assign({ id: data.id, ok: true }, answer));
  } catch (e) {
    self.postMessage({ id: data.id, ok: false, code: e.code || 'failed', verdict: e.verdict || '', message: e.message });
  }
};
