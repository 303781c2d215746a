"""Whole-server tests: real gateway processes, real sockets, a scripted upstream.

Every test that wants a gateway writes its configuration inline.
"""
pytest_plugins = ["gateway_fixtures", "failures", "redis_server"]
