"""Callers who ask in every dialect, leave early, send halves and junk, and look around as operators
do. What each was told is kept, to be held against what the provider did."""
import collections
import random
import threading
import time

from asking import EVERY, Kept, bytes_of, request_of, what_was_said
from harness import DEADLINE, Answer
from hostile_provider import MARK

# usage: (input, output) of an answer that came whole, each None where it says nothing of it. Not
# there: the answer was an error, or ended in one.
Heard = collections.namedtuple("Heard", "where usage")
LOOKS = ("/metrics", "/admin/usage", "/admin/limits", "/admin/plugins", "/admin/generations",
         "/readyz", "/admin/usage?by=colour", "/admin/promote?policy=%zz", "/nowhere")


class Callers:
    """Threads that go on until stop(); while paused, none has a request under way. .heard and
    .strange: by mark, what was told, and what nobody should have been."""

    def __init__(self, gateway, seed, count):
        self.gateway, self.heard, self.strange, self.problems = gateway, {}, {}, []
        self._over, self._go_on = threading.Event(), threading.Event()
        self._go_on.set()
        self._resting = [threading.Event() for _ in range(count)]
        self._threads = [threading.Thread(target=self._run, args=(seed, index), daemon=True)
                         for index in range(count)]
        for thread in self._threads:
            thread.start()

    def pause(self):
        self._go_on.clear()
        for resting in self._resting:
            if not resting.wait(DEADLINE):
                self.problems.append("a caller waits for an answer that does not come")

    def go_on(self):
        self._go_on.set()

    def stop(self):
        self._over.set()
        self._go_on.set()
        for thread in self._threads:
            thread.join(DEADLINE)
            if thread.is_alive():
                self.problems.append("a caller waits for an answer that does not come")

    def _run(self, seed, index):
        draw, number = random.Random(f"{seed} caller {index}"), 0
        kept = Kept(self.gateway.port)
        while not self._over.is_set():
            if not self._go_on.is_set():
                self._resting[index].set()
                self._go_on.wait()
                self._resting[index].clear()
                continue
            number += 1
            mark = f"mark-{index}-{number}-end"
            (deed, ) = draw.choices([self._ask, self._leave, self._send_half, self._send_junk,
                                     self._look], (70, 10, 5, 5, 10))
            try:
                deed(kept, draw, mark)
            except Exception as failure:  # whatever it is, it belongs into the report
                self.problems.append(f"{deed.__name__} {mark}: {failure!r}")
                kept.close()
        kept.close()

    def _ask(self, kept, draw, mark):
        dialect, streamed = draw.choice(EVERY), draw.random() < 0.5
        status, headers, body = kept.ask(*request_of(draw, mark, dialect, streamed))
        answer = Answer(status, headers, body)
        manner = "streamed" if streamed else "whole"
        where = f"{mark} {dialect.path} {manner}: {status} {body[-300:]!r}"
        marks = set(MARK.findall(body.decode()))
        try:
            usage = what_was_said(answer, dialect, streamed)
        except AssertionError:
            self.strange[mark] = "neither an answer nor an error: " + where
            return
        if b"somebody" in body or marks - {mark} or (usage and not marks):
            self.strange[mark] = "an answer of somebody else: " + where
        self.heard[mark] = Heard(where, usage)

    def _leave(self, kept, draw, mark):
        with self.gateway.socket() as caller:
            caller.sendall(bytes_of(*request_of(draw, mark, draw.choice(EVERY), True)))
            caller.settimeout(draw.choice((0.001, 0.01, 0.05)))
            try:
                caller.recv(draw.choice((1, 500, 5000)))
            except TimeoutError:
                pass

    def _send_half(self, kept, draw, mark):
        request = bytes_of(*request_of(draw, mark, draw.choice(EVERY), True))
        with self.gateway.socket() as caller:
            caller.sendall(request[:draw.randrange(1, len(request))])
            time.sleep(draw.choice((0, 0.01)))

    def _send_junk(self, kept, draw, mark):
        with self.gateway.socket() as caller:
            caller.sendall(draw.randbytes(draw.randrange(1, 5000)) + b"\r\n\r\n")
            try:
                answer = caller.recv(65536)
            except ConnectionResetError:  # shut out before all of it was read
                return
            if answer and not answer.startswith(b"HTTP/1.1 4"):
                self.problems.append(f"junk was answered with {answer!r}")

    def _look(self, kept, draw, mark):
        status = self.gateway.admin(draw.choice(LOOKS)).status
        if status not in (200, 400, 404, 405):
            self.problems.append(f"a look was answered with {status}")
