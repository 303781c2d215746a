"""A caller who keeps its connection, and with it the loop that serves it and the connections to
providers there."""
import http.client
import json

from harness import DEADLINE


class KeptCaller:
    def __init__(self, gateway, model="default-chat"):
        self.model = model
        self.connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=DEADLINE)

    def ask(self, text, stream=False):
        body = {"model": self.model, "messages": [{"role": "user", "content": text}],
                "stream": stream}
        self.connection.request("POST", "/v1/chat/completions", json.dumps(body),
                                {"x-client-id": "a", "content-type": "application/json"})
        response = self.connection.getresponse()
        return response.status, response.read().decode(), response.headers
