"""reader.html as a person has it before them: what can be done, and what can be seen."""
from browser import Fault


class Reader:
    def __init__(self, browser, address):
        self.browser = browser
        self.address = address

    def open(self, seconds=20):
        """The page anew: another tab of its memory, nothing opened."""
        self.browser.open(self.address)
        self.ready(seconds)

    def ready(self, seconds=20):
        """Until nothing is under way and a screen stands."""
        self.browser.wait("""() => { const main = document.getElementById('main'), busy = document.getElementById('busy');
            return main && main.firstChild && (!busy || busy.hidden); }""", seconds=seconds, what="a screen")

    def give(self, *paths, seconds=60):
        """Picks files, where need be on the screen of files; until they are reported on or shown."""
        if not self.browser.run("() => Boolean(document.getElementById('pick'))"):
            self.press("Files", "#bar")
        self._mark()
        self.browser.files("#pick", *paths)
        self._changed(seconds)

    def _mark(self):
        self.browser.run("() => { document.getElementById('main').firstChild.dataset.before = 'yes'; }")

    def _changed(self, seconds=15):
        self.browser.wait("""() => { const main = document.getElementById('main'), busy = document.getElementById('busy');
            return main.firstChild && main.firstChild.dataset.before !== 'yes' && busy.hidden; }""",
                          seconds=seconds, what="another screen")

    def press(self, label, within="#page", seconds=15, changes=True):
        """The button, link or headline with this text; until the screen changes."""
        if changes:
            self._mark()
        for tries in range(5):
            found = self.browser.run("""(label, within) => {
                const all = [...document.querySelectorAll(within + ' button, ' + within + ' a, ' + within + ' summary')];
                const shown = all.filter(one => one.getClientRects().length > 0);
                const one = shown.find(b => b.textContent.trim() === label) || shown.find(b => b.getAttribute('aria-label') === label);
                for (const old of document.querySelectorAll('[data-pressed]')) delete old.dataset.pressed;
                if (one) one.dataset.pressed = 'yes';
                return Boolean(one); }""", label, within)
            if not found:
                raise LookupError(f"no button says {label!r}: {self.text('#page')[:500]!r}")
            try:
                self.browser.click("[data-pressed]")
                break
            except Fault:  # the page drew it anew at that moment, as it does when a check has ended
                if tries == 4:
                    raise
        if changes:
            self._changed(seconds)

    def text(self, selector="#main"):
        return self.browser.run("(s) => { const one = document.querySelector(s); return one ? one.innerText : ''; }", selector)

    def texts(self, selector):
        return self.browser.run("(s) => [...document.querySelectorAll(s)].map(one => one.innerText.trim())", selector)

    def headlines(self):
        return self.texts(".story h2")

    def signs(self, within="#page"):
        """(level, words) of each sentence about trust or trouble."""
        return [tuple(one) for one in self.browser.run(
            "(w) => [...document.querySelectorAll(w + ' .sign')].map(s => [s.dataset.level, s.innerText.trim()])", within)]

    def publisher(self):
        """The screen of the publisher, by the first sentence about it."""
        self.press("What this means")

    def overflow(self):
        """Elements that stand out over the edge of the page: it must not scroll sideways."""
        return self.browser.run("""() => {
            const wide = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= wide) return [];
            return [...document.querySelectorAll('#page *')].filter(e => e.getBoundingClientRect().right > wide + 1 ||
                e.getBoundingClientRect().left < -1).slice(0, 5).map(e => e.outerHTML.slice(0, 120)); }""")

    def dress(self, theme):
        """Light or dark, as the device would ask for: the page's own rules for that, turned on or off."""
        self.browser.run("""(dark) => { for (const sheet of document.styleSheets) for (const rule of sheet.cssRules)
            if (rule.media && (rule.dressing || /color-scheme: dark/.test(rule.media.mediaText))) {
                rule.dressing = true;
                rule.media.mediaText = dark ? 'all' : 'not all';
            } }""", theme == "dark")

    def paper_is_dark(self):
        return self.browser.run("() => Math.max(...getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3)) < 80")

    def small_targets(self):
        """What a thumb cannot hit: under 24 px (WCAG 2.2), but for links within a text and boxes with a label."""
        return self.browser.run("""() => [...document.querySelectorAll('#page button, #page select, #page summary, #page input:not([type=checkbox])')]
            .map(e => [e.textContent.trim().slice(0, 40), e.getBoundingClientRect()])
            .filter(([, r]) => r.width > 0 && (r.width < 24 || r.height < 24)).map(([t, r]) => `${t}: ${r.width} x ${r.height}`)""")

    def touching(self):
        """Parts of a line below a headline with nothing between them, in either direction."""
        return self.browser.run("""() => [...document.querySelectorAll('.meta span + span')].map(span => {
            const edge = (e) => { const r = document.createRange(); r.selectNodeContents(e); return r.getBoundingClientRect(); };
            const a = edge(span.previousElementSibling), b = edge(span.querySelector('time, bdi') || span);
            return [span.parentNode.innerText, Math.max(b.left - a.right, a.left - b.right), Math.abs(a.top - b.top) > 8]; })
            .filter(([, gap, wrapped]) => !wrapped && gap < 5).map(([text, gap]) => `${text}: ${gap}`)""")

    def stored(self):
        """What the page has left in the browser."""
        return self.browser.run("""async () => {
            const all = [];
            try { all.push(...Object.keys(localStorage).map(k => 'localStorage ' + k)); } catch (e) { }
            try { all.push(...Object.keys(sessionStorage).map(k => 'sessionStorage ' + k)); } catch (e) { }
            if (document.cookie) all.push('cookie ' + document.cookie);
            if (indexedDB.databases) all.push(...(await indexedDB.databases()).map(d => 'indexedDB ' + d.name));
            if (window.caches) try { all.push(...(await caches.keys()).map(c => 'cache ' + c)); } catch (e) { }
            return all; }""")
