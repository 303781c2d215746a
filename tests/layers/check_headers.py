#!/usr/bin/env python3
"""Fails when a header of the host does not open with what the thing is and its thread rule.

  check_headers.py ROOT [--self-test]

The phrases of thread rules are explained in host/README.md.
"""
import pathlib
import re
import sys
import tempfile

RULE = re.compile(r"thread|values?\b|views?\b|functions?\b|immutable|constants", re.IGNORECASE)
MOST_LINES = 14  # of the opening comment: more belongs into the README


def opening(text):
    """The comment that a file begins with, as lines without their slashes."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("//"):
            break
        lines.append(line.removeprefix("//").strip())
    return lines


def violations(root):
    for file in sorted((root / "host").rglob("*.h")):
        lines = opening(file.read_text())
        path = file.relative_to(root)
        if not lines:
            yield f"{path}: opens without a comment that says what it is"
        elif len(lines) > MOST_LINES:
            yield f"{path}: opens with {len(lines)} lines, {MOST_LINES} are enough"
        elif not RULE.search(" ".join(lines)):
            yield f"{path}: does not say which threads may use it, see host/README.md"


def self_test():
    """Plants one header of each kind of mistake and expects every one to be found."""
    planted = {
        "host/core/silent.h": "#pragma once\n",
        "host/core/ruleless.h": "// A thing.\n#pragma once\n",
        "host/net/talkative.h": "// A thing. One thread at a time.\n" * 20,
    }
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in {**planted, "host/core/good.h": "// A thing. Values.\n"}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        found = {line.split(":")[0] for line in violations(root)}
    return sorted(set(planted) ^ found)


def main():
    root = pathlib.Path(sys.argv[1])
    if "--self-test" in sys.argv:
        wrong = self_test()
        print("misjudged: " + ", ".join(wrong) if wrong else "every planted violation was found")
        return 1 if wrong else 0
    found = list(violations(root))
    print("\n".join(found) if found else "every header opens with what it is and its thread rule")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
