"""The operators' listener: who may look and who may change, what guessing costs, and how each
endpoint reads its query."""
import http.client

import pytest

from harness import DEADLINE, ECHO, eventually

TOKENS = """
admin: { listen: 127.0.0.1:0, tokens: { admin: "${ADMIN}", viewer: "${VIEWER}" } }
""" + ECHO
ENV = {"ADMIN": "may-change-0123", "VIEWER": "may-look-4567"}
LOOKS = ["/metrics", "/admin/plugins", "/admin/generations", "/admin/limits", "/admin/prices",
         "/admin/usage"]
CHANGES = ["/admin/reload", "/admin/promote?policy=none"]


def asked(gateway, method, path, token=None, source=None, scheme="Bearer"):
    """The status and the body, asked from any of this machine's loopback addresses."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.admin_port, timeout=DEADLINE,
                                            source_address=(source, 0) if source else None)
    try:
        headers = {"authorization": f"{scheme} {token}"} if token else {}
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_a_viewer_looks_and_an_admin_changes(start_gateway):
    gateway = start_gateway(TOKENS, ENV)
    for path in LOOKS:
        assert asked(gateway, "GET", path)[0] == 401, path
        assert asked(gateway, "GET", path, ENV["VIEWER"])[0] == 200, path
        assert asked(gateway, "GET", path, ENV["ADMIN"])[0] == 200, path
    for path in CHANGES:
        assert asked(gateway, "POST", path)[0] == 401, path
        status, body = asked(gateway, "POST", path, ENV["VIEWER"])
        assert status == 403 and "admin.tokens.admin" in body, path
        assert asked(gateway, "POST", path, ENV["ADMIN"])[0] in (200, 422), path
    assert not any(token in gateway.log() for token in ENV.values())


def test_probes_and_the_page_need_no_token(start_gateway):
    gateway = start_gateway(TOKENS, ENV)
    for path in ("/healthz", "/readyz", "/"):
        assert asked(gateway, "GET", path)[0] == 200, path
        assert asked(gateway, "GET", path, "wrong")[0] == 200, path


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEARER"])
def test_the_scheme_is_read_in_any_case(start_gateway, scheme):
    gateway = start_gateway(TOKENS, ENV)
    assert asked(gateway, "GET", "/metrics", ENV["VIEWER"], scheme=scheme)[0] == 200


def test_guessing_is_logged_once_a_minute_and_soon_has_to_wait(start_gateway):
    gateway = start_gateway(TOKENS, ENV)
    statuses = [asked(gateway, "GET", "/metrics", f"guess-{i}", "127.0.0.2")[0] for i in range(60)]
    assert statuses[:10] == [401] * 10
    assert statuses.count(429) >= 30, statuses  # one a second is still looked at

    def admitted(source):
        return asked(gateway, "GET", "/metrics", ENV["ADMIN"], source)[0] == 200

    assert admitted("127.0.0.1")  # nobody else is hurt
    assert eventually(lambda: admitted("127.0.0.2"))
    lines = [line for line in gateway.log().splitlines() if "wrong token" in line]
    assert len(lines) <= 2 and "127.0.0.2" in lines[0]
    assert "guess-" not in gateway.log()


WRONG = {
    "a broken percent sign": "%zz",
    "half a percent sign": "a%4",
    "nothing": "",
    "a control character": "%00",
    "a line's end": "a%0d%0ab",
    "no UTF-8": "%ff%fe",
    "far too much": "x" * 6_000,
}
PARAMETERS = [
    ("GET", "/admin/usage", "since", "2027-01-01"),
    ("GET", "/admin/usage", "by", "client"),
    ("POST", "/admin/promote", "policy", "none"),
    ("POST", "/admin/reload", "retry", "1"),
]


@pytest.mark.parametrize("method, path, name, right", PARAMETERS)
def test_a_wrong_query_parameter_is_refused_by_name(start_gateway, method, path, name, right):
    gateway = start_gateway()
    wrong = {what: f"{name}={value}" for what, value in WRONG.items()}
    wrong["twice"] = f"{name}={right}&{name}={right}"
    if name == "retry":
        del wrong["nothing"]  # it stands alone
    for what, query in wrong.items():
        status, body = asked(gateway, method, f"{path}?{query}")
        assert status == 400 and f"'{name}'" in body, (what, status, body[:200])
    assert asked(gateway, method, f"{path}?{name}={right}")[0] in (200, 422)
    assert "unhandled" not in gateway.log()


def test_an_unknown_query_parameter_is_refused_everywhere(start_gateway):
    gateway = start_gateway()
    changes = [("POST", "/admin/reload"), ("POST", "/admin/promote")]
    for method, path in [("GET", path) for path in LOOKS] + changes:
        status, body = asked(gateway, method, path + "?nonsense=1")
        assert status == 400 and "'nonsense'" in body, (path, status, body)
        assert asked(gateway, method, path + "?%zz")[0] == 400, path
    generation = asked(gateway, "GET", "/admin/generations")[1]
    assert generation.count('"generation":') == 1, "a refused reload reloads nothing"


def test_a_path_that_is_no_text_is_refused(start_gateway):
    gateway = start_gateway()
    for model in ("%zz", "%00", "%ff"):
        answer = gateway.request("GET", "/v1/models/" + model)
        assert answer.status == 400, model
        assert "model in the path" in answer.json()["error"]["message"], model
