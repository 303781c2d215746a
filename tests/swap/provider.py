"""A remote provider for the swap test: every line of its answer is the x-version it was asked with.

POST …/fast answers with one line, POST …/slow with many, 50 ms apart.
"""
import http.server
import threading
import time


class Provider:
    def __init__(self, words):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                self.rfile.read(int(self.headers.get("content-length", 0)))
                slow = self.path.endswith("/slow")
                line = self.headers["x-version"].encode() + b"\n"
                self.send_response(200)
                self.send_header("content-type", "text/plain")
                self.send_header("transfer-encoding", "chunked")
                self.end_headers()
                for _ in range(words if slow else 1):
                    if slow:
                        time.sleep(0.05)
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
                self.wfile.write(b"0\r\n\r\n")

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = "http://127.0.0.1:%d" % self._server.server_port

    def close(self):
        self._server.shutdown()
        self._server.server_close()
