/*
 * Who signed: the fingerprint to compare, what is here and what is not, a check of everything, and
 * what this page can say of itself.  Comparing is the reader's act; the page only says same or not.
 */
const MISREAD = ['usage', 'malformed', 'not-found'];

/* Digits as any script writes them; what is between them does not matter. */
function plainDigits(text) {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]/g, (c) => String(c.charCodeAt(0) & 15))
    .replace(/[\s\-.,·]/g, '');
}

async function pin(s, values) {
  const answer = await check('pin', Object.assign({ publisher: s.publisher }, values));
  await refresh();
  await keepPins();
  return answer;
}

/* What was typed, scanned or picked; `tell` gets a sign with the outcome. */
async function compareWith(s, text, tell) {
  const link = /^\s*mimeo:/i.test(text);
  const digits = plainDigits(text);
  if (!link && !/^\d{40}$/.test(digits)) return tell(signLine('warn', words('misread'), ''));
  try {
    const { state } = await pin(s, link ? { link: text.replace(/\s+/g, '') } : { digits: digits.replace(/(\d{5})(?=\d)/g, '$1 ') });
    if (!state || state.publisher !== s.publisher) return tell(signLine('danger', words('other'), '')); /* a link to another */
    return tell(signLine('good', words('same'), S.keep ? '' : words('untilClosed')));
  } catch (fault) {
    if (MISREAD.includes(fault.code)) return tell(signLine('warn', words('misread'), '', detail(fault.message)));
    if (fault.code === 'forged' || fault.code === 'unknown-publisher') return tell(signLine('danger', words('other'), ''));
    return tell(refusal(fault));
  }
}

function confirmForm(s, show) {
  const out = h('div', { role: 'status' });
  const tell = (line) => {
    out.textContent = '';
    out.append(line);
    show();
  };
  const input = h('input', { type: 'text', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', maxlength: '4000', dir: 'ltr' });
  const take = (text) => {
    input.value = text;
    return compareWith(s, text, tell);
  };
  const submit = (e) => {
    e.preventDefault();
    take(input.value);
  };
  const pick = h('input', { type: 'file', accept: 'image/*', hidden: true, onchange: (e) => readCode(e.target.files[0], take, tell) });
  return h('form', { onsubmit: submit }, h('p', null, words('confirmText')), field(words('given'), input),
    h('div.row', null, h('button.main', { type: 'submit' }, words('compare')),
      button(words('scan'), () => scanCode(take, tell)), button(words('code'), () => pick.click()), pick), out);
}

function nameForm(s) {
  const input = h('input', { type: 'text', value: s.petname || '', maxlength: '100', autocomplete: 'off' });
  const out = h('p', { role: 'status' });
  const save = async (e) => {
    e.preventDefault();
    try {
      await pin(s, { petname: input.value.trim() });
      out.textContent = '';
    } catch (fault) {
      out.textContent = words(fault.code === 'exists' ? 'taken' : 'failed');
    }
  };
  const drop = async () => {
    try {
      await check('unpin', { publisher: s.publisher });
      await refresh();
      await keepPins();
      show();
    } catch (fault) {
      out.textContent = words('failed');
    }
  };
  return h('form', { onsubmit: save }, field(words('petname'), input),
    h('div.row', null, h('button', { type: 'submit' }, words('save')), button(words('unpin'), drop, 'grave')), out);
}

const localDigits = (text) => text.replace(/\d+/g, (d) => number(Number(d)));

/* What to ask for again, part by part. */
function missingParts(s) {
  const lines = [];
  for (const set of s.parts || []) {
    for (const m of set.missing || []) {
      const what = [m.bundles && words('missing', { x: localDigits(m.bundles) }), m.media > 0 && words('pictures', { n: m.media })];
      lines.push(h('li', null, h('strong', null, words('part', { a: m.part, b: set.of })), '. ', what.filter(Boolean).join('; ')));
    }
  }
  return lines.length > 0 && [h('p', null, words('askFor')), h('ul.list', null, lines)];
}

function holdings(s) {
  const range = s.firstMissing && (s.firstMissing === s.lastMissing ? `${s.firstMissing}` : `${s.firstMissing}–${s.lastMissing}`);
  return [
    h('p', null, words('held', { a: s.held || 0, b: s.headSeq || 0 })),
    s.headSeq ? h('p', null, words('newest', { n: s.headSeq, x: moment(s.headTime) })) : null,
    range && h('p', null, words('missing', { x: localDigits(range) })),
    missingParts(s),
  ];
}

function checkResult(r) {
  const counted = listed([words('bundles', { n: r.bundles }), words('pictures', { n: r.media }), words('articles', { n: r.articles })]);
  const lines = r.faults.map((f) => h('li', null, h('strong', null, words(f.verdict)), ' ',
    f.seq ? `${words('bundle', { n: f.seq })}. ` : '', hasWords(`${f.verdict}Text`) && words(`${f.verdict}Text`, { x: '' }),
    ' ', detail(faultText(f))));
  return [lines.length > 0 ? signLine(LEVELS[r.verdict] || 'danger', words('faults', { n: lines.length }), '') : signLine('good', words('noFault'), ''),
    h('p', null, words('checked', { x: counted })), h('ol.list', null, lines)];
}

async function checkWhole(s, deep) {
  const result = await check('verify', { publisher: s.publisher, deep }, showProgress);
  S.checked.set(s.publisher, result);
  showSigns();
  const gravest = findings(s)[0];
  if (LEVELS[gravest] === 'danger') say(words(gravest));
  return result;
}

function checkAll(s) {
  const out = h('div', { role: 'status' });
  const run = async (e) => {
    e.target.disabled = true;
    try {
      const result = await withProgress(checkWhole(s, true));
      out.textContent = '';
      put(out, checkResult(result));
    } catch (fault) {
      out.textContent = '';
      out.append(refusal(fault));
    }
    e.target.disabled = false;
  };
  return [h('div.row', null, button(words('checkAll'), run)), out];
}

/* The page's own hash: reckoned where the page can read itself; else how to reckon it. */
function aboutThisPage() {
  const hash = h('p.hash', null, S.pageHash || '…');
  if (!S.site) return [h('p', null, words('pageFile'))];
  ownHash().then((x) => { hash.textContent = x; }, () => { hash.textContent = '—'; });
  return [h('p', null, words('pageSite')), h('p.detail', null, words('pageHash')), hash,
    h('div.row', null, h('a.button', { href: location.pathname, download: 'reader.html' }, words('savePage')))];
}

async function ownHash() {
  if (!S.pageHash) {
    const bytes = await (await fetch(location.pathname, { credentials: 'omit' })).arrayBuffer();
    S.pageHash = (await check('hash', { bytes }, null, [bytes])).hash;
  }
  return S.pageHash;
}

async function publisherScreen(to) {
  const s = publisherOf(to.publisher);
  const code = s.link && await check('qr', { text: s.link }).catch(() => null);
  const again = () => {
    const now = publisherOf(to.publisher);
    if (!byId('names') || !now) return;
    byId('names').replaceWith(h('div', { id: 'names' }, namePart(now)));
    byId('who').textContent = titleOf(now);
    byId('calls').textContent = callsItself(now) || '';
  };
  const namePart = (state) => state.pin !== 'unknown' && state.pin !== 'shipped' && nameForm(state);
  return h('div.plain', null, h('h1', { tabindex: '-1' }, h('bdi', { id: 'who' }, titleOf(s))),
    h('p', { id: 'calls' }, callsItself(s)), s.site && h('p', null, outLink(s.site, h('bdi', { dir: 'ltr' }, s.site))),
    h('p', null, words('truth')),
    h('h2', null, words('fingerprint')), h('p', null, words('fingerprintText')),
    h('p.digits', { dir: 'ltr' }, s.digits.split(' ').map((group) => [h('span', null, group), ' '])),
    code && qrPicture(code, words('fingerprint')),
    h('h2', { id: 'confirm' }, words('confirm')), confirmForm(s, again), h('div', { id: 'names' }, namePart(s)),
    h('h2', null, words('thisPage')), aboutThisPage(),
    h('h2', null, words('here')), holdings(s), checkAll(s));
}

/* Where several publishers are open. */
function shelfScreen() {
  return h('div.plain', null, h('h1', { tabindex: '-1' }, words('publishers')),
    h('ul.list', null, S.publishers.map((s) => h('li', null,
      h('h2', null, button(titleOf(s), () => go({ screen: 'front', publisher: s.publisher }), 'bare')),
      callsItself(s) && h('p', null, callsItself(s)),
      s.headTime && h('p.detail', null, words('newest', { n: s.headSeq, x: date(s.headTime) })), signsOf(s)))));
}
