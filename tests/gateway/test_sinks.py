"""Log records in their three sinks: all of them, once each, whatever happens to the process."""
import json
import sqlite3
import threading
import time

from harness import DEADLINE, ECHO, eventually, in_threads, records

THREE = ECHO + """
log_sinks:
  - { plugin: stdout }
  - { plugin: jsonl, config: { path: requests.jsonl } }
  - { plugin: sqlite, config: { path: requests.db } }
"""

FIELDS = {
    "ts", "id", "request_id", "trace_id", "client_id", "key_id", "remote_addr", "method", "route",
    "dialect", "model_requested", "model_served", "provider", "stream", "status", "upstream_status",
    "error_type", "finish_reason", "attempts", "in_tokens", "out_tokens", "cached_tokens",
    "reserved_tokens", "estimate_method", "bytes_in", "bytes_out", "policy_ms", "connect_ms",
    "ttft_ms", "total_ms", "chunks", "client_disconnected", "policy_decisions", "generation"
}


def ids_in_database(folder):
    with sqlite3.connect(f"file:{folder}/requests.db?mode=ro", uri=True) as database:
        return [row[0] for row in database.execute("select id from exchanges")]


def test_every_exchange_is_in_all_three(start_gateway):
    gateway = start_gateway(THREE)
    answers = in_threads(20,
                         lambda i: [gateway.chat(f"text {i}", stream=i % 2 == 0) for _ in range(5)])
    gateway.request("POST", "/v1/chat", b"{broken")
    assert sum(len(some) for some in answers) == 100
    assert gateway.stop() == 0
    lines = records(gateway, 101)
    ids = [line["id"] for line in lines]
    assert len(ids) == len(set(ids)) == 101
    assert sorted(ids_in_database(gateway.folder)) == sorted(ids)
    printed = [json.loads(line)["id"] for line in gateway.out_path.read_text().splitlines()]
    assert sorted(printed) == sorted(ids)
    assert all(FIELDS <= set(line) for line in lines)
    broken = [line for line in lines if line["status"] == 400]
    assert len(broken) == 1 and broken[0]["error_type"] == "invalid_request_error"


def test_trace_context_is_taken_and_passed_on(start_gateway, upstream):
    gateway = start_gateway(f"""
providers: {{ real: {{ plugin: openai, base_url: "{upstream.url}" }} }}
models: {{ default-chat: {{ targets: [ {{ provider: real, model: m }} ] }} }}
log_sinks: [ {{ plugin: jsonl, config: {{ path: requests.jsonl }} }} ]
""")
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    gateway.chat(headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    gateway.chat(headers={"traceparent": "00-" + "0" * 32 + "-00f067aa0ba902b7-01"})
    traces = [record["trace_id"]
              for record in records(gateway, 2)]  # two connections: in either order
    assert traces.count(trace) == 1 and "0" * 32 not in traces
    sent = upstream.requests[0].headers["traceparent"]
    assert sent.startswith(f"00-{trace}-") and "00f067aa0ba902b7" not in sent


def test_ids_a_caller_may_not_have(start_gateway):
    gateway = start_gateway(THREE)
    given = gateway.chat(headers={"x-request-id": "mine.1-2_3"})
    assert given.headers["x-request-id"] == given.headers["request-id"] == "mine.1-2_3"
    for bad in ("a b", "x" * 129, '"quote"'):
        assert gateway.chat(
            headers={"x-request-id": bad}).headers["x-request-id"].startswith("gw-req-")
    ids = [record["request_id"] for record in records(gateway, 4)]
    assert sum(id == "mine.1-2_3"
               for id in ids) == 1 and sum(id.startswith("gw-req-") for id in ids) == 3


def test_kill_9_loses_nothing_that_was_acknowledged(start_gateway):
    """Acknowledged: in the sink. The queue's 20 ms before that are the stated loss."""
    gateway = start_gateway(THREE)
    stop = threading.Event()

    def load():
        while not stop.is_set():
            try:
                gateway.chat()
            except OSError:
                return

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        written = written_by(gateway)
        if min(written.values()) >= 200:
            break
    gateway.process.kill()
    gateway.process.wait()
    stop.set()
    for thread in threads:
        thread.join()
    in_file = [
        json.loads(line)["id"]
        for line in (gateway.folder / "requests.jsonl").read_text().splitlines()
    ]
    assert len(in_file) == len(set(in_file)) >= written["jsonl"]
    in_database = ids_in_database(gateway.folder)
    assert len(in_database) == len(set(in_database)) >= written["sqlite"]


def written_by(gateway):
    sinks = json.loads(gateway.admin("/admin/plugins").body)["log_sinks"]
    return {sink["name"]: sink["written"] for sink in sinks}


def settled(read):
    """A count once it stands still: an answer is sent a moment before its record is queued."""
    seen = [read()]
    while len(seen) < 4 or len(set(seen[-4:])) > 1:
        time.sleep(0.05)
        seen.append(read())
    return seen[-1]


FULL_AT = 20_000  # bytes; a dozen records


def test_a_full_disk_with_refuse_lets_nothing_go_unrecorded(start_gateway):
    gateway = start_gateway(
        ECHO + """
log_sinks:
  - { plugin: jsonl, config: { path: requests.jsonl },
      queue: { max_records: 5, on_full: refuse } }
""", file_limit=FULL_AT)
    statuses = [gateway.chat().status for _ in range(700)]
    served = statuses.count(200)
    assert statuses[0] == 200 and statuses[-1] == 503
    refused = gateway.chat()
    assert refused.json()["error"]["code"] == "audit_unavailable" and refused.headers["retry-after"]
    unready = gateway.request("GET", "/readyz")
    assert unready.status == 503 and unready.json() == {"status": "audit_unavailable"}
    assert gateway.request("GET", "/healthz").status == 200
    gateway.lift_file_limit()
    end = time.monotonic() + DEADLINE
    while gateway.chat().status != 200:
        assert time.monotonic() < end
        time.sleep(0.1)
    assert eventually(lambda: gateway.request("GET", "/readyz").status == 200)
    assert gateway.stop() == 0
    lines = records(gateway, served + 1)
    ids = [line["id"] for line in lines]
    assert len(ids) == len(
        set(ids)) == served + 1  # each that was served, once; a refused one did not happen


def test_a_full_disk_with_drop_oldest_keeps_serving(start_gateway):
    gateway = start_gateway(ECHO + """
log_sinks: [ { plugin: jsonl, config: { path: requests.jsonl }, queue: { max_records: 5 } } ]
""", file_limit=FULL_AT)
    assert {gateway.chat().status for _ in range(700)} == {200}
    dropped = settled(
        lambda: json.loads(gateway.admin("/admin/plugins").body)["log_sinks"][0]["dropped"])
    assert dropped > 0
    metrics = gateway.admin("/metrics").body.decode()
    assert f'gatehouse_log_records_total{{sink="jsonl",result="dropped"}} {dropped}' in metrics
    gateway.lift_file_limit()
    assert gateway.stop() == 0
    lines = (gateway.folder / "requests.jsonl").read_text().splitlines()
    assert len({json.loads(line)["id"] for line in lines}) == len(lines) == 700 - dropped
