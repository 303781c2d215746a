"""A scripted upstream in each provider's own wire: the same four answers in each, whole and
streamed.

text: reasoning where the wire has it, then "Hello wörld"; tools: two calls in parallel; cut:
stopped by the limit of tokens; thrice the usage is 20 in (8 of them cached where the wire says) and
5 out.
"""
import json

from upstream import begin_stream, end_stream, respond, send_piece


def sse(event, name=None):
    head = f"event: {name}\n" if name else ""
    return (head + "data: " + (event if isinstance(event, str) else json.dumps(event)) +
            "\n\n").encode()


TOOLS = [("call_1", "weather", '{"city":"Oslo"}'), ("call_2", "now", "{}")]


class OpenAi:
    plugin, path = "openai", "/v1/chat/completions"
    usage = {
        "prompt_tokens": 20, "completion_tokens": 5, "total_tokens": 25,
        "prompt_tokens_details": {"cached_tokens": 8}
    }
    finish = {"text": "stop", "tools": "tool_calls", "cut": "length"}

    def whole(self, kind):
        message = {"role": "assistant", "content": None if kind == "tools" else "Hello wörld"}
        if kind == "tools":
            message["tool_calls"] = [{
                "id": i, "type": "function", "function": {"name": n, "arguments": a}
            } for i, n, a in TOOLS]
        return {
            "id": "c", "object": "chat.completion", "created": 1, "model": "real",
            "choices": [{"index": 0, "message": message,
                         "finish_reason": self.finish[kind]}], "usage": self.usage
        }

    def pieces(self, kind):
        def chunk(delta, finish=None, **more):
            return sse({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "real",
                        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more})
        yield chunk({"role": "assistant", "content": ""})
        if kind == "tools":
            for index, (call, name, arguments) in enumerate(TOOLS):
                yield chunk({"tool_calls": [{"index": index, "id": call, "type": "function",
                                             "function": {"name": name, "arguments": ""}}]})
                yield chunk(
                    {"tool_calls": [{"index": index, "function": {"arguments": arguments}}]})
        else:
            yield chunk({"content": "Hello "})
            yield chunk({"content": "wörld"})
        yield chunk({}, self.finish[kind])
        yield sse({
            "id": "c", "object": "chat.completion.chunk", "created": 1, "model": "real",
            "choices": [], "usage": self.usage
        })
        yield sse("[DONE]")

    failure = (503, {"error": {"message": "busy", "code": None}})


class Anthropic:
    plugin, path = "anthropic", "/v1/messages"
    usage = {"input_tokens": 12, "cache_read_input_tokens": 8, "output_tokens": 5}
    finish = {"text": "end_turn", "tools": "tool_use", "cut": "max_tokens"}

    def blocks(self, kind):
        if kind == "tools":
            return [{"type": "tool_use", "id": i, "name": n, "input": json.loads(a)}
                    for i, n, a in TOOLS]
        return [{"type": "thinking", "thinking": "hm", "signature": "c2ln"},
                {"type": "text", "text": "Hello wörld"}]

    def whole(self, kind):
        return {
            "id": "m", "type": "message", "role": "assistant", "model": "real",
            "content": self.blocks(kind), "stop_reason": self.finish[kind], "stop_sequence": None,
            "usage": self.usage
        }

    def pieces(self, kind):
        def event(kind_of, **more):
            return sse({"type": kind_of, **more}, kind_of)

        yield event("message_start",
                    message={"id": "m", "content": [], "usage": {**self.usage, "output_tokens": 1}})
        for index, block in enumerate(self.blocks(kind)):
            empty = {
                k: "" if isinstance(v, str) and k not in ("type", "id", "name") else
                {} if k == "input" else v
                for k, v in block.items()
            }
            yield event("content_block_start", index=index, content_block=empty)
            deltas = {
                "text": [("text_delta", "text", "Hello "), ("text_delta", "text", "wörld")],
                "thinking": [("thinking_delta", "thinking", "hm"),
                             ("signature_delta", "signature", "c2ln")]
            }.get(block["type"]) or [("input_json_delta", "partial_json",
                                      json.dumps(block["input"], separators=(",", ":")))]
            for name, key, value in deltas:
                yield event("content_block_delta", index=index, delta={"type": name, key: value})
            yield event("content_block_stop", index=index)
        yield event("message_delta",
                    delta={"stop_reason": self.finish[kind],
                           "stop_sequence": None}, usage={"output_tokens": 5})
        yield event("message_stop")

    failure = (529, {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}})


class Gemini:
    plugin, path = "gemini", "/v1/models/real"
    usage = {
        "promptTokenCount": 20, "cachedContentTokenCount": 8, "candidatesTokenCount": 3,
        "thoughtsTokenCount": 2
    }
    finish = {"text": "STOP", "tools": "STOP", "cut": "MAX_TOKENS"}

    def parts(self, kind):
        if kind == "tools":
            return [{
                "functionCall": {"id": i, "name": n, "args": json.loads(a)},
                "thoughtSignature": "Z2Vt"
            } for i, n, a in TOOLS]
        return [{"text": "hm", "thought": True}, {"text": "Hello "}, {"text": "wörld"}]

    def answer(self, parts, kind=None):
        candidate = {"content": {"parts": parts, "role": "model"}, "index": 0}
        if kind:
            candidate["finishReason"] = self.finish[kind]
        return {"candidates": [candidate], "usageMetadata": self.usage}

    def whole(self, kind):
        return self.answer(self.parts(kind), kind)

    def pieces(self, kind):
        *first, last = self.parts(kind)
        for part in first:
            yield sse(self.answer([part]))
        yield sse(self.answer([last], kind))

    failure = (503, {"error": {"code": 503, "message": "busy", "status": "UNAVAILABLE"}})


class Ollama:
    plugin, path = "ollama", "/v1/api/chat"
    finish = {"text": "stop", "tools": "stop", "cut": "length"}

    def end(self, kind):
        return {
            "done": True, "done_reason": self.finish[kind], "prompt_eval_count": 20, "eval_count": 5
        }

    def calls(self):
        return [{"id": i, "function": {"name": n, "arguments": json.loads(a)}} for i, n, a in TOOLS]

    def whole(self, kind):
        message = {"role": "assistant", "content": "" if kind == "tools" else "Hello wörld"}
        message |= {"tool_calls": self.calls()} if kind == "tools" else {"thinking": "hm"}
        return {"model": "real", "message": message, **self.end(kind)}

    def pieces(self, kind):
        deltas = [{"content": "", "tool_calls": self.calls()}] if kind == "tools" else [
            {"content": "", "thinking": "hm"}, {"content": "Hello "}, {"content": "wörld"}]
        for delta in deltas:
            yield json.dumps({"message": {"role": "assistant", **delta}, "done": False
                              }).encode() + b"\n"
        yield json.dumps({"message": {"role": "assistant", "content": ""}, **self.end(kind)
                          }).encode() + b"\n"

    failure = (503, {"error": "busy"})


PROVIDERS = [OpenAi(), Anthropic(), Gemini(), Ollama()]


def is_streamed(request):
    return "streamGenerateContent" in request.path or (request.body
                                                       and ":generateContent" not in request.path
                                                       and request.json().get("stream", False))


def answer_as(provider, kind="text"):
    def script(request, connection):
        if not is_streamed(request):
            return respond(connection, 200, provider.whole(kind))
        begin_stream(connection)
        for piece in provider.pieces(kind):
            send_piece(connection, piece)
        end_stream(connection)
    return script


def up_to_a_word(provider):
    """The beginning of a stream, with the first word of its answer."""
    pieces = list(provider.pieces("text"))
    words = [index for index, piece in enumerate(pieces) if b"Hello " in piece]
    return pieces[:words[0] + 1]


def cut(provider):
    """A stream that ends, well-formed as HTTP, after its first word."""
    def script(request, connection):
        begin_stream(connection)
        for piece in up_to_a_word(provider):
            send_piece(connection, piece)
        end_stream(connection)
    return script
