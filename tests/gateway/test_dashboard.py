"""The operators' page at /: how it is served, that what it asks for is there, and that it shows no
foreign HTML."""
import base64
import hashlib
import re

from harness import ECHO, eventually


def test_the_page_is_served_with_a_strict_policy(start_gateway):
    page = start_gateway().admin("/")
    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(part.strip().split(" ", 1)
                  for part in page.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == "'self'"
    for tag in ("script", "style"):  # only what is in the page itself, by its hash
        content = re.search(f"<{tag}>(.*)</{tag}>", page.body.decode(), re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert policy[f"{tag}-src"] == f"'sha256-{digest}'"


def test_it_needs_nothing_from_elsewhere(start_gateway):
    text = start_gateway().admin("/").body.decode()
    assert not re.search(r"https?://", text)
    assert not re.search(r"\b(src|href)=\"(?!data:)", text)
    assert not re.search(r"\bstyle=|\bon\w+=\"", text)  # the policy would not let them pass
    assert "innerHTML" not in text


def test_every_endpoint_it_asks_is_there(start_gateway):
    gateway = start_gateway()
    gateway.chat()
    paths = set(re.findall(r"\"(/(?:admin/|metrics)[^\"]*)\"", gateway.admin("/").body.decode()))
    assert {path.split("?")[0] for path in paths} == {
        "/metrics", "/admin/plugins", "/admin/generations", "/admin/limits", "/admin/usage"}
    for path in paths:
        assert gateway.admin(path).status == 200, path


def test_every_field_it_shows_is_there(start_gateway):
    gateway = start_gateway(
        "limits: [ { per: client, requests_per_minute: 60 } ]\n"
        "policies: [ { plugin: require_client } ]\n"
        "log_sinks: [ { plugin: stdout } ]\n" + ECHO)
    gateway.chat()
    plugin = gateway.admin("/admin/plugins").json()["plugins"][0]
    assert {
        "kind", "name", "version", "sha256", "file", "calls", "errors", "denied", "p50_us", "p99_us"
    } <= set(plugin)
    generations = gateway.admin("/admin/generations").json()
    assert set(generations) >= {"generations", "rollbacks", "residents"}
    assert set(
        generations["generations"][0]) >= {"generation", "since_unix_ms", "current", "in_flight"}
    limit = gateway.admin("/admin/limits").json()["limits"][0]
    assert set(limit) >= {"per", "limit", "spent"} and set(
        limit["spent"][0]) >= {"name", "spent", "of"}
    assert set(gateway.admin("/admin/usage?by=client,model").json()) >= {"since", "usage"}
    eventually(lambda: b"gatehouse_requests_total" in gateway.admin("/metrics").body
               )  # counted once the answer has left
    metrics = gateway.admin("/metrics").body.decode()
    script = gateway.admin("/").body.decode()
    for name in set(re.findall(r"\"(gatehouse_[a-z_]+)\"", script)):
        assert re.search(rf"^# TYPE {name} ", metrics, re.MULTILINE), name


def test_the_page_needs_no_token_and_the_figures_do(start_gateway):
    gateway = start_gateway('admin: { listen: 127.0.0.1:0, token: "${TOKEN}" }\n' + ECHO,
                            {"TOKEN": "s3cret"})
    page = gateway.admin("/")
    assert page.status == 200 and b"s3cret" not in page.body
    for path in ("/metrics", "/admin/plugins", "/admin/usage", "/nothing"):
        assert gateway.admin(path).status == 401
    assert gateway.request("POST", "/", port=gateway.admin_port).status == 405
    assert gateway.request("GET", "/").status == 404  # callers see no dashboard
