"""Looks at each file that is built and shipped for what its compiler and linker owe it.

check_hardening.py BUILD SOURCE [--self-test COMPILER]

The files are asked by readelf. Some flags leave no trace in a small file: it may call nothing that
_FORTIFY_SOURCE checks. Those are looked up in compile_commands.json, for every source of host,
plugins and sdk.
"""
import json
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

FLAGS = ["-fstack-protector-strong", "-fstack-clash-protection", "-D_FORTIFY_SOURCE=2",
         "-D_GLIBCXX_ASSERTIONS"]
if platform.machine() == "x86_64":
    FLAGS.append("-fcf-protection")


def readelf(file, *options):
    return subprocess.run(["readelf", "-W", *options, str(file)], capture_output=True, text=True,
                          check=True).stdout


def weaknesses(file):
    """What a shipped file lacks, as sentences."""
    header, segments = readelf(file, "-h"), readelf(file, "-l")
    dynamic, symbols = readelf(file, "-d"), readelf(file, "--dyn-syms")
    flags_of = dict(re.findall(r"^ +(\w+) +0x.* ([RWE ]{3}) 0x\w+$", segments, re.M))
    loads = re.findall(r"^ +LOAD +0x.* ([RWE ]{3}) 0x\w+$", segments, re.M)
    if not re.search(r"Type: +DYN", header) or file.suffix != ".so" and "PIE" not in dynamic:
        yield "it is not position-independent"
    if "GNU_RELRO" not in flags_of:
        yield "its relocations stay writable (-z relro)"
    if not re.search(r"\(FLAGS(_1)?\).*\bNOW\b", dynamic):
        yield "it is bound lazily (-z now)"
    if "E" in flags_of.get("GNU_STACK", "E"):
        yield "its stack is executable"
    if any("W" in flags and "E" in flags for flags in loads):
        yield "a segment is both writable and executable"
    if "(TEXTREL)" in dynamic:
        yield "its code is changed when it is loaded (TEXTREL)"
    if re.search(r"\((RPATH|RUNPATH)\)", dynamic):
        yield "it names folders to find libraries in (RPATH)"
    if "__stack_chk_fail" not in symbols:
        yield "it has no stack protector"


def unprotected_sources(commands, source):
    """The sources of shipped files that are compiled without one of FLAGS."""
    for entry in commands:
        file = pathlib.Path(entry["file"])
        if not any(file.is_relative_to(source / room) for room in ("host", "plugins", "sdk")):
            continue
        if " -o tests/" in entry["command"]:
            continue  # the tests compile some of them again, for themselves
        for flag in FLAGS:
            if flag not in entry["command"].split():
                yield f"{file.relative_to(source)}: compiled without {flag}"


def check(build, source):
    files = [build / "bin" / "gatehouse", *sorted((build / "plugins").glob("*.so"))]
    for file in files:
        for weakness in weaknesses(file):
            yield f"{file.name}: {weakness}"
    if len(files) < 2:
        yield "there are no plugins to look at"
    commands = json.loads((build / "compile_commands.json").read_text())
    yield from unprotected_sources(commands, source)


WEAK_LINKS = {
    "it is not position-independent": ["-no-pie"],
    "its relocations stay writable (-z relro)": ["-Wl,-z,norelro"],
    "it is bound lazily (-z now)": ["-Wl,-z,lazy"],
    "its stack is executable": ["-Wl,-z,execstack"],
    "a segment is both writable and executable": [
        "-nostdlib", "-static", "-no-pie", "-fno-stack-protector", "-Wl,--omagic,-e,main"],
    "it names folders to find libraries in (RPATH)": ["-Wl,-rpath,/opt/lib"],
    "it has no stack protector": ["-fno-stack-protector"],
}


def self_test(compiler):
    """Builds a sound program and one weak one of each kind; returns what was judged wrongly."""
    sound = ["-O2", "-fPIE", "-pie", "-fstack-protector-all", "-Wl,-z,relro,-z,now,-z,noexecstack"]
    with tempfile.TemporaryDirectory() as folder:
        program, file = pathlib.Path(folder) / "program.c", pathlib.Path(folder) / "program"
        program.write_text("int main(void) { return 0; }\n")

        def judged(options):
            command = [compiler, *sound, *options, str(program), "-o", str(file)]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
            return set(weaknesses(file))

        wrong = [f"a sound file: {weakness}" for weakness in judged([])]
        wrong += [f"missed: {weakness}" for weakness, options in WEAK_LINKS.items()
                  if weakness not in judged(options)]
    entry = {"file": "/src/host/a.cpp", "command": "c++ " + " ".join(FLAGS[1:])}
    if len(list(unprotected_sources([entry], pathlib.Path("/src")))) != 1:
        wrong.append("missed: a source compiled without a flag")
    return wrong


def main():
    build, source = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    found = self_test(sys.argv[4]) if "--self-test" in sys.argv else list(check(build, source))
    print("\n".join(found) if found else "every file is as it should be")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
