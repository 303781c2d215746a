"""The whole-server fixtures (tests/gateway, on PYTHONPATH) for real clients."""
import importlib.util
import pathlib

import pytest

_path = pathlib.Path(__file__).parent.parent / "gateway" / "conftest.py"
_spec = importlib.util.spec_from_file_location("gateway_conftest", _path)
harness = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(harness)

gateway = harness.gateway
upstream = harness.upstream


def pytest_addoption(parser):
    parser.addoption("--llama", action="store_true", help="also run against llama.cpp with SmolLM2")


