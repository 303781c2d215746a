"""How the callers ask, in which dialects, and what they make of an answer."""
import http.client
import json

from dialects import DIALECTS, Chat
from harness import DEADLINE


class Carried(Chat):
    """A whole answer of the provider as it is, also without a usage."""

    def reduce(self, answer, streamed):
        if not streamed and not answer.json()["usage"]:
            nothing = {"prompt_tokens": None, "completion_tokens": None}
            answer.body = json.dumps({**answer.json(), "usage": nothing})
        return super().reduce(answer, streamed)


class Envelope(Chat):
    """Gatehouse's own."""
    path = "/v1/chat"

    def reduce(self, answer, streamed):
        if streamed:
            *events, done = map(json.loads, answer.events()[:-1] + ['"[DONE]"'])
            assert answer.events()[-1] == done
        else:
            events = [answer.json()]
        usage = events[-1]["usage"]
        return ("".join(event["message"].get("content") or "" for event in events), [], None,
                usage["prompt_tokens"], usage["completion_tokens"])

    def broken(self, answer):
        return json.loads(answer.events()[-1])["error"]["type"]


EVERY = [Carried(), *DIALECTS[1:], Envelope()]


class Kept:
    """A caller's connection, on which request follows request."""

    def __init__(self, port):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
        self.close = self._connection.close

    def ask(self, path, body, headers):
        self._connection.request("POST", path, body, headers)
        response = self._connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()


def bytes_of(path, body, headers):
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return (f"POST {path} HTTP/1.1\r\nhost: localhost\r\n{fields}"
            f"content-length: {len(body)}\r\n\r\n{body}").encode()


def request_of(draw, mark, dialect, streamed):
    """Path, body and fields. Of a hasty model's provider nothing is to be heard."""
    model = "hasty" if draw.random() < 0.05 else "default-chat"
    body = {"model": model, **dialect.request("text"), **(dialect.stream if streamed else {})}
    headers = {"content-type": "application/json", "x-request-id": mark,
               "x-client-id": f"client-{draw.randrange(4)}"}
    return dialect.path, json.dumps(body).replace('"hi"', f'"{mark}"'), headers


def what_was_said(answer, dialect, streamed):
    """The usage of a whole answer that is well-formed; None of an error that is."""
    if answer.status != 200:
        assert answer.json()["error"], answer.body
        return None
    try:
        *_, tokens_in, tokens_out = dialect.reduce(answer, streamed)
    except (AssertionError, KeyError, TypeError, ValueError, IndexError):
        assert streamed and dialect.broken(answer), answer.body
        return None
    return tokens_in, tokens_out
