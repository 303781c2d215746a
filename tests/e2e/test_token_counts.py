"""Our token counts are those of gpt-tokenizer, whose rank files we read: for every kind of text
there is."""
import base64
import hashlib
import json
import os
import pathlib
import random
import subprocess

import pytest

E2E = pathlib.Path(os.environ["GATEHOUSE_E2E"])
ROOT = pathlib.Path(__file__).parent.parent.parent
RANKS = E2E / "node_modules/reference-tokenizer/data"
OVERHEAD = 4 + 3  # of one message, and of the answer's beginning


def noise():
    """Characters of every kind in any order; the same each time."""
    dice = random.Random(20261126)
    kinds = [
        "abcXYZ", "éßÆ", "дЖя", "東京のテ", "한국어", "ابجد", "हिन्दी", "🙂👩‍👩‍👧‍👦🇩🇪", "0123456789²½",
        " \t\n\r\u00a0\u3000", "'\"/-_.,:;!?", "\u0301ǅʰ"
    ]
    word = lambda: "".join(dice.choice(dice.choice(kinds)) for _ in range(dice.randint(1, 9)))
    return [" ".join(word() for _ in range(400)) for _ in range(25)]


def digits():
    return base64.b64encode(b"".join(hashlib.sha256(str(i).encode()).digest()
                                     for i in range(2000))).decode()


TEXTS = {
    "english": (ROOT / "README.md").read_text(),
    "code": "\n".join(file.read_text() for file in sorted((ROOT / "host/core").glob("*.cpp"))),
    "chinese and japanese": "我们的网关让每个调用者都公平。今日は、世界！東京都に住んでいます。" * 60,
    "emoji": "👩‍👩‍👧‍👦 family 🙂🙂🙂 🇩🇪🇫🇷 flags 👍🏽 thumbs ❤️‍🔥 " * 40,
    "base64": digits(),
    "json": json.dumps({"ids": list(range(3000)), "names": ["a b", "c\td"] * 300}, indent=1),
    "space": " " * 5000 + "x" + "\n" * 3000 + "\t\t\t \n \n  end " + "\r\n" * 999 + "  ",
    "contractions": "I'LL don't they'Re we've HE'S it'd I'm O'Brien 'tis rock'n'roll ",
    "special tokens": "<|endoftext|> <|im_start|>user<|im_end|> <|fim_prefix|>",
    "letters without end": "a" * 20_000,
    "capitals without end": "QX" * 5_000,
    **{f"noise {i}": text
       for i, text in enumerate(noise())},
}


@pytest.mark.parametrize("encoding", ["o200k_base", "cl100k_base"])
def test_our_counts_are_theirs(start_gateway, encoding):
    gateway = start_gateway(f"""
providers: {{ local: {{ plugin: echo }} }}
token_counts: {{ {encoding}: {RANKS}/{encoding}.tiktoken }}
models: {{ m: {{ targets: [ {{ provider: local, model: echo }} ], encoding: {encoding} }} }}
""")

    def ours(text):
        answer = gateway.request("POST", "/v1/messages/count_tokens",
                                 {"model": "m", "messages": [{"role": "user", "content": text}]})
        assert answer.status == 200, answer.body
        return answer.json()["input_tokens"] - OVERHEAD

    asked = subprocess.run(["node", E2E / "count.mjs", encoding], input=json.dumps(
        list(TEXTS.values())), text=True, capture_output=True, cwd=E2E, check=True)
    assert {name: ours(text)
            for name, text in TEXTS.items()} == dict(zip(TEXTS, json.loads(asked.stdout)))
    # Theirs would take half an hour for this one; eight of the letters are a token.
    assert ours("a" * 1_000_000) == 125_000
