"""The dialects as callers that check every answer: order of events, shape, usage."""
import json

TOOL = {"name": "weather", "description": "Weather", "parameters": {"type": "object"}}


class Events:
    """A stream's named events."""
    def __init__(self, body):
        self.all = []
        for block in body.decode().split("\n\n"):
            lines = [line for line in block.split("\n") if not line.startswith(":")]
            if lines and lines[0].startswith("event: "):
                data = json.loads(lines[1].removeprefix("data: "))
                assert data["type"] == lines[0].removeprefix("event: ")
                self.all.append(data)


class Chat:
    """OpenAI's chat completions."""
    path = "/v1/chat/completions"

    def request(self, kind):
        body = {
            "messages": [{"role": "system", "content": "Be brief."},
                         {"role": "user", "content": "hi"}], "max_tokens": 100
        }
        return body | ({"tools": [{"type": "function", "function": TOOL}]}
                       if kind == "tools" else {})

    def reduce(self, answer, streamed):
        if not streamed:
            choice = answer.json()["choices"][0]
            message, usage = choice["message"], answer.json()["usage"]
            calls = [(c["id"], c["function"]["name"], c["function"]["arguments"])
                     for c in message.get("tool_calls") or []]
            return (message["content"] or "", calls, choice["finish_reason"],
                    usage["prompt_tokens"], usage["completion_tokens"])
        *events, done = answer.events()
        assert done == "[DONE]"
        text, calls, finish, usage = "", {}, None, None
        for piece in map(json.loads, events):
            usage = piece.get("usage") or usage
            for choice in piece["choices"]:
                text += choice["delta"].get("content") or ""
                finish = choice["finish_reason"] or finish
                for call in choice["delta"].get("tool_calls") or []:
                    so_far = calls.setdefault(
                        call["index"], [call.get("id"), call["function"].get("name"), ""])
                    so_far[2] += call["function"]["arguments"]
        return text, [tuple(c) for c in calls.values()
                      ], finish, usage["prompt_tokens"], usage["completion_tokens"]

    stream = {"stream": True, "stream_options": {"include_usage": True}}
    finish = {"text": "stop", "tools": "tool_calls", "cut": "length"}

    def broken(self, answer):
        error = json.loads(answer.events()[-1])["error"]
        return error["type"] == "server_error" and set(error) == {
            "message", "type", "param", "code"
        }


class Messages:
    """Anthropic's messages. Checks the order of a stream's events as its SDKs do."""
    path = "/v1/messages"
    stream = {"stream": True}
    finish = {"text": "end_turn", "tools": "tool_use", "cut": "max_tokens"}

    def request(self, kind):
        body = {
            "system": "Be brief.",
            "messages": [{"role": "user", "content": [{"type": "text",
                                                       "text": "hi"}]}], "max_tokens": 100
        }
        tool = {"name": "weather", "description": "Weather", "input_schema": {"type": "object"}}
        return body | ({"tools": [tool]} if kind == "tools" else {})

    def message(self, answer, streamed):
        if not streamed:
            return answer.json()
        message, open_index, ended = None, None, False
        for event in Events(answer.body).all:
            kind = event["type"]
            assert not ended
            if kind == "message_start":
                assert message is None
                message = event["message"]
                assert message["content"] == []
            elif kind == "content_block_start":
                assert open_index is None and event["index"] == len(message["content"])
                open_index = event["index"]
                message["content"].append(event["content_block"] | (
                    {"json": ""} if "input" in event["content_block"] else {}))
            elif kind == "content_block_delta":
                assert event["index"] == open_index
                block, delta = message["content"][open_index], event["delta"]
                key, value = {
                    "text_delta": "text", "input_json_delta": "partial_json",
                    "thinking_delta": "thinking", "signature_delta": "signature"
                }[delta["type"]], None
                value = delta[key]
                block["json" if key == "partial_json" else key] += value
            elif kind == "content_block_stop":
                assert event["index"] == open_index
                open_index = None
            elif kind == "message_delta":
                assert open_index is None
                message |= event["delta"]
                message["usage"] |= event["usage"]
            elif kind == "message_stop":
                ended = True
        assert ended
        for block in message["content"]:
            if "json" in block:
                block["input"] = json.loads(block.pop("json"))
        return message

    def reduce(self, answer, streamed):
        message = self.message(answer, streamed)
        assert message["type"] == "message" and message["role"] == "assistant"
        text = "".join(b["text"] for b in message["content"] if b["type"] == "text")
        calls = [(b["id"], b["name"], json.dumps(b["input"], separators=(",", ":")))
                 for b in message["content"] if b["type"] == "tool_use"]
        usage = message["usage"]
        total = (usage["input_tokens"] + usage["cache_read_input_tokens"]
                 + usage["cache_creation_input_tokens"])
        return text, calls, message["stop_reason"], total, usage["output_tokens"]

    def broken(self, answer):
        last = Events(answer.body).all[-1]
        return last["type"] == "error" and last["error"]["type"] in ("api_error", "timeout_error",
                                                                     "overloaded_error")


class Responses:
    """OpenAI's responses. Checks the order of a stream's events as its SDKs do."""
    path = "/v1/responses"
    stream = {"stream": True}
    finish = {"text": "completed", "tools": "completed", "cut": "incomplete"}

    def request(self, kind):
        body = {"instructions": "Be brief.", "input": "hi", "max_output_tokens": 100}
        return body | ({"tools": [{"type": "function", **TOOL}]} if kind == "tools" else {})

    def response(self, answer, streamed):
        if not streamed:
            return answer.json()
        items, final = [], None
        for number, event in enumerate(Events(answer.body).all):
            assert event["sequence_number"] == number and final is None
            kind = event["type"]
            if kind in ("response.completed", "response.incomplete"):
                final = event["response"]
            elif kind == "response.output_item.added":
                assert event["output_index"] == len(items)
                items.append({"item": event["item"], "text": "", "done": False})
            elif "output_index" in event:
                entry = items[event["output_index"]]
                assert event["output_index"] == len(items) - 1 and not entry["done"]
                assert event.get("item_id", entry["item"]["id"]) == entry["item"]["id"]
                if kind.endswith(".delta"):
                    entry["text"] += event["delta"]
                if kind in ("response.output_text.done", "response.function_call_arguments.done"):
                    assert entry["text"] == event.get("text", event.get("arguments"))
                if kind == "response.output_item.done":
                    entry["done"], entry["item"] = True, event["item"]
        assert final["output"] == [entry["item"] for entry in items] and all(entry["done"]
                                                                             for entry in items)
        return final

    def reduce(self, answer, streamed):
        response = self.response(answer, streamed)
        assert response["object"] == "response" and response["id"].startswith("resp_")
        text = "".join(part["text"] for item in response["output"] if item["type"] == "message"
                       for part in item["content"])
        calls = [(i["call_id"], i["name"], i["arguments"])
                 for i in response["output"]
                 if i["type"] == "function_call"]
        usage = response["usage"]
        assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
        return text, calls, response["status"], usage["input_tokens"], usage["output_tokens"]

    def broken(self, answer):
        events = Events(answer.body).all
        assert [event["sequence_number"] for event in events] == list(range(len(events)))
        last = events[-1]
        response = last["response"]
        return (last["type"] == "response.failed" and response["status"] == "failed"
                and response["error"])


DIALECTS = [Chat(), Messages(), Responses()]


def names(thing):
    """What a case is called after a provider or a dialect."""
    if hasattr(thing, "plugin"):
        return thing.plugin
    return type(thing).__name__ if hasattr(thing, "path") else str(thing)


def gateway_to(start_gateway, upstream, provider, more=""):
    return start_gateway(
        f"providers: {{ remote: {{ plugin: {provider.plugin}, base_url: \"{upstream.url}\", "
        "api_key: sk-upstream } }\n"
        "models: { default-chat: { targets: [ { provider: remote, model: real } ] } }\n" + more)
