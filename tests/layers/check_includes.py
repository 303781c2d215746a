#!/usr/bin/env python3
"""Fails when an include points against the arrows between the rooms.

  check_includes.py ROOT [--self-test]

The arrows are those of the README: each room may include itself and what is listed here.
"""
import pathlib
import re
import sys
import tempfile

ARROWS = {
    "core": {"sdk"},
    "config": {"core", "sdk"},
    "limits": {"core"},
    "store": {"core", "limits"},
    "dialects": {"core", "sdk"},
    "net": {"core"},
    "modules": {"core", "config", "sdk"},
    "exchange": {"core", "limits", "sdk"},
    "handlers": {"core", "config", "limits", "dialects", "net", "modules", "store", "exchange", "sdk"},
    "gateway": {"core", "config", "limits", "store", "dialects", "net", "modules", "exchange", "handlers"},
    "commands": {"core", "config", "net", "modules", "store", "gateway", "sdk"},
    "main": {"commands", "modules"},
    "plugins": {"sdk"},
    "sdk": set(),
}
# Of the SDK the host sees the binary contract, views of it and the JSON writers, never the plugins' C++ face.
SDK_FOR_HOST = {"gatehouse/abi.h", "gatehouse/json.hpp", "gatehouse/json_write.hpp", "gatehouse/units.hpp",
                "gatehouse/views.hpp"}
# Libraries that stay in one place.
ONLY_IN = [
    (re.compile(r"^Poco/Net/"), {"net", "handlers"}),
    (re.compile(r"^boost/(beast|context)/"), {"net"}),
    (re.compile(r"^boost/dll"), {"modules"}),
    (re.compile(r"^yaml-cpp/"), {"config"}),
    (re.compile(r"^Poco/Data/"), {"store", "plugins/log_sinks/sqlite"}),
    (re.compile(r"^prometheus/"), {"handlers"}),
]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def room_of(path):
    """host/net/server.cpp -> net; host/exchange.cpp -> exchange; plugins/... -> plugins."""
    if path.parts[0] != "host":
        return path.parts[0]
    return path.parts[1] if len(path.parts) > 2 else path.stem


def target_of(name, quoted):
    if name.startswith("gatehouse/"):
        return "sdk"
    first = pathlib.PurePath(name).parts[0]
    room = first if "/" in name else pathlib.PurePath(name).stem
    return room if quoted and room in ARROWS else None


def violations(root):
    for folder in ("host", "plugins", "sdk"):
        for file in sorted((root / folder).rglob("*")):
            if file.suffix not in {".h", ".hpp", ".cpp", ".c"}:
                continue
            path = file.relative_to(root)
            room = room_of(path)
            for bracket, name in INCLUDE.findall(file.read_text()):
                to = target_of(name, bracket == '"')
                if to and to != room and to not in ARROWS.get(room, set()):
                    yield f"{path}: {room} may not include {name} ({to})"
                if to == "sdk" and path.parts[0] == "host" and name not in SDK_FOR_HOST:
                    yield f"{path}: the host may not include {name}, the plugins' side of the SDK"
                for pattern, places in ONLY_IN:
                    if pattern.match(name) and room not in places and not str(path).startswith(tuple(places)):
                        yield f"{path}: {name} belongs in {', '.join(sorted(places))} only"


def self_test():
    """Plants one violation of each kind and expects every one to be found."""
    planted = {
        "host/core/a.cpp": '#include "net/server.h"\n',
        "host/net/b.cpp": '#include "core/status.h"\n#include <boost/dll.hpp>\n',
        "host/limits/c.h": '#include "exchange.h"\n',
        "host/modules/d.cpp": "#include <gatehouse/plugin.hpp>\n",
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
