"""Whatever a provider says or does on a connection on which nobody waits for it (unasked.py)
reaches nobody: the next caller has an answer of his own."""
import ssl
import subprocess
import threading
import time

import pytest

from harness import DEADLINE, eventually, in_threads
from kept_caller import KeptCaller
from unasked import FORMS, UNASKED, has_arrived, under_tls
from upstream import Upstream, completion


@pytest.fixture
def certificate(tmp_path):
    """A server's TLS for 127.0.0.1; its CA file is tmp_path/ca.pem."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=up",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tmp_path / "key.pem",
                    "-out", tmp_path / "ca.pem"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "ca.pem", tmp_path / "key.pem")
    return context


@pytest.fixture
def many(start_gateway, certificate):
    """many(names, tls): a gateway, and for each name a provider of its own, on connections of its
    own; the model of a provider has its number."""
    servers = []

    def start(names, tls):
        servers.extend(Upstream(certificate if tls else None) for _ in names)
        gateway = start_gateway("providers:\n" + "".join(
            f"  up-{i}: {{ plugin: openai, base_url: \"{server.url}\", breaker: {{ failures: 0 }}"
            f"{', ca_file: ca.pem' if tls else ''} }}\n" for i, server in enumerate(servers)) +
            "models:\n" + "".join(
            f"  model-{i}: {{ targets: [ {{ provider: up-{i}, model: real }} ], "
            "retry: { attempts: 1 } }\n" for i, _ in enumerate(servers)))
        return gateway, servers

    yield start
    for server in servers:
        server.close()


# When something unasked is said: in one write with the answer's end, or so many seconds after the
# gateway's system has the answer. How often each is tried.
MOMENTS = {"at once": (None, 5), "at its end": (0, 5), "5 ms later": (0.005, 3),
           "20 ms later": (0.02, 3), "a second later": (1, 1)}


def says_unasked(form, unasked, then, pause, said):
    """Answers, says what nobody asked for, and tells when it has arrived."""
    def script(request, connection):
        prompt = request.json()["messages"][0]["content"]
        answer = FORMS[form](completion(prompt))
        if prompt != "first":
            return connection.sendall(answer)
        try:
            connection.sendall(answer + (unasked if pause is None else b""))
            assert eventually(lambda: has_arrived(connection))
            if pause is not None:
                time.sleep(pause)
                connection.sendall(unasked)
                assert eventually(lambda: has_arrived(connection))
            if then:
                then(connection)
        finally:  # also where the gateway has already dropped the connection
            said.set()
    return script


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("form", FORMS)
def test_what_nobody_asked_for_reaches_nobody(many, form, tls):
    kinds = {**UNASKED, "a byte under TLS": (b"", under_tls)} if tls else UNASKED
    names, stream = list(kinds), form == "as a stream"
    gateway, servers = many(names, tls)

    def ask_in_turns(index):
        caller, found = KeptCaller(gateway, f"model-{index}"), []
        for moment, (pause, rounds) in MOMENTS.items():
            for number in range(rounds):
                said, text = threading.Event(), f"next, {moment} {number}"
                servers[index].script = says_unasked(form, *kinds[names[index]], pause, said)
                found.append(("first", *caller.ask("first", stream)))
                assert said.wait(DEADLINE)
                found.append((text, *caller.ask(text, stream)))
        return found

    answers = 0
    for name, found in zip(names, in_threads(len(names), ask_in_turns)):
        for text, status, body, headers in found:
            where = (name, text, status, body, headers["x-gatehouse-attempts"])
            assert status == 200 and text in body and "somebody" not in body, where
            assert headers["x-gatehouse-attempts"].endswith("/real 200"), where
        answers += len(found)
    told = gateway.log().count("bytes came on it that nobody had asked for")
    assert 0 < told < answers / 2, "there is a line of it, but not for each connection"
