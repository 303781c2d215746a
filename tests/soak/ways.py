"""What the hostile provider may do with a request, well or badly: all that tests/gateway's scripts
know. A way is drawn for each request anew."""
import collections
import functools
import time

from failures import BEFORE, MIDWAY, PAUSED, TIMED_OUT, pieces_then, refused
from providers import OpenAi
from unasked import FORMS, UNASKED
from upstream import completion

# complete: whoever asked has a whole answer then. billed: it says what it costs. act(connection,
# request, answer, draw) -> what a script returns, or (bytes, then): to be said unasked afterwards.
Way = collections.namedtuple("Way", "name complete billed act")
PAUSES = (None, 0, 0.001, 0.01, 0.1, 0.5)  # seconds before something unasked; None: none at all


def form_for(request, draw):
    """A stream may be answered by one JSON too."""
    return FORMS[draw.choice(list(FORMS) if request.json().get("stream") else
                             ["by length", "in chunks"])]


def well(connection, request, answer, draw):
    connection.sendall(form_for(request, draw)(answer))


def in_pieces(connection, request, answer, draw):
    """Each piece of the bytes comes by itself."""
    rest = form_for(request, draw)(answer)
    while rest:
        size = draw.randrange(1, 400)
        connection.sendall(rest[:size])
        rest = rest[size:]
        time.sleep(draw.choice((0, 0, 0.002, 0.02)))


def long(connection, request, answer, draw):
    padding = "word " * draw.randrange(2_000, 50_000)
    message = answer["choices"][0]["message"]
    message["content"] = padding + message["content"]
    well(connection, request, answer, draw)


def without_usage(connection, request, answer, draw):
    answer["usage"] = None
    well(connection, request, answer, draw)


def and_closes(connection, request, answer, draw):
    well(connection, request, answer, draw)
    return "close"


def and_says(unasked, connection, request, answer, draw):
    said, then = unasked
    pause = draw.choice(PAUSES)
    connection.sendall(form_for(request, draw)(answer) + (said if pause is None else b""))
    time.sleep(pause or 0)
    return (said if pause is not None else b""), then


def as_scripted(script, connection, request, answer, draw):
    return script(request, connection)


def midway(then, connection, request, answer, draw):
    """Where no stream is wanted there is no middle: it hangs up at once."""
    if not request.json().get("stream"):
        return "close"
    return pieces_then(list(OpenAi().pieces("text"))[:draw.randrange(1, 4)], then)(request, connection)


GOOD = [Way("answers", True, True, well), Way("answers in pieces", True, True, in_pieces),
        Way("answers at length", True, True, long),
        Way("bills nothing", True, False, without_usage),
        Way("answers and closes", True, True, and_closes)]
STRAY = [Way(f"answers, then {name}", True, True, functools.partial(and_says, unasked))
         for name, unasked in UNASKED.items()]
# A long pause would be the end of the run.
SCRIPTED = {name: case for name, case in BEFORE.items() if case.script and case.model not in PAUSED}
BAD = [Way(name, False, False, functools.partial(as_scripted, case.script))
       for name, case in SCRIPTED.items() if case.said is not TIMED_OUT] + [
       Way(f"midway it {name}", False, False, functools.partial(midway, make(OpenAi())))
       for name, make in MIDWAY.items()] + [
       Way("asks for a pause", False, False, functools.partial(as_scripted, refused(429, "retry-after-ms: 100\r\n")))]
SILENT = [Way(name, False, False, functools.partial(as_scripted, case.script))
          for name, case in SCRIPTED.items() if case.said is TIMED_OUT]


def draw_way(draw, hasty):
    """hasty: the gateway does not wait for long, so that silence costs the run no time."""
    if hasty:
        return draw.choice(SILENT)
    return draw.choice(draw.choices((GOOD, STRAY, BAD), (4, 3, 3))[0])


def answer_for(mark, request, draw):
    """Says the mark and a usage that no other answer is likely to have, which is the second. It keeps to the bound that
    it is asked to keep to."""
    asked = request.json()
    bound = min(asked.get("max_tokens", 5000), asked.get("max_completion_tokens", 5000), 5000)
    usage = {"prompt_tokens": draw.randrange(1, 5000), "completion_tokens": draw.randrange(1, bound + 1)}
    usage["total_tokens"] = sum(usage.values())
    return completion(f"Hello {mark}", usage=usage), usage
