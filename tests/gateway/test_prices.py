"""What a request is charged, by each kind of price: tiers, caches for an hour, per request."""
import json

from harness import eventually
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
