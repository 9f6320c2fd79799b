"""Drives a real browser, Chromium or Firefox, through WebDriver BiDi, and notices what it does:
each request, each error in its console, each refusal by the page's own policy, each script that
runs where none should.

    with Browser.start("chromium", directory) as browser:
        browser.open("file:///…/reader.html")
        browser.files("input[type=file]", "a.mimeo")
        browser.wait("() => document.querySelector('article')")
        assert browser.requests() == [] and browser.console == []

One thread: events are taken in while an answer is awaited.  Nothing waits without a deadline.
"""
import base64
import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
from urllib.parse import urlsplit

from sink import Sink
from socket_text import TextSocket

CHROMIUM = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-default-apps", "--disable-extensions", "--disable-dev-shm-usage",
            "--disable-features=AutofillServerCommunication,NetworkTimeServiceQuerying,OptimizationHints,Translate", "--lang=en-US",
            "--no-default-browser-check", "--password-store=basic", "--use-mock-keychain"]

# Firefox asks its maker about updates, blocklists, experiments and captive portals unless told not to;
# with a remote agent it leaves out most of that by itself.
FIREFOX = {
    "app.normandy.enabled": False,
    "app.update.auto": False,
    "browser.newtabpage.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "browser.search.update": False,
    "browser.startup.page": 0,
    "captivedetect.canonicalURL": "",
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.security.https_first": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "intl.accept_languages": "en-US",
    "media.gmp-manager.updateEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.proxy.allow_hijacking_localhost": True,
    "network.trr.mode": 5,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.server": "",
}

# Runs before the page's own scripts.
WATCH = """(tell) => {
    addEventListener('securitypolicyviolation', event =>
        tell('policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));
    addEventListener('error', event => {
        if (event.target !== window && event.target.outerHTML)
            tell('load: ' + event.target.outerHTML.slice(0, 200));
    }, true);
}"""

# What a hostile article would call, if it could.
CANARY = """(tell) => {
    Object.defineProperty(window, 'mimeoRan', { value: what => tell('ran: ' + what), writable: false });
}"""


# Ends all processes of a session when its input ends: Chromium has some in groups of their own.
KEEPER = 'read -r nothing; pkill -KILL -s "$0"; kill -KILL -- "-$0"'


# Firefox says so of a good picture whose page is left while it is being decoded.  Of a bad one the page itself speaks.
LEFT_PICTURE = "Image corrupt or truncated."


class Fault(Exception):
    """The browser did not do what it was told; the message says what it answered."""


def plain(value):
    """A value of BiDi's as one of Python's."""
    kind, held = value.get("type"), value.get("value")
    if kind in ("undefined", "null"):
        return None
    if kind in ("array", "set", "nodelist", "htmlcollection"):
        return [plain(item) for item in held or []]
    if kind in ("object", "map"):
        return {key if isinstance(key, str) else plain(key): plain(item) for key, item in held or []}
    if kind == "number" and isinstance(held, str):
        return float(held.replace("Infinity", "inf"))
    if kind in ("string", "number", "boolean"):
        return held
    return value


def typed(value):
    if value is None:
        return {"type": "null"}
    if isinstance(value, bool):
        return {"type": "boolean", "value": value}
    if isinstance(value, (int, float)):
        return {"type": "number", "value": value}
    if isinstance(value, (list, tuple)):
        return {"type": "array", "value": [typed(item) for item in value]}
    if isinstance(value, dict):
        return {"type": "object", "value": [[key, typed(item)] for key, item in value.items()]}
    return {"type": "string", "value": str(value)}


class Browser:
    def __init__(self, directory, own_servers):
        self.directory = directory
        self.own_servers = list(own_servers)
        self.process = None
        self.keeper = None
        self.channel = None
        self.sink = Sink()
        self.answered = {}
        self.count = 0
        self.logged = []    # (context, url) of each request that the browser tells of
        self.console = []   # errors and warnings, refusals by policy, loads that failed
        self.ran = []       # what called mimeoRan()
        self.prompts = []   # alert(), confirm(), prompt()
        self.allowed = set()

    @staticmethod
    def start(name, directory, own_servers=()):
        """A browser with a new profile below directory.  own_servers are "127.0.0.1:PORT" that may
        be asked; all others end at the sink."""
        os.makedirs(directory, exist_ok=True)
        browser = {"chromium": Chromium, "firefox": Firefox}[name](directory, own_servers)
        try:
            browser.launch()
            browser.prepare()
        except BaseException:
            browser.close()
            raise
        return browser

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def prepare(self):
        self.command("session.subscribe", events=[
            "network.beforeRequestSent", "log.entryAdded", "script.message",
            "browsingContext.userPromptOpened"])
        self.tab = self.command("browsingContext.getTree")["contexts"][0]["context"]
        for name, script in (("watch", WATCH), ("canary", CANARY)):
            self.command("script.addPreloadScript", functionDeclaration=script, arguments=[
                {"type": "channel", "value": {"channel": name}}])

    def close(self):
        if self.channel:
            try:
                self.command("browser.close", seconds=5)
            except Exception:  # it may have gone before it answered
                pass
            self.channel.close()
        if self.process:
            try:
                self.process.wait(1)
            except subprocess.TimeoutExpired:
                pass
            self.keeper.communicate(timeout=10)
            self.process.wait(10)
        self.sink.close()
        shutil.rmtree(os.path.join(self.directory, "profile"), ignore_errors=True)

    def spawn(self, arguments, talk, **options):
        """Starts the browser, in a session of its own, so that its children go with it.  However this test ends,
        by SIGKILL too, the pipe to the keeper is closed then, and the keeper ends them all."""
        with open(talk, "wb") as out:
            self.process = subprocess.Popen(arguments, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                            start_new_session=True, **options)
        self.keeper = subprocess.Popen(["sh", "-c", KEEPER, str(self.process.pid)], stdin=subprocess.PIPE,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    # ---- commands

    def command(self, method, /, seconds=60, **parameters):
        self.count += 1
        number = self.count
        self.channel.send(json.dumps({"id": number, "method": method, "params": parameters}))
        deadline = time.monotonic() + seconds
        while number not in self.answered:
            self._take_in(deadline - time.monotonic(), method)
        answer = self.answered.pop(number)
        if answer.get("type") == "error" or "error" in answer:
            raise Fault(f"{method}: {answer.get('error')}: {answer.get('message', '')[:2000]}")
        return answer["result"]

    def _take_in(self, seconds, what):
        try:
            message = json.loads(self.channel.receive(max(seconds, 0)))
        except TimeoutError:
            raise Fault(f"{what}: no answer in time") from None
        if message.get("id") is not None:
            self.answered[message["id"]] = message
        elif message.get("type") == "event" or "method" in message:
            self._event(message["method"], message["params"])

    def _event(self, name, what):
        if name == "network.beforeRequestSent":
            self.logged.append(what["request"]["url"])
        elif name == "log.entryAdded" and what["level"] in ("error", "warn"):
            if what.get("text") == LEFT_PICTURE:
                return
            self.console.append(f"{what['level']}: {what.get('text') or ''}")
        elif name == "script.message":
            words = plain(what["data"])
            (self.ran if words.startswith("ran: ") else self.console).append(words)
        elif name == "browsingContext.userPromptOpened":
            self.prompts.append(what.get("message", ""))

    # ---- what people do

    def open(self, url, wait="complete"):
        self.allowed.add(url.split("#")[0])
        self.command("browsingContext.navigate", context=self.tab, url=url, wait=wait)

    def run(self, function, *arguments, seconds=60, world=None):
        """The value of a JavaScript function (its text) of these arguments; promises are awaited."""
        target = {"context": self.tab}
        if world:
            target["sandbox"] = world
        got = self.command("script.callFunction", seconds=seconds, functionDeclaration=function,
                           arguments=[typed(item) for item in arguments], target=target,
                           awaitPromise=True, userActivation=True)
        if got["type"] == "exception":
            raise Fault(f"in the page: {got['exceptionDetails']['text']}")
        return plain(got["result"])

    def wait(self, function, *arguments, seconds=15, what=None):
        """Until the function says something true; its value."""
        deadline = time.monotonic() + seconds
        pause = 0.01
        while True:
            got = self.run(function, *arguments)
            if got:
                return got
            if time.monotonic() > deadline:
                raise Fault(f"after {seconds} s not yet: {what or function}")
            time.sleep(pause)
            pause = min(pause * 1.5, 0.2)

    def element(self, selector):
        found = self.command("browsingContext.locateNodes", context=self.tab, maxNodeCount=1,
                             locator={"type": "css", "value": selector})["nodes"]
        if not found:
            raise Fault(f"nothing in the page is {selector}")
        return {"sharedId": found[0]["sharedId"]}

    def files(self, selector, *paths):
        """Picks files for a file input, as its dialogue would."""
        self.command("input.setFiles", context=self.tab, element=self.element(selector),
                     files=[os.path.abspath(path) for path in paths])

    def click(self, selector):
        """A click where the element is, with the pointer: what covers it would get it."""
        self.run("(selector) => { const found = document.querySelector(selector);"
                 " if (found) found.scrollIntoView({block: 'center', behavior: 'instant'}); }", selector)
        origin = {"type": "element", "element": self.element(selector)}
        self.command("input.performActions", context=self.tab, actions=[{
            "type": "pointer", "id": "mouse", "actions": [
                {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
                {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]}])

    KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c", "Down": "\ue015", "Up": "\ue013",
            "Left": "\ue012", "Right": "\ue014", "Home": "\ue011", "End": "\ue010", "Shift": "\ue008"}

    def press(self, *keys):
        """Keys one after another, by name or as they are; "Shift+Tab" holds the first."""
        actions = []
        for key in keys:
            chord = [self.KEYS.get(part, part) for part in key.split("+")] if len(key) > 1 else [key]
            actions += [{"type": "keyDown", "value": part} for part in chord]
            actions += [{"type": "keyUp", "value": part} for part in reversed(chord)]
        self.command("input.performActions", context=self.tab,
                     actions=[{"type": "key", "id": "keyboard", "actions": actions}])

    def type(self, selector, text):
        self.run("(selector) => { const field = document.querySelector(selector);"
                 " field.focus(); if (field.select) field.select(); }", selector)
        self.press(*text)

    def size(self, width, height=800):
        self.command("browsingContext.setViewport", context=self.tab,
                     viewport={"width": width, "height": height})

    def shot(self, path):
        got = self.command("browsingContext.captureScreenshot", context=self.tab, origin="viewport")
        with open(path, "wb") as out:
            out.write(base64.b64decode(got["data"]))

    def shot_of(self, selector, path):
        """A picture of one element."""
        got = self.command("browsingContext.captureScreenshot", context=self.tab, origin="document",
                           clip={"type": "element", "element": self.element(selector)})
        with open(path, "wb") as out:
            out.write(base64.b64decode(got["data"]))

    # ---- what it did

    def settle(self):
        """Takes in the events that are on their way."""
        for _ in range(3):
            self.run("() => new Promise(done => setTimeout(done, 20))")

    def requests(self):
        """What was asked for, but for the pages opened, the tests' own servers (which have a log of
        their own), and what never leaves the browser."""
        self.settle()
        outside = [url for url in self.logged
                   if not url.startswith(("data:", "blob:", "about:")) and url.split("#")[0] not in self.allowed
                   and urlsplit(url).netloc not in self.own_servers]
        return outside + [f"proxy: {line}" for line in self.sink.asked if not self._is_own(line)]

    def _is_own(self, line):
        """Whether a request is the browser's own, to its maker: no page asks these."""
        host = re.match(r"[A-Z]+ (?:http://)?([^/: ]+)", line)
        return bool(host) and host.group(1) in self.makers

    def forget(self):
        """Begins the logs anew, with what is on its way."""
        self.settle()
        self.clear()

    def clear(self):
        """Begins the logs anew; what comes later is the next one's."""
        for log in (self.logged, self.console, self.ran, self.prompts, self.sink.asked):
            log.clear()


class Chromium(Browser):
    name = "chromium"
    makers = ("update.googleapis.com", "clients2.google.com", "accounts.google.com",
              "optimizationguide-pa.googleapis.com", "content-autofill.googleapis.com")

    def launch(self):
        talk = os.path.join(self.directory, "chromedriver.log")
        self.spawn(["chromedriver", "--port=0"], talk)
        port = port_in(self.process, talk, rb"successfully on port (\d+)", 30)
        bypass = ";".join(["<-loopback>"] + self.own_servers)  # of rules that match the last counts
        options = {"binary": shutil.which("chromium"), "args": CHROMIUM + [
            f"--user-data-dir={os.path.join(self.directory, 'profile')}",
            f"--proxy-server=http://127.0.0.1:{self.sink.port}", f"--proxy-bypass-list={bypass}"]}
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/session", headers={"Content-Type": "application/json"},
            data=json.dumps({"capabilities": {"alwaysMatch": {
                "webSocketUrl": True, "unhandledPromptBehavior": "dismiss",
                "goog:chromeOptions": options}}}).encode())
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request, timeout=60) as answer:
            value = json.load(answer)["value"]
        self.channel = TextSocket(value["capabilities"]["webSocketUrl"])


class Firefox(Browser):
    name = "firefox"
    makers = ()

    def launch(self):
        profile = os.path.join(self.directory, "profile")
        os.makedirs(profile)
        prefs = dict(FIREFOX)
        prefs.update({"network.proxy.type": 1, "network.proxy.no_proxies_on": ",".join(self.own_servers),
                      "network.proxy.share_proxy_settings": True})
        for kind in ("http", "ssl"):
            prefs[f"network.proxy.{kind}"] = "127.0.0.1"
            prefs[f"network.proxy.{kind}_port"] = self.sink.port
        with open(os.path.join(profile, "user.js"), "w", encoding="utf-8") as out:
            for key, value in prefs.items():
                out.write(f"user_pref({json.dumps(key)}, {json.dumps(value)});\n")
        # Without this, the release ignores the server of settings that the profile names.
        environment = dict(os.environ, MOZ_REMOTE_SETTINGS_DEVTOOLS="1", MOZ_CRASHREPORTER_DISABLE="1")
        talk = os.path.join(self.directory, "firefox.log")
        self.spawn(["firefox-esr", "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"],
                   talk, env=environment)
        port = port_in(self.process, talk, rb"BiDi listening on ws://127.0.0.1:(\d+)", 60)
        self.channel = TextSocket(f"ws://127.0.0.1:{port}/session")
        self.command("session.new", capabilities={"alwaysMatch": {
            "unhandledPromptBehavior": {"default": "dismiss"}}})


def port_in(process, path, pattern, seconds):
    """The port that a program says it listens on, in its log."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with open(path, "rb") as log:
            talk = log.read()
        found = re.search(pattern, talk)
        if found:
            return int(found.group(1))
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise Fault(f"{process.args[0]} does not begin: {talk[-500:].decode(errors='replace')}")
