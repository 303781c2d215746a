"""Gateways where every token costs money, and what their books say was spent."""
import sqlite3


def priced(upstream, limits="", price="{ input: 1000000, output: 1000000 }"):
    """A dollar a token: the scripted answers cost 13 dollars whole and 11 streamed."""
    return f"""
providers: {{ real: {{ plugin: openai, base_url: "{upstream.url}" }} }}
models: {{ default-chat: {{ targets: [ {{ provider: real, model: m }} ], price: {price} }} }}
{limits}
"""


def ask(gateway, **fields):
    return gateway.chat("hi", max_tokens=4, **fields)


def spent(gateway, dimension, name="dev-local-1"):
    with sqlite3.connect(f"file:{gateway.folder}/var/gatehouse.db?mode=ro", uri=True,
                         timeout=10) as database:
        rows = database.execute("SELECT spent FROM balances WHERE dimension = ? AND name = ?",
                                (dimension, name)).fetchall()
    return rows[-1][0] if rows else None
