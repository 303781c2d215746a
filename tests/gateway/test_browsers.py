"""What web pages can do with a gateway on their reader's machine: nothing, unless listed."""
import pytest

from harness import ECHO

APP = "https://app.example"
LISTED = ("server: { listen: 127.0.0.1:0, hosts: [gateway.example], "
          f"cors: {{ origins: [{APP}] }} }}\n" + ECHO)
CHAT = {"client_id": "page", "model": "default-chat",
        "messages": [{"role": "user", "content": "hi"}]}
# listener, method, path, body
ENDPOINTS = [
    ("callers", "POST", "/v1/chat", CHAT), ("callers", "POST", "/v1/chat/completions", CHAT),
    ("callers", "GET", "/v1/models", None), ("callers", "GET", "/healthz", None),
    ("callers", "GET", "/v1/no/such/path", None), ("operators", "GET", "/", None),
    ("operators", "GET", "/metrics", None), ("operators", "GET", "/admin/usage", None),
    ("operators", "POST", "/admin/reload", None), ("operators", "POST", "/admin/promote", None),
    ("operators", "GET", "/readyz", None),
]
OURS = ["127.0.0.1", "127.8.9.10", "localhost", "LOCALHOST", "localhost.", "[::1]",
        "127.0.0.1."]
OTHERS = [
    "page.example", "localhost.page.example", "127.0.0.1.page.example",
    "localhost-page", "gateway.example.page.example", "10.0.0.1", "[::2]", "0.0.0.0"
]


def ask(gateway, endpoint, headers):
    listener, method, path, body = endpoint
    port = gateway.port if listener == "callers" else gateway.admin_port
    fields = {"host": f"127.0.0.1:{port}", **headers}
    if body:
        fields.setdefault("content-type", "application/json")
    return gateway.request(method, path, body, fields, port)


def port_of(gateway, endpoint):
    return gateway.port if endpoint[0] == "callers" else gateway.admin_port


def refused(answer):
    return answer.status == 403 and answer.json()["error"]["message"] and (
        "access-control-allow-origin" not in answer.headers)


def test_every_endpoint_is_reached_by_our_names_only(start_gateway):
    gateway = start_gateway()
    for endpoint in ENDPOINTS:
        port = port_of(gateway, endpoint)
        for name in OURS:
            for host in (name, f"{name}:{port}"):
                assert ask(gateway, endpoint, {"host": host}).status != 403, (endpoint, host)
        for name in OTHERS:
            for host in (name, f"{name}:{port}"):
                assert refused(ask(gateway, endpoint, {"host": host})), (endpoint, host)


def test_pages_of_other_sites_are_refused_everywhere(start_gateway):
    gateway = start_gateway()
    for endpoint in ENDPOINTS:
        port = port_of(gateway, endpoint)
        foreign = [
            {"origin": "https://page.example"}, {"origin": "null"}, {"origin": "file://"},
            {"origin": f"http://127.0.0.1:{port + 1}"}, {"origin": f"http://localhost:{port}"},
            {"origin": f"ftp://127.0.0.1:{port}"}, {"origin": "http://127.0.0.1"}, {"origin": APP},
            {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
            {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
            {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate",
             "sec-fetch-dest": "iframe"},
        ]
        for headers in foreign:
            answer = ask(gateway, endpoint, headers)
            assert refused(answer), (endpoint, headers, answer.status)
        own = f"http://127.0.0.1:{port}"
        for headers in ({"origin": own}, {"origin": own, "sec-fetch-site": "same-origin"},
                        {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}):
            assert ask(gateway, endpoint, headers).status != 403, (endpoint, headers)


def test_a_link_to_a_page_may_be_followed_but_no_form_sent(start_gateway):
    gateway = start_gateway()
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate",
            "sec-fetch-dest": "document"}
    assert ask(gateway, ("operators", "GET", "/", None), link).status == 200
    assert refused(ask(gateway, ("operators", "POST", "/admin/reload", None), link))


@pytest.mark.parametrize("kind,marks,expected", [
    ("text/plain;charset=UTF-8", {}, 415), ("multipart/form-data; boundary=x", {}, 415),
    ("application/x-www-form-urlencoded", {}, 200), ("application/json; charset=utf-8", {}, 200),
    ("application/x-www-form-urlencoded", {"sec-fetch-site": "same-origin"}, 415),
    ("application/json", {"sec-fetch-site": "same-origin"}, 200),
])
def test_kinds_of_bodies_that_pages_send_unasked(start_gateway, kind, marks, expected):
    gateway = start_gateway()
    answer = ask(gateway, ENDPOINTS[0], {"content-type": kind, **marks})
    assert answer.status == expected


def test_names_that_are_listed_are_ours(start_gateway):
    gateway = start_gateway(LISTED)
    for host in ("gateway.example", "Gateway.Example.", f"gateway.example:{gateway.port}"):
        assert ask(gateway, ENDPOINTS[0], {"host": host}).status == 200
        assert ask(gateway, ("operators", "GET", "/metrics", None), {"host": host}).status == 200


@pytest.mark.parametrize("headers", [
    "authorization, content-type, x-stainless-lang, x-stainless-retry-count, openai-organization",
    "content-type, x-api-key, anthropic-version, anthropic-dangerous-direct-browser-access, "
    "x-stainless-os", "Content-Type,X-Client-Id"
])
def test_a_listed_page_may_ask_and_read(start_gateway, headers):
    gateway = start_gateway(LISTED)
    ours = {"host": f"127.0.0.1:{gateway.port}", "origin": APP, "sec-fetch-site": "cross-site",
            "sec-fetch-mode": "cors"}
    asked = {**ours, "access-control-request-method": "POST",
             "access-control-request-headers": headers}
    preflight = gateway.request("OPTIONS", "/v1/chat/completions", None, asked)
    assert preflight.status == 204 and preflight.headers["access-control-allow-origin"] == APP
    assert "POST" in preflight.headers["access-control-allow-methods"]
    allowed = preflight.headers["access-control-allow-headers"].split(", ")
    assert allowed == headers.lower().replace(" ", "").split(",")
    for change, status in (({}, 200), ({"stream": True}, 200), ({"model": "x"}, 404)):
        body = {**CHAT, **change}
        answer = ask(gateway, ("callers", "POST", "/v1/chat/completions", body), ours)
        assert answer.status == status
        assert answer.headers["access-control-allow-origin"] == APP
        assert "x-request-id" in answer.headers["access-control-expose-headers"]
        assert answer.headers["vary"] == "origin"


def test_a_listed_page_may_not_send_what_it_likes_nor_operate(start_gateway):
    gateway = start_gateway(LISTED)
    ours = {"origin": APP, "access-control-request-method": "POST",
            "access-control-request-headers": "cookie, x-forwarded-for, x-evil, authorization"}
    preflight = gateway.request("OPTIONS", "/v1/chat", None, ours)
    assert preflight.headers["access-control-allow-headers"] == "authorization"
    other = {**ours, "origin": "https://b.example"}
    assert refused(gateway.request("OPTIONS", "/v1/chat", None, other))
    for origin in (APP + ".evil.example", APP + ":444", "http://app.example", APP.upper()):
        assert refused(ask(gateway, ENDPOINTS[0], {"origin": origin})), origin
    assert refused(ask(gateway, ("operators", "GET", "/metrics", None), {"origin": APP}))
    assert refused(gateway.request("OPTIONS", "/admin/reload", None, ours, gateway.admin_port))
