/*
 * How far a publisher can be believed, in words: the gravest first, on every screen that shows
 * anything of it.  The name of a publisher whom nobody vouched for is never shown as if it were one:
 * it stands in quotes behind "calls itself".
 */
const GRAVITY = ['danger', 'warn', 'note', 'good'];
const LEVELS = {
  damaged: 'danger', revoked: 'danger', conflicted: 'danger', rollback: 'danger', nameTaken: 'danger',
  malformed: 'danger', 'needs-newer': 'warn', 'unknown-publisher': 'warn', 'first-use': 'warn',
  incomplete: 'note', unjoined: 'note', late: 'note', good: 'good',
};

const confirmed = (s) => s.pin === 'verified' || s.pin === 'shipped' || s.pin === 'own';

const faultsOf = (s) => (S.checked.has(s.publisher) ? S.checked.get(s.publisher).faults : []);

/* Of these the state tells, which a comparison changes; a check was before it. */
const PINNING = ['good', 'first-use', 'unknown-publisher'];

/* Keys of words for all that is to be said of it. */
function findings(s) {
  const all = new Set();
  if (s.nameTaken) all.add('nameTaken');
  if (s.verdict) all.add(s.verdict);
  const checked = S.checked.get(s.publisher);
  if (checked) [checked].concat(checked.faults).forEach((f) => PINNING.includes(f.verdict) || all.add(f.verdict));
  if (s.pin === 'unknown') all.add('unknown-publisher');
  if (s.pin === 'first-use') all.add('first-use');
  if (s.late) all.add('late');
  if (s.missing > 0) all.add('incomplete');
  if (all.size > 1 || !confirmed(s)) all.delete('good');
  const level = (key) => GRAVITY.indexOf(LEVELS[key] || 'danger');
  return [...all].sort((a, b) => level(a) - level(b));
}

function findingText(key, s) {
  if (key === 'good' && s.pin === 'shipped') return words('shippedText');
  if (key === 'incomplete' && s.held && s.headSeq) return words('held', { a: s.held, b: s.headSeq });
  return words(`${key}Text`, { x: date(s.headNextBy) });
}

function signLine(level, title, text, more) {
  return h('div.sign', { 'data-level': level }, sign(level), h('p', null, title && h('strong', null, title), title && ' ', text, more));
}

const faultText = (f) => f && (f.message.startsWith(f.object) ? f.message : `${f.object}: ${f.message}`);

/* English words of the library, where it says more than this page has words for. */
const detail = (message) => message && h('span.detail', { lang: 'en', dir: 'ltr' }, message);

/* The strip of a publisher.  Beside an article only the title of what is no danger is said. */
function signsOf(s, brief) {
  const keys = findings(s).filter((key) => !brief || LEVELS[key] !== 'note');
  return keys.map((key, i) => {
    const level = LEVELS[key] || 'danger';
    return signLine(level, words(key), (!brief || level === 'danger') && findingText(key, s), [
      !brief && level === 'danger' && detail(key === s.verdict ? s.reason : faultText(faultsOf(s).find((f) => f.verdict === key))),
      ' ', i === 0 && places[here].screen !== 'publisher' && button(words('why'), () => go({ screen: 'publisher', publisher: s.publisher }), 'link'),
    ]);
  });
}

/* Codes of the library that are said with a verdict's words. */
const CODES = { forged: 'damaged', conflict: 'conflicted', timeout: 'unreachable' };

/* What an answer that refused says, for a place in a screen. */
function refusal(fault) {
  if (fault.code === 'cancelled') return ''; /* the reader did */
  const key = [fault.verdict, CODES[fault.code], fault.code].find((k) => k && k !== 'good' && hasWords(k)) || 'failed';
  return signLine(LEVELS[key] || 'warn', words(key), hasWords(`${key}Text`) && words(`${key}Text`, { x: '' }), detail(fault.message));
}

const publisherOf = (id) => S.publishers.find((s) => s.publisher === id);

/* What to call it in a title. */
function titleOf(s) {
  if (s.petname) return s.petname;
  return confirmed(s) ? s.name : words('unconfirmed');
}
const callsItself = (s) => s.name && titleOf(s) !== s.name && words('calls', { x: s.name });

/* A new state in the place of the old one. */
function noteStates(states) {
  S.publishers = states;
  showSigns();
}
