"""What an operator, a machine and its clock do to a gateway while it serves: reloads that change
the policies, signals, stops, a clock that stands still or jumps."""
import os
import random
import signal
import threading
import time

from gateway_clock import HOUR

POLICY = "policies: [ { plugin: prompt_size, config: { max_tokens: 100000 } } ]\n"
MEANINGLESS = (signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE, signal.SIGALRM, signal.SIGWINCH)


class Disturbances:
    """.done counts them by name."""

    def __init__(self, gateway, clock, seed):
        self._gateway, self._clock = gateway, clock
        self._draw = random.Random(f"{seed} disturbances")
        self._yaml, self._changed = gateway.config.read_text(), False
        self._over = threading.Event()
        self.done, self.problems = {}, []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self):
        self._over.set()
        self._thread.join()

    def _run(self):
        deeds = [self._reload, self._hang_up, self._meaningless, self._stop, self._freeze,
                 self._jump]
        while not self._over.wait(self._draw.choice((0.05, 0.2, 0.5, 1))):
            deed = self._draw.choice(deeds)
            self.done[deed.__name__[1:]] = self.done.get(deed.__name__[1:], 0) + 1
            try:
                deed()
            except Exception as failure:  # whatever it is, it belongs into the report
                self.problems.append(f"{deed.__name__[1:]}: {failure!r}")

    def _change(self):
        self._changed = not self._changed
        aside = self._gateway.config.with_suffix(".new")
        aside.write_text(self._yaml + POLICY * self._changed)
        os.replace(aside, self._gateway.config)

    def _reload(self):
        self._change()
        answer = self._gateway.request("POST", "/admin/reload", port=self._gateway.admin_port)
        assert answer.status == 200, answer.body

    def _hang_up(self):
        self._change()
        self._gateway.process.send_signal(signal.SIGHUP)

    def _meaningless(self):
        self._gateway.process.send_signal(self._draw.choice(MEANINGLESS))

    def _stop(self):
        self._gateway.process.send_signal(signal.SIGSTOP)
        time.sleep(self._draw.choice((0.01, 0.1, 1)))
        self._gateway.process.send_signal(signal.SIGCONT)

    def _freeze(self):
        """The time of day goes back as fast as it comes."""
        for _ in range(self._draw.choice((1, 3))):
            time.sleep(1)
            self._clock.step(-1)

    def _jump(self):
        jump = self._draw.choice((-HOUR, -7, 7, HOUR))
        self._clock.step(jump)
        time.sleep(0.2)
        self._clock.step(-jump)
