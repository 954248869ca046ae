"""A real Firefox for the tests of pages, driven by WebDriver BiDi: Playwright cannot drive the one that Debian has.

The browser listens on a WebSocket (`--remote-debugging-port`). `Socket` is as much of a client as is needed for that
(RFC 6455), `Firefox` says the few commands of WebDriver BiDi that the tests use. Without a Firefox these tests are
skipped in one line: apt install firefox-esr.
"""

import base64
import json
import os
import re
import secrets
import shutil
import socket
import struct
import subprocess
import time

import pytest

PROGRAM = shutil.which("firefox-esr") or shutil.which("firefox")
PATIENCE = 60  # seconds
KEYS = {"ArrowLeft": "\ue012", "ArrowRight": "\ue014", "End": "\ue010", "Home": "\ue011", "Enter": "\ue007",
        "Escape": "\ue00c", "Tab": "\ue004", "Shift": "\ue008"}  # fmt: skip
if not PROGRAM:
    pytest.skip("no Firefox here: apt install firefox-esr", allow_module_level=True)


class Socket:
    """A WebSocket: texts to and fro."""

    def __init__(self, host, port, path):
        self.stream = socket.create_connection((host, port), timeout=PATIENCE)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        lines = (
            f"GET {path} HTTP/1.1", f"Host: {host}:{port}", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", "",
        )  # fmt: skip
        self.stream.sendall("\r\n".join(lines).encode())
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += self.read(1)
        if b" 101 " not in answer.split(b"\r\n")[0]:
            raise ConnectionError(f"the browser did not agree to a WebSocket: {answer!r}")

    def read(self, count):
        data = b""
        while len(data) < count:
            part = self.stream.recv(count - len(data))
            if not part:
                raise ConnectionError("the browser has closed the connection")
            data += part
        return data

    def send(self, text):
        """One frame; what a client sends is masked."""
        data, mask = text.encode(), secrets.token_bytes(4)
        size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack("!H", len(data))
        if len(data) > 0xFFFF:
            size = b"\xff" + struct.pack("!Q", len(data))
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(data))
        self.stream.sendall(b"\x81" + size + mask + masked)

    def receive(self):
        """The next text, from one frame or several; pings and the like are passed over."""
        text = b""
        while True:
            first, size = self.read(2)
            if size == 126:
                (size,) = struct.unpack("!H", self.read(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", self.read(8))
            data = self.read(size)
            if first & 0x0F in (0, 1):
                text += data
                if first & 0x80:
                    return text.decode()

    def close(self):
        self.stream.close()


class Firefox:
    """A Firefox with one page. `complaints` are the errors in its console."""

    def __init__(self, profile):
        self.process = subprocess.Popen(
            [PROGRAM, "--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", str(profile), "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=os.environ | {"MOZ_DISABLE_AUTO_SAFE_MODE": "1"},
        )  # fmt: skip
        self.count, self.complaints = 0, []
        for line in self.process.stderr:
            if found := re.search(r"listening on ws://([\d.]+):(\d+)", line):
                self.socket = Socket(found[1], int(found[2]), "/session")
                break
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=["log.entryAdded"])
        self.page = self.call("browsingContext.getTree")["contexts"][0]["context"]

    def call(self, method, **parameters):
        """The result of a command; what the console says in the meantime is kept."""
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.receive())
            if message.get("type") == "event":
                entry = message["params"]
                if entry.get("level") == "error":
                    self.complaints.append(entry.get("text"))
            elif message.get("id") == self.count:
                assert message["type"] == "success", message
                return message["result"]

    def visit(self, path, width=1280, height=720):
        """Open a page. Of one with scripts of ours, wait until they are unpacked: here that may be after it is loaded."""
        self.call("browsingContext.setViewport", context=self.page, viewport={"width": width, "height": height})
        self.call("browsingContext.navigate", context=self.page, url=path.as_uri(), wait="complete")
        until = time.monotonic() + PATIENCE
        while self.evaluate("document.getElementById('data') !== null && !('backstep' in globalThis)"):
            assert time.monotonic() < until, "the page's scripts were not unpacked"
            time.sleep(0.01)

    def evaluate(self, expression):
        """The value of an expression in the page, by way of JSON."""
        result = self.call(
            "script.evaluate",
            expression=f"JSON.stringify({expression})",
            target={"context": self.page},
            awaitPromise=True,
        )
        assert result["type"] == "success", result
        return json.loads(result["result"].get("value", "null"))

    def press(self, *keys):
        """Press keys, one after the other; `Shift+ArrowRight` are two at once."""
        actions = []
        for key in keys:
            signs = [KEYS.get(part, part) for part in key.split("+")]
            actions += [{"type": "keyDown", "value": sign} for sign in signs]
            actions += [{"type": "keyUp", "value": sign} for sign in reversed(signs)]
        source = {"type": "key", "id": "keyboard", "actions": actions}
        self.call("input.performActions", context=self.page, actions=[source])

    def picture(self):
        """What is seen, as PNG."""
        return base64.b64decode(self.call("browsingContext.captureScreenshot", context=self.page)["data"])

    def paper(self):
        """What is printed, as PDF."""
        return base64.b64decode(self.call("browsingContext.print", context=self.page)["data"])

    def close(self):
        """End the browser, and it alone."""
        self.socket.close()
        self.process.terminate()
        self.process.wait(timeout=PATIENCE)
        self.process.stderr.close()


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    browser = Firefox(tmp_path_factory.mktemp("firefox"))
    yield browser
    browser.close()
