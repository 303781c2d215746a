"""Real clients with the fixtures of whole-server tests (tests/gateway, on PYTHONPATH)."""
pytest_plugins = ["gateway_fixtures"]


def pytest_addoption(parser):
    parser.addoption("--llama", action="store_true", help="also run against llama.cpp with SmolLM2")
