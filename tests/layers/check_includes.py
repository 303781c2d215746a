#!/usr/bin/env python3
"""Fails when an include points against the arrows between the rooms.

  check_includes.py ROOT [--self-test]

The arrows are those of the README: each room may include itself and what is listed here. A room
within a room is a room of its own: "core/money" is not "core". "core/..." is core and every room in it.
"""
import pathlib
import re
import sys
import tempfile

ARROWS = {
    "core/text": {"sdk"},
    "core": {"core/text"},
    "core/money": {"core", "core/text"},
    "core/request": {"core", "core/text", "core/money", "sdk"},
    "core/reply": {"core", "core/text", "core/money"},
    "core/policy": {"core", "core/text", "core/request", "core/reply"},
    "core/route": {"core", "core/text", "core/money", "core/request", "core/reply"},
    "core/record": {"core", "core/text", "core/money", "core/request", "core/policy"},
    "config/limits": {"core", "core/text", "core/money", "config/yaml"},
    "config/yaml": {"core", "core/text", "core/money", "sdk"},
    "config": {"core/...", "config/yaml", "config/limits", "sdk"},
    "limits/accounts": {"core", "core/text", "core/money"},
    "limits/tokens": {"core", "core/text"},
    "limits/lines": {"core", "core/text", "core/money", "limits/accounts"},
    "limits": {"core", "core/text", "core/money", "limits/accounts", "limits/lines", "limits/tokens"},
    "limits/bill": {"core", "core/text", "core/money", "core/request", "core/reply", "limits", "limits/accounts",
                    "limits/tokens"},
    "limits/warnings": {"core", "core/text", "core/money", "limits", "limits/accounts", "limits/lines"},
    "store/database": {"core", "core/text"},
    "store/keys": {"core", "core/text", "core/money", "core/request", "store/database"},
    "store/books": {"core", "core/text", "core/money", "limits", "limits/accounts", "limits/lines", "store/database"},
    "store": {"core", "core/text", "limits", "limits/accounts", "limits/lines", "store/database", "store/keys",
              "store/books"},
    "store/redis": {"core", "core/text", "limits", "limits/accounts"},
    "dialects": {"core", "core/text", "core/request", "core/reply", "sdk"},
    "dialects/anthropic": {"core", "core/text", "core/request", "core/reply", "dialects"},
    "dialects/responses": {"core", "core/text", "core/request", "core/reply", "dialects"},
    "net/fibers": {"core", "core/text"},
    "net/http": {"core", "core/text"},
    "net/bounds": {"core", "core/text"},
    "net/front": {"core", "core/text", "net/bounds", "net/fibers", "net/http"},
    "net/dial": {"core", "core/text", "net/http"},
    "net/upstream": {"core", "core/text", "net/dial", "net/http"},
    "modules/abi": {"core", "core/text", "sdk"},
    "modules/adapters": {"core/...", "modules/abi", "sdk"},
    "modules/staging": {"core", "core/text", "config", "modules/abi"},
    "modules/trial": {"core", "core/text", "modules/abi", "modules/staging"},
    "modules/shadow": {"core/policy", "modules/abi", "modules/adapters"},
    "modules/swap": {"core/...", "config", "config/yaml", "modules/..."},
    "conformance": {"modules/abi", "modules/trial", "sdk"},
    "conformance/checks": {"conformance", "modules/abi", "modules/staging", "modules/trial", "sdk"},
    "exchange": {"core/...", "limits", "limits/bill", "limits/tokens", "sdk"},
    "handlers/routing": {"core", "core/request", "core/text", "dialects", "net/front"},
    "handlers/callers": {"core/...", "config", "config/yaml", "limits", "limits/bill", "limits/tokens",
                         "dialects/...", "net/front", "modules/swap", "store/keys", "exchange", "handlers/routing"},
    "handlers/admin": {"core/...", "config", "config/yaml", "limits", "limits/accounts", "limits/lines",
                       "limits/warnings", "net/front", "modules/swap", "store", "store/books", "store/keys", "handlers/routing"},
    "takeover": {"core", "core/text", "net/front", "store", "store/database"},
    "gateway": {"core/...", "config", "config/yaml", "limits", "limits/tokens", "limits/warnings", "store/...",
                "dialects",
                "net/bounds", "net/front", "net/upstream", "modules/swap", "exchange", "handlers/...", "takeover"},
    "commands": {"core/...", "config", "config/yaml", "net/upstream", "modules/swap", "conformance/checks", "store/...",
                 "gateway", "sdk"},
    "commands/key": {"core", "core/text", "core/money", "core/request", "config", "config/yaml", "limits/accounts",
                     "store/...",
                     "commands", "sdk"},
    "main": {"commands", "modules/trial", "conformance/checks"},
    "plugins": {"sdk"},
    "sdk": set(),
}
# Of the SDK the host sees the binary contract, views of it and what reads and writes JSON, never the plugins' C++ face.
SDK_FOR_HOST = {"gatehouse/abi.h", "gatehouse/json.hpp", "gatehouse/json_fields.hpp", "gatehouse/json_write.hpp",
                "gatehouse/plain_bytes.hpp", "gatehouse/units.hpp", "gatehouse/views.hpp"}
# Libraries that stay in one place.
ONLY_IN = [
    (re.compile(r"^Poco/Net/"), {"net", "handlers/routing"}),
    (re.compile(r"^boost/(beast|context)/"), {"net"}),
    (re.compile(r"^boost/dll"), {"modules"}),
    (re.compile(r"^yaml-cpp/"), {"config"}),
    (re.compile(r"^Poco/Data/"), {"store", "plugins/log_sinks/sqlite"}),
    (re.compile(r"^sqlite3\.h"), {"store"}),
    (re.compile(r"^prometheus/"), {"handlers/admin"}),
]
TOP_ROOMS = {room.split("/")[0] for room in ARROWS}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def room_of(path):
    """host/net/front/server.cpp -> net/front; host/exchange.cpp -> exchange; plugins/... -> plugins."""
    if path.parts[0] != "host":
        return path.parts[0]
    return "/".join(path.parts[1:-1]) or path.stem


def target_of(name, quoted):
    """The room of an included file; None for a library's header or a neighbour of a plugin."""
    if name.startswith("gatehouse/"):
        return "sdk"
    path = pathlib.PurePath(name)
    room = "/".join(path.parts[:-1]) or path.stem
    return room if quoted and room.split("/")[0] in TOP_ROOMS else None


def may_include(room, to):
    def is_meant(arrow):
        folder = arrow.removesuffix("/...")
        return to == folder or arrow != folder and to.startswith(folder + "/")
    return to == room or any(is_meant(arrow) for arrow in ARROWS.get(room, ()))


def is_in(room, path, places):
    return any(f"{room}/".startswith(f"{place}/") or path.startswith(place) for place in places)


def violations(root):
    for folder in ("host", "plugins", "sdk"):
        for file in sorted((root / folder).rglob("*")):
            if file.suffix not in {".h", ".hpp", ".cpp", ".c"}:
                continue
            path = file.relative_to(root)
            room = room_of(path)
            if room not in ARROWS:
                yield f"{path}: {room} has no arrows in {pathlib.Path(__file__).name}"
                continue
            for bracket, name in INCLUDE.findall(file.read_text()):
                to = target_of(name, bracket == '"')
                if to and not may_include(room, to):
                    yield f"{path}: {room} may not include {name} ({to})"
                if to == "sdk" and path.parts[0] == "host" and name not in SDK_FOR_HOST:
                    yield f"{path}: the host may not include {name}, the plugins' side of the SDK"
                for pattern, places in ONLY_IN:
                    if pattern.match(name) and not is_in(room, str(path), places):
                        yield f"{path}: {name} belongs in {', '.join(sorted(places))} only"


def self_test():
    """Plants one violation of each kind and expects every one to be found."""
    planted = {
        "host/core/a.cpp": '#include "net/server.h"\n',
        "host/core/f.h": '#include "core/money/money.h"\n',
        "host/core/money/g.h": '#include "core/reply/reply.h"\n',
        "host/core/reply/h.cpp": '#include "limits/ledger.h"\n',
        "host/net/fibers/j.cpp": '#include "net/front/server.h"\n',
        "host/core/new/i.cpp": '#include "core/status.h"\n',
        "host/net/http/b.cpp": '#include "core/status.h"\n#include <boost/dll.hpp>\n',
        "host/limits/c.h": '#include "exchange.h"\n',
        "host/modules/abi/k.h": '#include "modules/staging/staging.h"\n',
        "host/modules/swap/d.cpp": "#include <gatehouse/plugin.hpp>\n",
        "plugins/policies/e.cpp": '#include "core/status.h"\n',
    }
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in planted.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        (root / "sdk").mkdir()
        found = {line.split(":")[0] for line in violations(root)}
    return sorted(set(planted) - found)


def main():
    root = pathlib.Path(sys.argv[1])
    if "--self-test" in sys.argv:
        missed = self_test()
        print("missed: " + ", ".join(missed) if missed else "every planted violation was found")
        return 1 if missed else 0
    found = list(violations(root))
    print("\n".join(found) if found else "every include follows the arrows")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
