"""A provider that does as it is told: an HTTP/1.1 server on raw sockets, so that it can also do
what no server should.

Upstream().script is called with each request and the connection; it answers by hand, or with the
helpers below. Requests are kept in .requests.
"""
import json
import socket
import threading


class Request:
    def __init__(self, head, body):
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.path, _ = lines[0].split(" ", 2)
        self.headers = {
            k.lower(): v.strip()
            for k, _, v in (line.partition(":") for line in lines[1:])
        }
        self.body = body

    def json(self):
        return json.loads(self.body)


class Upstream:
    """tls: a server's ssl.SSLContext; without one it speaks plain HTTP."""

    def __init__(self, tls=None):
        self.script = answer_chat()
        self._tls = tls
        self.requests = []
        self.gone = threading.Event()  # the gateway closed a connection while it was being answered
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._open = set()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        scheme = "https" if self._tls else "http"
        return "%s://127.0.0.1:%d/v1" % (scheme, self._listener.getsockname()[1])

    def close(self):
        # Closing alone would leave accept() waiting.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in list(self._open):
            connection.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        buffer = b""
        self._open.add(connection)
        try:
            if self._tls:
                self._open.discard(connection)
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.add(connection)
            while True:
                while b"\r\n\r\n" not in buffer:
                    buffer += self._receive(connection)
                head, _, buffer = buffer.partition(b"\r\n\r\n")
                length = int(Request(head, b"").headers.get("content-length", 0))
                while len(buffer) < length:
                    buffer += self._receive(connection)
                request = Request(head, buffer[:length])
                buffer = buffer[length:]
                self.requests.append(request)
                if self.script(request, connection) == "close":
                    return
        except (OSError, EOFError):
            pass
        finally:
            self._open.discard(connection)
            connection.close()

    @staticmethod
    def _receive(connection):
        data = connection.recv(65536)
        if not data:
            raise EOFError
        return data


def completion(text="Hello from upstream", **extra):
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1700000000,
        "model": "real-model",
        "choices": [{
            "index": 0, "message": {"role": "assistant", "content": text, "refusal": None},
            "logprobs": None, "finish_reason": "stop"
        }],
        "usage": {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13},
        **extra,
    }


def chunk(delta=None, finish=None, usage=None, **extra):
    body = {
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1700000000,
        "model": "real-model",
        "choices": [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}],
        "usage": usage, **extra
    }
    return b"data: " + json.dumps(body, separators=(",", ":")).encode() + b"\n\n"


STREAM = [
    chunk({"role": "assistant", "content": ""}),
    chunk({"content": "Hello "}),
    chunk({"content": "stream"}),
    chunk({}, "stop"),
    chunk(usage={"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}),
    b"data: [DONE]\n\n"
]


def respond(connection, status, body, content_type="application/json", headers=""):
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    connection.sendall(
        f"HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\ncontent-length: {len(payload)}\r\n"
        f"{headers}\r\n".encode() + payload)


def begin_stream(connection, headers=""):
    connection.sendall(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n" +
        headers.encode() + b"\r\n")


def send_piece(connection, data):
    connection.sendall(b"%x\r\n%s\r\n" % (len(data), data))


def end_stream(connection):
    connection.sendall(b"0\r\n\r\n")


def answer_chat(text="Hello from upstream"):
    """Answers as OpenAI does: whole, or as a stream when asked for one."""
    def script(request, connection):
        if not request.json().get("stream"):
            return respond(connection, 200, completion(text))
        begin_stream(connection)
        for piece in STREAM:
            send_piece(connection, piece)
        end_stream(connection)
    return script


def answer_with(status, body, content_type="application/json", headers=""):
    return lambda request, connection: respond(connection, status, body, content_type, headers)
