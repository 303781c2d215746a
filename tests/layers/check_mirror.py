#!/usr/bin/env python3
"""Fails when a test in tests/unit does not lie where the unit lies that it tests.

  check_mirror.py ROOT [--self-test]

tests/unit/ROOM/NAME_test.cpp tests host/ROOM/NAME.h or NAME.cpp; NAME_more_test.cpp tests NAME too.
Tests of the SDK and of plugins lie in tests/unit/sdk and tests/unit/plugins.
"""
import pathlib
import sys
import tempfile

# What is tested as a whole has no one unit.
WHOLE = {
    "config/mistakes_test.cpp": "every mistake a file may hold, as loading it tells them",
    "dialects/golden_answer_test.cpp": "all dialects against one set of files",
    "dialects/golden_request_test.cpp": "all dialects against one set of files",
    "limits/budget_test.cpp": "the ledger over days and months",
    "limits/clock_jump_test.cpp": "the ledger when the clock jumps",
    "limits/concurrency_test.cpp": "the ledger under many threads",
    "limits/together_test.cpp": "the ledger with limits that gateways share",
    "plugins/unload_test.cpp": "every plugin loaded and unloaded",
}


def homes(root, room):
    """The folders whose units are tested in tests/unit/ROOM."""
    if room == pathlib.PurePath("sdk"):
        return [root / "sdk/include/gatehouse"]
    if room == pathlib.PurePath("plugins"):
        return [folder for folder in (root / "plugins").rglob("*") if folder.is_dir()]
    return [root / "host" / room]


def violations(root):
    tests = root / "tests" / "unit"
    seen = set()
    for file in sorted(tests.rglob("*_test.cpp")):
        path = file.relative_to(tests)
        seen.add(str(path))
        units = {unit.stem for home in homes(root, path.parent) for unit in home.glob("*.[ch]*")}
        words = file.name.removesuffix("_test.cpp").split("_")
        tested = {"_".join(words[:count]) for count in range(1, len(words) + 1)} & units
        if not tested and str(path) not in WHOLE:
            yield f"tests/unit/{path}: there is no such unit; move it to where its unit lies"
        if "_".join(words) in units and str(path) in WHOLE:
            yield f"tests/unit/{path}: has a unit of its own; take it off the list of exceptions"
    if seen:
        for path in sorted(set(WHOLE) - seen):
            yield f"tests/unit/{path}: is not there; take it off the list of exceptions"


def self_test():
    """Plants one mistake of each kind beside tests in their places."""
    planted = ["net/gone_test.cpp", "net/front/moved_test.cpp", "config/mistakes_test.cpp"]
    fine = ["net/moved_test.cpp", "net/moved_far_test.cpp", "sdk/json_test.cpp"]
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        units = ["host/net/moved.h", "host/config/mistakes.cpp", "sdk/include/gatehouse/json.hpp"]
        for name in [*units, *(f"tests/unit/{name}" for name in planted + fine)]:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text("")
        found = {line.split(":")[0].removeprefix("tests/unit/") for line in violations(root)}
    gone = set(WHOLE) - {"config/mistakes_test.cpp"}
    return sorted((set(planted) | gone) ^ found)


def main():
    if "--self-test" in sys.argv:
        wrong = self_test()
        print("missed or wrong: " + ", ".join(wrong) if wrong else "exactly the planted were found")
        return 1 if wrong else 0
    found = list(violations(pathlib.Path(sys.argv[1])))
    print("\n".join(found) if found else "every test lies where its unit lies")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
