"""A real Chromium, and a proxy that stands for the Internet: it serves pages by any name, and it
leads the names in .leads to a port of this machine, as a hostile name server does.
"""
import contextlib
import http.client
import http.server
import json
import os
import signal
import subprocess
import threading

from harness import DEADLINE

# attempt() makes a value of what a fetch ends with, also when the browser says no.
PAGE = """<!doctype html><title>page</title><script>
async function attempt(work) {
  try { return await work(); } catch (failure) { return String(failure); }
}
(async () => {
  const found = await (async () => { %s })();
  await fetch("/report", {method: "POST", body: JSON.stringify(found)});
})();
</script>"""


class Internet:
    """Pages have the path /page; what their script returns is in .reported once .done is set."""

    def __init__(self, script):
        self.leads, self.reported, self.done = {}, None, threading.Event()
        internet = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self._serve(b"")

            def do_POST(self):
                self._serve(self.rfile.read(int(self.headers.get("content-length", 0))))

            def _serve(self, body):
                name, _, path = self.path.removeprefix("http://").partition("/")
                if path == "page":
                    return self._answer(200, (PAGE % script).encode(), "text/html")
                if path == "report":
                    internet.reported = json.loads(body)
                    internet.done.set()
                    return self._answer(200, b"")
                if name not in internet.leads:
                    return self._answer(404, b"")
                return self._pass_on(internet.leads[name], "/" + path, body)

            def _pass_on(self, port, path, body):
                with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as there:
                    there.request(self.command, path, body, dict(self.headers))
                    answer = there.getresponse()
                    self._answer(answer.status, answer.read(), answer.getheader("content-type", ""))

            def _answer(self, status, body, kind="text/plain"):
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self._server.server_port

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def command(folder, *more):
    """Headless. What newer browsers put between pages and this machine is off: others have none."""
    return [
        "chromium", "--headless=new", "--no-sandbox", "--disable-gpu",
        "--disable-dev-shm-usage", "--no-first-run", "--disable-breakpad", "--disable-extensions",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-features=LocalNetworkAccessChecks", f"--user-data-dir={folder}/chromium", *more
    ]


def visit(folder, site, script, leads=None):
    """Opens a page of this site and runs the script in it; what the script returned."""
    internet = Internet(script)
    internet.leads.update(leads or {})
    proxy = f"--proxy-server=http://127.0.0.1:{internet.port}"
    with open(folder / "chromium.txt", "wb") as log:
        browser = subprocess.Popen(command(folder, proxy, f"http://{site}/page"),
                                   stdout=log, stderr=log, start_new_session=True)
    try:
        assert internet.done.wait(DEADLINE), (folder / "chromium.txt").read_text(errors="replace")
        return internet.reported
    finally:
        os.killpg(browser.pid, signal.SIGKILL)  # and with it the processes that it has started
        browser.wait()
        internet.close()


def text_of(folder, address):
    """The page as it is once it has loaded what it asks for."""
    return subprocess.run(
        command(folder, "--no-proxy-server", "--virtual-time-budget=3000", "--dump-dom", address),
        capture_output=True, timeout=DEADLINE, check=True).stdout.decode()
