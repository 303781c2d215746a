"""A provider that does well or badly as the seed will have it, and remembers whom it has answered
how, and what it billed for it."""
import collections
import random
import re
import socket
import time

from unasked import close, has_asked
from upstream import Upstream
from ways import answer_for, draw_way

MARK = re.compile(r"mark-\d+-\d+-end")
Asked = collections.namedtuple("Asked", "way usage")  # usage: None where none was told


class HostileProvider:
    """.asked: by mark, what was done each time. .muddled: marks of requests that were on their way
    while something unasked was said: nobody can tell whose answer it is."""

    def __init__(self, seed):
        self.seed = seed
        self.asked = collections.defaultdict(list)
        self.muddled = set()
        self._server = Upstream()
        self._server.script = self._script
        self.url = self._server.url
        self.close = self._server.close

    def _script(self, request, connection):
        # Else what is said unasked might wait here until the next request acknowledges the answer.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._server.requests.clear()
        (mark, ) = set(MARK.findall(request.body.decode()))
        draw = random.Random(f"{self.seed} {mark} {len(self.asked[mark])}")
        way = draw_way(draw, "hasty" in request.path)
        answer, usage = answer_for(mark, request, draw)
        self.asked[mark].append(Asked(way, usage if way.billed else None))
        done = way.act(connection, request, answer, draw)
        if not isinstance(done, tuple):
            return done
        self._say_unasked(connection, *done)
        return None

    def _say_unasked(self, connection, said, then):
        if has_asked(connection):  # too late: somebody waits
            return
        connection.sendall(said)
        # The gateway's last look and its request are not one step: what it asks right now it may have begun before.
        end = time.monotonic() + 0.05
        while not has_asked(connection) and time.monotonic() < end:
            time.sleep(0.001)
        if has_asked(connection):
            self.muddled.update(MARK.findall(connection.recv(65536, socket.MSG_PEEK).decode()))
            then = then or close  # else each answer from now on would be the next one's
        if then:
            then(connection)
