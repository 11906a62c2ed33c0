"""What the browser tests share: Chromium through chromedriver's own HTTP. Set HOSO_SHOTS to keep a picture of every view."""
import base64
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request

DRIVER, CHROMIUM = shutil.which("chromedriver"), shutil.which("chromium") or shutil.which("google-chrome")
if not DRIVER or not CHROMIUM:
    print("skipped: chromium and chromium-driver are not installed")
    sys.exit(77)

ENTER, ESCAPE, DOWN = "\ue007", "\ue00c", "\ue015"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    """The few WebDriver requests that are needed here."""

    def __init__(self, downloads):
        self.driver = subprocess.Popen([DRIVER, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.driver.stdout:
            if "started successfully on port" in line:
                self.base = "http://127.0.0.1:" + line.rstrip(". \n").rsplit(" ", 1)[1]
                break
        options = {"binary": CHROMIUM, "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                                                "--window-size=1360,860", "--lang=vi"],
                   "prefs": {"download.default_directory": downloads, "download.prompt_for_download": False}}
        self.session = ""
        session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "goog:loggingPrefs": {"browser": "ALL"}, "goog:chromeOptions": options}}})
        self.session = f"/session/{session['sessionId']}"

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.base + self.session + path, method=method, headers={"Content-Type": "application/json"},
                                         data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def close(self):
        try:
            self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait(10)

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def run(self, script, *args):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(args)})

    def keys(self, *keys):
        """Keys go to what has the focus, as a person's do."""
        actions = [step for key in keys for step in ({"type": "keyDown", "value": key}, {"type": "keyUp", "value": key})]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def click(self, selector):
        found = self.call("POST", "/element", {"using": "css selector", "value": selector})
        self.call("POST", f"/element/{found[ELEMENT]}/click", {})

    def size(self, width, height):
        self.call("POST", "/window/rect", {"width": width, "height": height})

    def wait(self, script, seconds=10):
        end = time.time() + seconds
        while time.time() < end:
            value = self.run("return " + script)
            if value:
                return value
            time.sleep(0.05)
        return self.run("return " + script)

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0])?.textContent ?? ''", selector)

    def errors(self):
        return [entry["message"] for entry in self.call("POST", "/se/log", {"type": "browser"}) if entry["level"] == "SEVERE"]

    def choose(self, selector, *paths):
        """Puts files into an <input type=file>."""
        found = self.call("POST", "/element", {"using": "css selector", "value": selector})
        self.run("arguments[0].value = ''", found)
        self.call("POST", f"/element/{found[ELEMENT]}/value", {"text": "\n".join(paths)})

    def shot(self, name):
        folder = os.environ.get("HOSO_SHOTS")
        if folder:
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, name + ".png"), "wb") as f:
                f.write(base64.b64decode(self.call("GET", "/screenshot")))
