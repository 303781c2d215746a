"""`gatehouse key` on the command line, beside a running gateway."""
import subprocess

from harness import BINARY, DEADLINE


def key_command(gateway, *words):
    return subprocess.run([BINARY, "key", *words, "--config", gateway.config], cwd=gateway.folder,
                          capture_output=True, text=True, timeout=DEADLINE)


def create_key(gateway, *options):
    made = key_command(gateway, "create", *options)
    assert made.returncode == 0, made.stderr
    return made.stderr.split(":")[0], made.stdout.strip()
