"""tests/vectors in the browser's own WebAssembly: the verdict and the number of articles are what the
program gives, each in a worker of its own, by the page's own worker.
"""
import json
import os

# A reader that has pinned the publisher, and seen what came before; the clock stands still, since some
# verdicts are about being late.
LOOK = """async (input, vectors, now) => {
    const files = new Map([...document.querySelector(input).files].map(file => [file.name, file]));
    // The module is unpacked and compiled once, and handed to each worker: that is most of its start.
    const text = `Date.now = () => ${now};` + document.getElementById('worker').textContent + `
        { const answerTo = onmessage;
          onmessage = (e) => {
            if (e.data.module) compiled = e.data.module;
            else if (e.data.id === 0) { start(); postMessage({ id: 0, ok: true, module: compiled }); }
            else answerTo(e);
          }; }`;
    const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
    const module = await new Promise(done => {
        const worker = new Worker(address);
        worker.onmessage = ({ data }) => { worker.terminate(); done(data.module); };
        worker.postMessage({ id: 0 });
    });
    const reader = () => {
        const worker = new Worker(address), waiting = new Map();
        worker.postMessage({ module });
        let last = 0;
        worker.onmessage = ({ data }) => { if (data.ok !== undefined) waiting.get(data.id)(data); };
        worker.onerror = event => { for (const done of waiting.values()) done({ ok: false, message: event.message }); };
        const ask = question => new Promise(done => { waiting.set(++last, done); worker.postMessage({ id: last, ...question }); });
        return { ask, end: () => worker.terminate() };
    };
    const look = async (name, publisher, trust) => {
        const { ask, end } = reader(), file = `${name}.mimeo`;
        await ask(trust ? { do: 'trust', load: trust } : { do: 'pin', link: publisher, petname: 'pinned' });
        const opened = await ask({ do: 'open', files: [files.get(file)], names: [file] });
        let found = { verdict: opened.ok ? opened.files[0].verdict : opened.message, records: -1 };
        if (opened.ok && opened.publishers.length > 0) {
            const { publisher } = opened.publishers[0];
            const { verdict, message } = await ask({ do: 'verify', publisher, deep: true });
            const list = await ask({ do: 'list', publisher });
            found = { verdict: verdict || message, records: list.ok ? list.articles.length : -1 };
        }
        trust = (await ask({ do: 'trust', save: true })).bytes;
        end();
        return { found, trust };
    };
    const one = async ({ name, publisher, before }) => {
        const trust = before && (await look(before, publisher)).trust;
        return (await look(name, publisher, trust)).found;
    };
    const all = vectors.slice(), results = {};
    const work = async () => { for (let v; (v = all.shift());) results[v.name] = await one(v).catch(e => ({ verdict: String(e) })); };
    await Promise.all([work(), work(), work()]);
    URL.revokeObjectURL(address);
    return results;
}"""
NOW = 1795478400000  # 2026-11-24


def test_the_vectors_have_the_programs_verdicts(checks, vectors):
    browser = checks.browser
    checks.reader.open()
    with open(os.path.join(vectors, "expected.jsonl"), encoding="utf-8") as lines:
        expected = [json.loads(line) for line in lines]
    browser.run("""() => document.body.append(Object.assign(document.createElement('input'),
        { type: 'file', multiple: true, id: 'vectors' }))""")
    names = sorted(name for name in os.listdir(vectors) if name.endswith(".mimeo"))
    browser.files("#vectors", *(os.path.join(vectors, name) for name in names))
    asked = [{key: v[key] for key in ("name", "publisher", "before") if key in v} for v in expected]
    got = browser.run(LOOK, "#vectors", asked, NOW, seconds=120)
    for vector in expected:
        found = got.get(vector["name"], {})
        checks.same(f"{vector['name']}: the verdict", found.get("verdict"), vector["verdict"])
        if "records" in vector:
            checks.same(f"{vector['name']}: articles", found.get("records"), vector["records"])
