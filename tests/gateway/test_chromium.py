"""What pages in a real Chromium can do with a gateway on the same machine: by default nothing."""
import json

import pytest

import chromium
from harness import BUILD

CHAT = json.dumps({"client_id": "page", "model": "default-chat",
                   "messages": [{"role": "user", "content": "hi"}]})
# "arrived": an answer came that the page may not read, and not that nobody was there.
TRY_ALL = """
  const callers = "http://%s", operators = "http://%s", chat = '%s';
  const post = (body, headers = {}) => ({method: "POST", body, headers});
  const wanted = {
    reload: [operators + "/admin/reload", post()],
    promote: [operators + "/admin/promote?policy=model_access", post()],
    usage: [operators + "/admin/usage"], plugins: [operators + "/admin/plugins"],
    metrics: [operators + "/metrics"], dashboard: [operators + "/"],
    health: [callers + "/healthz"], models: [callers + "/v1/models"],
    chat: [callers + "/v1/chat", post(chat)],
    json: [callers + "/v1/chat", post(chat, {"content-type": "application/json"})],
    form: [callers + "/v1/chat", post(new URLSearchParams({a: chat}))],
    kindless: [callers + "/v1/chat", post(new Blob([chat]))],
  };
  const arrived = {}, read = {};
  for (const [name, [address, how]] of Object.entries(wanted)) {
    const blind = {...how, mode: "no-cors"};
    arrived[name] = await attempt(async () => (await fetch(address, blind)).type);
    read[name] = await attempt(async () => (await fetch(address, how)).status);
  }
  return {arrived, read};
"""
CALLERS = ("health", "models", "chat", "json", "form", "kindless")  # the others are operators'
UNREADABLE = "TypeError: Failed to fetch"


@pytest.fixture
def house(start_gateway, upstream):
    """A gateway with a policy's shadow, which a page could make the live one."""
    def start(origins=""):
        return start_gateway(f"""
server: {{ listen: 127.0.0.1:0, cors: {{ origins: [{origins}] }} }}
providers: {{ up: {{ plugin: openai, base_url: "{upstream.url}", api_key: k }} }}
models: {{ default-chat: {{ targets: [ {{ provider: up, model: real }} ] }} }}
policies: [ {{ plugin: model_access, shadow: {BUILD}/plugins/model_access.so }} ]
log_sinks: [ {{ plugin: jsonl, config: {{ path: requests.jsonl }} }} ]
""")
    return start


def state(gateway):
    """What a stranger could have changed: generations, shadows, and what was spent."""
    plugins = gateway.admin("/admin/plugins").json()["plugins"]
    generations = gateway.admin("/admin/generations").json()["generations"]
    return ([(one["generation"], one["current"]) for one in generations],
            [(plugin["kind"], plugin["name"], plugin["calls"]) for plugin in plugins],
            gateway.admin("/admin/usage").json()["usage"],
            (gateway.folder / "requests.jsonl").read_bytes())


def untouched(gateway, upstream, before):
    return state(gateway) == before and upstream.requests == []


def script(gateway, name):
    return TRY_ALL % (f"{name}:{gateway.port}", f"{name}:{gateway.admin_port}", CHAT)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_foreign_page_changes_nothing_and_reads_nothing(house, upstream, tmp_path, name):
    gateway = house()
    before = state(gateway)
    found = chromium.visit(tmp_path, "page.example", script(gateway, name))
    assert set(found["arrived"].values()) == {"opaque"}, found
    assert set(found["read"].values()) == {UNREADABLE}, found
    assert untouched(gateway, upstream, before)


def test_a_page_whose_name_was_led_to_the_gateway_reads_nothing(house, upstream, tmp_path):
    gateway = house()
    before = state(gateway)
    leads = {f"rebound.example:{port}": port for port in (gateway.port, gateway.admin_port)}
    for site, port in leads.items():
        found = chromium.visit(tmp_path, site, script(gateway, "rebound.example"), leads)
        for name, status in found["read"].items():
            its_own = (name in CALLERS) == (port == gateway.port)
            assert status == (403 if its_own else UNREADABLE), (site, name, found)
    assert untouched(gateway, upstream, before)


LISTED = """
  const ask = body => fetch("http://127.0.0.1:%d/v1/chat/completions", {
    method: "POST", body: JSON.stringify({...JSON.parse('%s'), ...body}),
    headers: {"content-type": "application/json", "authorization": "Bearer x",
              "x-client-id": "page", "x-stainless-lang": "js"}});
  const told = async answer =>
    [answer.status, !!answer.headers.get("x-request-id"), await answer.text()];
  const reload = () => fetch("http://127.0.0.1:%d/admin/reload", {method: "POST"});
  return {whole: await told(await ask({})), stream: await told(await ask({stream: true})),
          wrong: await told(await ask({model: "none"})), reload: await attempt(reload)};
"""


def test_a_listed_page_chats_and_still_operates_nothing(house, tmp_path):
    gateway = house(origins="http://app.example")
    found = chromium.visit(tmp_path, "app.example",
                           LISTED % (gateway.port, CHAT, gateway.admin_port))
    assert found["whole"][:2] == [200, True] and "Hello from upstream" in found["whole"][2]
    assert found["stream"][:2] == [200, True] and "[DONE]" in found["stream"][2]
    assert found["wrong"][:2] == [404, True]
    assert found["reload"] == UNREADABLE
    assert len(gateway.admin("/admin/generations").json()["generations"]) == 1


def test_the_operators_own_page_works(house, tmp_path):
    gateway = house()
    assert gateway.chat().status == 200
    page = chromium.text_of(tmp_path, f"http://127.0.0.1:{gateway.admin_port}/")
    assert "model_access" in page and "dev-local-1" in page, page
