"""Answers in each form that HTTP has for them, and what a provider may then say or do on its
connection although nobody asked: on a connection that is kept, none of it may reach anybody."""
import fcntl
import json
import os
import select
import socket
import struct

from upstream import chunk, completion

TIOCINQ, TIOCOUTQ = 0x541B, 0x5411


def headed(status, body, kind="application/json"):
    return (f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
            ).encode() + body


def in_chunks(pieces, kind):
    return (f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n"
            ).encode() + b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"


def as_stream(answer):
    text = answer["choices"][0]["message"]["content"]
    return in_chunks([chunk({"role": "assistant", "content": ""}), chunk({"content": text}),
                      chunk({}, "stop"), chunk(usage=answer["usage"]), b"data: [DONE]\n\n"],
                     "text/event-stream")


# The bytes of an answer as completion() makes it.
FORMS = {
    "by length": lambda answer: headed(200, json.dumps(answer).encode()),
    "in chunks": lambda answer: in_chunks([json.dumps(answer).encode()], "application/json"),
    "as a stream": as_stream,
}


def close(connection):
    connection.close()


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def end_sending(connection):
    connection.shutdown(socket.SHUT_WR)


INTRUDER = completion("somebody else's")
FAREWELL = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
# The bytes, and what becomes of the connection behind them.
UNASKED = {
    **{f"another answer, {form}": (make(INTRUDER), None) for form, make in FORMS.items()},
    **{f"another answer, {status}": (headed(status, b'{"error":{"message":"m"}}'), None)
       for status in (302, 400, 408, 429, 500, 503)},
    "another answer, 204": (b"HTTP/1.1 204 No Content\r\n\r\n", None),
    "another answer, 304": (b"HTTP/1.1 304 Not Modified\r\n\r\n", None),
    "three answers": (3 * FORMS["by length"](INTRUDER), None),
    "an interim answer": (b"HTTP/1.1 103 Early Hints\r\n\r\n", None),
    "a late permission": (b"HTTP/1.1 100 Continue\r\n\r\n", None),
    "half a head": (b"HTTP/1.1 200 OK\r\ncontent-le", None),
    "half a body": (FORMS["by length"](INTRUDER)[:-9], None),
    "a byte": (b"\n", None),
    "the end of chunks": (b"0\r\n\r\n", None),
    "junk": (b"\x16\x03\x01\x00" * 20_000, None),
    "a farewell": (FAREWELL, close),
    "an answer and its end": (FORMS["by length"](INTRUDER), close),
    "a byte and a reset": (b"\n", reset),
    "its end": (b"", close),
    "the end of its words": (b"", end_sending),
    "a reset": (b"", reset),
}


def queued(connection, direction):
    return struct.unpack("i", fcntl.ioctl(connection.fileno(), direction, b"\0" * 4))[0]


def has_arrived(connection):
    """The other side's system has all that was sent, or wants no more of it."""
    watch = select.poll()
    watch.register(connection, select.POLLERR)
    return queued(connection, TIOCOUTQ) == 0 or watch.poll(0) != []


def has_asked(connection):
    """A next request lies here unread: what is said from now on may be taken for its answer."""
    return queued(connection, TIOCINQ) != 0


def under_tls(connection):
    """A byte on the socket itself, where only TLS belongs."""
    os.write(connection.fileno(), b"\n")
