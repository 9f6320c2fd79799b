/*
 * The worker that checks.  Only it has read the files; this side gets what verified, as plain data.
 * A call that is silent for too long, or a worker that dies, ends all calls with code "stopped": the
 * page says so and shows nothing of theirs.
 */
const SILENCE = 180e3; /* ms without answer or progress; a phone's Argon2id takes a fraction of it */
let worker = null, workerAddress = null, calls = new Map(), lastCall = 0;

function startWorker() {
  if (!workerAddress) {
    const code = new Blob([byId('worker').textContent], { type: 'text/javascript' });
    workerAddress = URL.createObjectURL(code);
  }
  worker = new Worker(workerAddress);
  worker.onmessage = (e) => settle(e.data);
  worker.onerror = worker.onmessageerror = (e) => {
    if (e.preventDefault) e.preventDefault();
    stopWorker('stopped');
  };
  if (S.pins) check('trust', { load: S.pins }).catch(() => {}); /* whom the reader confirmed, first of all */
}

/* Ends it, and all that wait for it.  It starts again, empty, with the next call. */
function stopWorker(code) {
  if (worker) worker.terminate();
  worker = null;
  if (code === 'stopped') closeAll();
  const waiting = calls;
  calls = new Map();
  for (const call of waiting.values()) {
    clearTimeout(call.timer);
    call.reject({ code, message: '' });
  }
}

function watch(call) {
  clearTimeout(call.timer);
  call.timer = setTimeout(() => stopWorker('stopped'), SILENCE);
}

function settle(answer) {
  const call = calls.get(answer.id);
  if (!call) return;
  if (answer.progress) {
    watch(call);
    if (call.progress) call.progress(answer.progress);
    return;
  }
  calls.delete(answer.id);
  clearTimeout(call.timer);
  if (answer.ok) call.resolve(answer);
  else call.reject(answer);
}

/* check('open', {files}, progress): resolves to the answer, rejects with {code, verdict, message}. */
function check(what, values, progress, transfer) {
  if (!worker) startWorker();
  const id = ++lastCall;
  return new Promise((resolve, reject) => {
    const call = { resolve, reject, progress };
    calls.set(id, call);
    watch(call);
    worker.postMessage(Object.assign({ id, do: what }, values), transfer || []);
  });
}
