"""What a provider may read as the prompt is counted, wherever in a request it stands."""
import pytest

from harness import ECHO

LONG = "word " * 500
USER = {"role": "user", "content": "hi"}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a":"%s"}' % LONG}}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "ok"}


def chat(*messages, **fields):
    return "/v1/chat/completions", {"messages": list(messages), **fields}


def part(**fields):
    return {"role": "user", "content": [{"type": "text", "text": "hi", **fields}]}


LONG_PROMPTS = {
    "content": chat({"role": "user", "content": LONG}),
    "arguments of a tool call": chat(
        USER, {"role": "assistant", "content": None, "tool_calls": [CALL]}, RESULT),
    "a message's name": chat({**USER, "name": LONG}),
    "a refusal": chat(USER, {"role": "assistant", "content": "", "refusal": LONG}, USER),
    "a prediction": chat(USER, prediction={"type": "content", "content": LONG}),
    "a part's unknown member": chat(part(caption=LONG)),
    "an unknown member within one": chat(part(more={"deep": [{"er": LONG}]})),
    "a file": chat({"role": "user", "content": [
        {"type": "file", "file": {"file_data": LONG}}]}),
    "sound": chat({"role": "user", "content": [
        {"type": "input_audio", "input_audio": {"data": LONG, "format": "mp3"}}]}),
    "system beside messages": chat(USER, system=LONG),
    "input beside messages": chat(USER, input=[LONG]),
    "prompt beside messages": chat(USER, prompt=LONG),
    "a message's unknown member": chat({**USER, "context": {"notes": LONG}}),
    "numbers": chat({**USER, "numbers": list(range(1_000))}),
    "tools": chat(USER, tools=[
        {"type": "function", "function": {"name": "f", "description": LONG}}]),
    "Anthropic's tool use": ("/v1/messages", {"max_tokens": 9, "messages": [
        USER, {"role": "assistant", "content": [
            {"type": "tool_use", "id": "c1", "name": "f", "input": {"a": LONG}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "ok"}]}]}),
    "Anthropic's system": ("/v1/messages", {"max_tokens": 9, "system": LONG, "messages": [USER]}),
    "a function call of Responses": ("/v1/responses", {"input": [
        {"role": "user", "content": "hi"},
        {"type": "function_call", "call_id": "c1", "name": "f", "arguments": '{"a":"%s"}' % LONG},
        {"type": "function_call_output", "call_id": "c1", "output": "ok"}]}),
}


@pytest.mark.parametrize("limit", ["max_tokens: 200", "max_characters: 500"])
def test_a_long_prompt_is_long_wherever_it_stands(start_gateway, limit):
    gateway = start_gateway(
        ECHO + f"policies: [ {{ plugin: prompt_size, config: {{ {limit} }} }} ]\n")
    for what, (path, fields) in LONG_PROMPTS.items():
        body = {"model": "default-chat", **fields}
        answer = gateway.request("POST", path, body, {"x-client-id": "c"})
        assert answer.status == 403, (what, answer.status, answer.body)
        assert b"prompt_too_large" in answer.body or b"The prompt has" in answer.body, what


def test_how_to_answer_is_no_part_of_the_prompt(start_gateway):
    gateway = start_gateway(
        ECHO + "policies: [ { plugin: prompt_size, config: { max_tokens: 60, max_characters: 60 } } ]\n")
    path, fields = chat(USER, metadata={f"k{i}": "v" * 64 for i in range(16)}, user="u" * 60,
                        stop=["x" * 30] * 4, temperature=0.5, service_tier="auto",
                        logit_bias={str(i): 1 for i in range(100)})
    assert gateway.request("POST", path, {"model": "default-chat", **fields},
                           {"x-client-id": "c"}).status == 200
