"""What a request is charged, by each kind of price: tiers, caches for an hour, per request, a price file."""
import json
import subprocess

from harness import BINARY, eventually
from providers import Anthropic
from spending import priced, spent
from upstream import completion, respond

BUDGET = "limits: [ { per: client, dollars_per_day: 100000 } ]"
NANO = 1_000_000_000


def answer_with(usage):
    return lambda request, connection: respond(connection, 200, completion(usage=usage))


def test_what_is_cached_for_an_hour_is_charged_apart(start_gateway, upstream):
    usage = {
        "input_tokens": 10, "cache_read_input_tokens": 20, "cache_creation_input_tokens": 300,
        "cache_creation": {"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 100},
        "output_tokens": 5
    }
    anthropic = Anthropic()
    anthropic.usage = usage
    upstream.script = lambda request, connection: respond(
        connection, 200, json.dumps(anthropic.whole("text")).encode())
    price = "{ input: 3, output: 15, cached: 0.3, cache_write: 3.75, cache_write_1h: 6 }"
    sink = "log_sinks: [ { plugin: stdout } ]\n"
    gateway = start_gateway(priced(upstream, BUDGET, price).replace("openai", "anthropic") + "\n" + sink)
    assert gateway.chat("hi", max_tokens=100).status == 200
    # Dollars per million are micro-dollars per token.
    wanted = (10 * 3 + 20 * 0.3 + 200 * 3.75 + 100 * 6 + 5 * 15) * 1000
    assert eventually(lambda: spent(gateway, "dollars_per_day") == round(wanted))
    assert gateway.stop() == 0
    record = json.loads(gateway.out_path.read_text().splitlines()[0])
    assert (record["cache_write_tokens"], record["cache_write_1h_tokens"]) == (300, 100)
    assert "audio_in_tokens" not in record


def test_all_tokens_of_a_long_prompt_cost_its_tier(start_gateway, upstream):
    price = ("{ input: 1, output: 2, cached: 0.5, per_request: 0.01, "
             "tiers: [ { above: 1000, input: 3, output: 5 }, { above: 2000, input: 4 } ] }")
    gateway = start_gateway(priced(upstream, BUDGET, price))
    charged = 0
    for prompt, wanted in ((1000, 700 * 1 + 300 * 0.5 + 10 * 2),
                           (1001, 701 * 3 + 300 * 0.5 + 10 * 5),
                           (2001, 1701 * 4 + 300 * 0.5 + 10 * 5)):
        upstream.script = answer_with({
            "prompt_tokens": prompt, "completion_tokens": 10, "total_tokens": prompt + 10,
            "prompt_tokens_details": {"cached_tokens": 300}
        })
        assert gateway.chat("x" * 4 * prompt, max_tokens=20).status == 200
        charged += round(wanted * 1000) + NANO // 100
        assert eventually(lambda: spent(gateway, "dollars_per_day") == charged), (
            prompt, spent(gateway, "dollars_per_day"), charged)


def test_sound_is_charged_apart_on_both_ways(start_gateway, upstream):
    upstream.script = answer_with({
        "prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13,
        "prompt_tokens_details": {"audio_tokens": 6, "cached_tokens": 0},
        "completion_tokens_details": {"audio_tokens": 3, "text_tokens": 1}
    })
    gateway = start_gateway(
        priced(upstream, BUDGET, "{ input: 1, output: 2, audio_input: 40, audio_output: 80 }"))
    assert gateway.chat("hi", max_tokens=4).status == 200
    assert eventually(
        lambda: spent(gateway, "dollars_per_day") == (3 * 1 + 6 * 40 + 1 * 2 + 3 * 80) * 1000)


def test_the_metrics_add_up_what_was_spent(start_gateway, upstream):
    gateway = start_gateway(priced(upstream, BUDGET, "{ input: 3, output: 15, per_request: 0.25 }"))
    upstream.script = answer_with({"prompt_tokens": 1000, "completion_tokens": 20, "total_tokens": 1020})
    assert [gateway.chat("x" * 4000, max_tokens=20).status for _ in range(3)] == [200] * 3
    wanted = 3 * (NANO // 4 + 1000 * 3 * 1000 + 20 * 15 * 1000)
    assert eventually(lambda: spent(gateway, "dollars_per_day") == wanted)
    shown = [float(line.split()[-1]) for line in gateway.admin("/metrics").body.decode().splitlines()
             if line.startswith("gatehouse_dollars_total")]
    assert round(sum(shown) * NANO) == wanted, shown


def prices(**models):
    return json.dumps({
        name.replace("__", "/"): {
            "input_cost_per_token": given, "output_cost_per_token": made, "max_output_tokens": 50
        }
        for name, (given, made) in models.items()
    })


def test_a_price_file_is_read_shown_and_read_again(start_gateway, upstream, tmp_path):
    file = tmp_path / "litellm.json"
    file.write_text(prices(m=(1e-06, 2e-06), openai__m=(0.5, 1)))
    file.chmod(0o600)
    yaml = priced(upstream, BUDGET + f"\nprices: {file}").replace(
        ", price: { input: 1000000, output: 1000000 }", "")
    gateway = start_gateway(yaml)
    upstream.script = answer_with({"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13})
    assert gateway.chat("hi").status == 200
    assert json.loads(upstream.requests[-1].body)["max_tokens"] == 50
    first = 9 * NANO // 2 + 4 * NANO  # the plugin's name goes before the model's
    assert eventually(lambda: spent(gateway, "dollars_per_day") == first)
    shown = gateway.admin("/admin/prices").json()
    assert shown["file"]["path"] == str(file) and shown["file"]["models"] == 2
    assert shown["file"]["modified"].endswith("Z")
    [model] = shown["models"]
    assert (model["model"], model["max_output"]) == ("default-chat", 50)
    [target] = model["targets"]
    assert (target["provider"], target["model"], target["from"]) == ("real", "m", "prices: openai/m")
    assert (target["price"]["input"], target["price"]["audio_output"]) == (500000, 1000000)
    said = f"the prices of 2 models, from {file} of "
    assert said in gateway.log()
    check = subprocess.run([BINARY, "check", "--config", gateway.config], cwd=gateway.folder,
                           capture_output=True, text=True, check=True)
    assert said in check.stdout

    file.write_text(prices(m=(1e-06, 2e-06)))
    assert gateway.request("POST", "/admin/reload", port=gateway.admin_port).status == 200
    assert gateway.chat("hi").status == 200
    assert eventually(lambda: spent(gateway, "dollars_per_day") == first + 9 * 1000 + 4 * 2000)

    file.write_text(prices(another=(1e-06, 2e-06)))
    refused = gateway.request("POST", "/admin/reload", port=gateway.admin_port)
    assert refused.status == 422
    assert f'{file} has no price for tokens of "real/m", "openai/m", "m"' in refused.json()["error"]["message"]


def test_a_model_without_a_price_says_so(start_gateway, upstream):
    gateway = start_gateway(f"""
providers: {{ real: {{ plugin: openai, base_url: "{upstream.url}" }} }}
models:
  a: {{ targets: [ {{ provider: real, model: m }}, {{ provider: real, model: n, price: free }} ] }}
  b: {{ targets: [ {{ provider: real, model: m }} ], price: {{ input: 1, output: 2 }} }}
""")
    shown = gateway.admin("/admin/prices").json()
    assert shown["file"] is None
    a, b = shown["models"]
    assert [(one["from"], one["price"] is None) for one in a["targets"] + b["targets"]] == [
        (None, True), ("target", False), ("model", False)]
