#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""browser: drive a headless Chromium by steps from stdin, a line each.

    browser.py PROFILE_DIRECTORY <STEPS

    size WIDTH HEIGHT     of the window
    media NAME VALUE      a media feature: prefers-color-scheme dark
    open URL              and wait until it is loaded
    key NAME [COUNT]      press a key: Tab, Enter, Shift+Tab, a letter
    click SELECTOR        click on the middle of an element
    back | reload
    hide | show           the tab, as switching to another one does
    wait EXPRESSION       until a JavaScript expression is true
    print EXPRESSION      its value, as a line of JSON
    cpu                   ms of CPU that the page's thread has used since the step before it, as a line
    picture FILE          a PNG of the window
    tab                   a new one instead of the present one: no history, no size, no media

It speaks the DevTools protocol through pipes. Exits with 1 and a line on stderr if a step fails.
"""
import base64
import json
import os
import subprocess
import sys
import time

LIMIT_S = 30  # for one step
KEYS = {"Enter": (13, "\r"), "Tab": (9, ""), "Escape": (27, ""), "Backspace": (8, ""), "Home": (36, ""),
        "End": (35, ""), "PageUp": (33, ""), "PageDown": (34, ""), "ArrowUp": (38, ""), "ArrowDown": (40, "")}
SHIFT = 8


class Failed(Exception):
    """A step failed."""


class Browser:
    def __init__(self, profile):
        to_browser, self.commands = os.pipe()
        self.answers, from_browser = os.pipe()
        self.process = subprocess.Popen(
            ["bash", "-c", f"exec chromium \"$@\" 3<&{to_browser} 4>&{from_browser}", "chromium", "--headless",
             "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe",
             f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(to_browser, from_browser), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.buffer = b""
        self.number = 0
        self.loaded = 0
        self.session = None
        targets = self.call("Target.getTargets")["targetInfos"]
        self.use(next(t["targetId"] for t in targets if t["type"] == "page"))

    def use(self, target):
        self.session = None
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.target = target
        self.media = {}
        self.cpu_before_ms = 0
        self.call("Page.enable")
        self.call("Performance.enable", timeDomain="threadTicks")

    def change_tab(self):
        old, self.session = self.target, None
        new = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.call("Target.closeTarget", targetId=old)
        self.use(new)

    def message(self):
        while b"\0" not in self.buffer:
            got = os.read(self.answers, 1 << 20)
            if not got:
                raise Failed("the browser has ended")
            self.buffer += got
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **params):
        self.number += 1
        request = {"id": self.number, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.commands, json.dumps(request).encode() + b"\0")
        while True:
            message = self.message()
            self.loaded += message.get("method") == "Page.loadEventFired"
            if message.get("id") == self.number:
                break
        if "error" in message:
            raise Failed(f"{method}: {message['error']['message']}")
        return message["result"]

    def value(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise Failed(answer["exceptionDetails"].get("exception", {}).get("description", expression))
        return answer["result"].get("value")

    def wait(self, expression):
        end = time.monotonic() + LIMIT_S
        while not self.value(f"!!({expression})"):
            if time.monotonic() > end:
                raise Failed(f"waited in vain for {expression}; the page says: "
                             + self.value("document.body.innerText")[:2000])
            time.sleep(.02)

    def wait_loaded(self, before):
        while self.loaded == before:
            self.loaded += self.message().get("method") == "Page.loadEventFired"

    def key(self, name, count="1"):
        modifiers, _, plain = name.rpartition("+")
        code, text = KEYS.get(plain) or (ord(plain.upper()), plain)
        key = {"key": plain, "code": plain, "windowsVirtualKeyCode": code, "text": text,
               "modifiers": SHIFT if modifiers else 0}
        for _ in range(int(count)):
            self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **key)
            self.call("Input.dispatchKeyEvent", type="keyUp", **key)

    def click(self, selector):
        x, y = self.value("(() => { const box = document.querySelector(%s).getBoundingClientRect();"
                          "return [box.x + box.width / 2, box.y + box.height / 2]; })()" % json.dumps(selector))
        for kind in "mousePressed", "mouseReleased":
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=int(width), height=int(height),
                  deviceScaleFactor=1, mobile=False)

    def set_media(self, name, value):
        self.media[name] = value
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": name, "value": value} for name, value in self.media.items()])

    def open(self, url):
        before = self.loaded
        if "loaderId" in self.call("Page.navigate", url=url):  # otherwise only the fragment differs
            self.wait_loaded(before)

    def reload(self):
        before = self.loaded
        self.call("Page.reload")
        self.wait_loaded(before)

    # A headless tab has no window that could be covered: say so to the page.
    def set_hidden(self, hidden):
        self.value("Object.defineProperty(document, 'hidden', {configurable: true, value: %s});"
                   "document.dispatchEvent(new Event('visibilitychange'))" % json.dumps(hidden))

    def cpu_ms(self):
        metrics = self.call("Performance.getMetrics")["metrics"]
        return 1000 * next(m["value"] for m in metrics if m["name"] == "TaskDuration")

    def picture(self, path):
        data = self.call("Page.captureScreenshot", format="png")["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def step(self, line):
        verb, _, rest = line.partition(" ")
        if verb == "cpu":
            print(round(self.cpu_ms() - self.cpu_before_ms), flush=True)
        self.cpu_before_ms = self.cpu_ms()
        if verb == "print":
            print(json.dumps(self.value(rest), ensure_ascii=False), flush=True)
        elif verb == "size":
            self.size(*rest.split())
        elif verb == "media":
            self.set_media(*rest.split())
        elif verb == "key":
            self.key(*rest.split())
        elif verb == "back":
            self.value("history.back()")
        elif verb == "cpu":
            pass
        elif verb in ("hide", "show"):
            self.set_hidden(verb == "hide")
        elif verb == "reload":
            self.reload()
        elif verb == "tab":
            self.change_tab()
        elif verb in ("open", "click", "wait", "picture"):
            getattr(self, verb)(rest)
        else:
            raise Failed("not a step")

    def close(self):
        self.process.terminate()
        self.process.wait()


def main():
    browser = Browser(sys.argv[1])
    try:
        for line in sys.stdin:
            line = line.strip()
            if line:
                browser.step(line)
    except Failed as error:
        sys.exit(f"{line}: {error}")
    finally:
        browser.close()


if __name__ == "__main__":
    main()
