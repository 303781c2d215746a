"""Holds what callers were told against what the provider did, and records, books and budgets
against each other."""
import collections
import json

from harness import eventually

TOKENS_PER_DOLLAR = 1000
PRICE = "{ input: 1000, output: 1000 }"  # for a million tokens


def records_of(gateway):
    lines = (gateway.folder / "requests.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def wrong_answers(callers, provider):
    """A whole answer is heard if, and only if, the last that the provider did was one; and its
    usage is what was billed."""
    yield from (told for mark, told in callers.strange.items() if mark not in provider.muddled)
    for mark, heard in callers.heard.items():
        if mark in provider.muddled:
            continue
        asked = provider.asked.get(mark, [])
        told = f"{heard.where}; the provider: {[one.way.name for one in asked]}"
        if (heard.usage is not None) != bool(asked and asked[-1].way.complete):
            yield "not what the provider said: " + told
        elif heard.usage and asked[-1].usage and heard.usage != billed(asked[-1]):
            yield f"not what was billed, {billed(asked[-1])} but {heard.usage}: {told}"


def billed(asked):
    return asked.usage["prompt_tokens"], asked.usage["completion_tokens"]


def wrong_records(callers, records):
    """Who was answered has one record, which agrees on how it ended and what it cost."""
    by_mark = collections.defaultdict(list)
    for record in records:
        by_mark[record["request_id"]].append(record)
    for mark, heard in callers.heard.items():
        if len(by_mark[mark]) != 1:
            yield f"{len(by_mark[mark])} records of {heard.where}"
            continue
        (record, ) = by_mark[mark]
        tries = [(one.get("in_tokens", 0), one.get("out_tokens", 0)) for one in record.get("tries", [record])]
        spent = tries[-1]
        if tuple(map(sum, zip(*tries))) != (record["in_tokens"], record["out_tokens"]):
            yield f"a record whose tries cost {tries}, and together {record['in_tokens']}, {record['out_tokens']}: {heard.where}"
        if (record["error_type"] is None) != (heard.usage is not None):
            yield f"a record of {record['error_type']} for {heard.where}"
        elif heard.usage and heard.usage not in (spent, (None, None)):
            yield f"a record of {spent} for {heard.where}"


def books(gateway):
    """By client: requests, input and output tokens, and tokens by the money they cost."""
    lines = gateway.admin("/admin/usage?by=client").json()["usage"]
    return {line["client_id"]: (line["requests"], line["input_tokens"], line["output_tokens"],
                                round(line["dollars"] * TOKENS_PER_DOLLAR)) for line in lines}


def sums(records):
    total = collections.defaultdict(lambda: [0, 0, 0, 0])
    for record in records:
        spent = (1, record["in_tokens"], record["out_tokens"],
                 record["in_tokens"] + record["out_tokens"])
        if record["model_requested"]:
            total[record["client_id"]] = [a + b for a, b in zip(total[record["client_id"]], spent)]
    return {client: tuple(line) for client, line in total.items()}


def charged(gateway):
    """By client, the tokens that its month's budget was charged for."""
    (limit, ) = gateway.admin("/admin/limits").json()["limits"]
    return {one["name"]: round(one["spent"] * TOKENS_PER_DOLLAR) for one in limit["spent"]}


def wrong_books(gateway):
    """Once the last records and lines have come, all agree."""
    noted, budgets, expected = {}, {}, {}

    def agree():
        nonlocal noted, budgets, expected
        noted, budgets, expected = books(gateway), charged(gateway), sums(records_of(gateway))
        return noted == expected and budgets == {name: line[3] for name, line in expected.items()}

    if not eventually(agree):
        yield f"the books say {noted}, the budgets {budgets}, the records {expected}"
