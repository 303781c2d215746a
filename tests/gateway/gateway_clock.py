"""A clock for gateways that a test sets (clock_step.c)."""
import mmap
import struct
import time
from datetime import datetime, timezone

from harness import BUILD

HOUR = 3600
DAY = 24 * HOUR


class Clock:
    """The clock of the gateways that are started with .env. Nobody else's is touched."""

    def __init__(self, folder):
        file = folder / "clock"
        file.write_bytes(bytes(8))
        with open(file, "r+b") as opened:
            self._ahead = mmap.mmap(opened.fileno(), 8)
        self.env = {"LD_PRELOAD": str(BUILD / "tests" / "clock_step.so"), "CLOCK_STEP": str(file)}

    def step(self, seconds):
        (ahead,) = struct.unpack("q", self._ahead[:])
        self._ahead[:] = struct.pack("q", ahead + seconds)

    def now(self):
        return time.time() + struct.unpack("q", self._ahead[:])[0]

    def set_to(self, seconds_of_day):
        self.step(seconds_of_day - int(self.now()) % DAY)

    def date(self):
        return datetime.fromtimestamp(self.now(), timezone.utc).strftime("%Y-%m-%d")
