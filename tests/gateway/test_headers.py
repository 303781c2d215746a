"""What of a caller's request reaches a provider besides the body: an allow-list of headers, and
nobody but that provider."""
import json

import pytest

from dialects import names
from providers import PROVIDERS
from upstream import Upstream, answer_with


SECRETS = {"authorization": "Bearer caller-key", "cookie": "session=caller-cookie"}
OTHERS = {
    "x-client-id": "a", "x-request-id": "caller-id-7", "x-forwarded-for": "10.1.2.3",
    "user-agent": "caller/1", "proxy-authorization": "Basic caller-proxy",
    "openai-organization": "org-caller", "anthropic-beta": "caller-beta", "x-stainless-lang": "js",
    "accept": "text/caller", "traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01",
    "tracestate": "caller=1", "baggage": "caller=1"
}
# Everything a provider may be sent: what its wire and HTTP need, and the trace.
ALLOWED = {
    "host", "content-type", "content-length", "accept", "user-agent", "connection",
    "accept-encoding", "traceparent"
}
KEYS = {
    "openai": {"authorization"}, "anthropic": {"x-api-key", "anthropic-version"},
    "gemini": {"x-goog-api-key"}, "ollama": {"authorization"}
}


@pytest.mark.parametrize("provider", PROVIDERS, ids=names)
def test_only_an_allow_list_of_headers_reaches_the_provider(remote, upstream, provider):
    upstream.script = answer_with(200, provider.whole("text"))
    gateway = remote(provider)
    assert gateway.chat(path="/v1/chat/completions", headers={**SECRETS, **OTHERS}).status == 200
    seen = upstream.requests[0].headers
    assert set(seen) <= ALLOWED | KEYS[provider.plugin], seen
    assert "caller" not in json.dumps(seen)
    assert seen["traceparent"].startswith("00-" + "a" * 32) and "b" * 16 not in seen["traceparent"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(remote, upstream, status):
    elsewhere = Upstream()
    try:
        upstream.script = answer_with(status, b"",
                                      headers=f"location: {elsewhere.url}/chat/completions\r\n")
        answer = remote().chat(path="/v1/chat/completions")
        assert answer.status == 502 and str(status) in answer.json()["error"]["message"]
        assert len(upstream.requests) == 1 and not elsewhere.requests
    finally:
        elsewhere.close()
