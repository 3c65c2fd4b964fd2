#!/usr/bin/env python3
"""Runs every test of a build folder and counts test cases over all programs: run.py [BUILD]

doctest programs report their cases, script tests end with "N passed, N failed"; anything else counts as one.
The last line is "N passed, N failed", and the exit status says the same.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

DOCTEST = re.compile(r"test cases:\s*\d+\s*\|\s*(\d+) passed\s*\|\s*(\d+) failed")
SCRIPT = re.compile(r"^(\d+) passed, (\d+) failed$", re.MULTILINE)


def count(test):
    """(passed, failed) of one entry of meson's log."""
    output = re.sub(r"\x1b\[[0-9;]*m", "", test.get("stdout", ""))
    found = DOCTEST.findall(output) or SCRIPT.findall(output)
    passed, failed = (int(number) for number in found[-1]) if found else (0, 0)
    if test["result"] == "OK":
        return max(passed, 1), failed
    if test["result"] == "SKIP":
        return passed, failed
    return passed, max(failed, 1)  # a crash or a time-out is a failure that nobody counted


def main():
    build = Path(sys.argv[1] if len(sys.argv) > 1 else "build")
    log = build / "meson-logs/testlog.json"
    log.unlink(missing_ok=True)
    status = subprocess.run(["meson", "test", "-C", str(build), "--no-rebuild", "--print-errorlogs"]).returncode
    tests = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    counts = [count(test) for test in tests]
    passed, failed = (sum(numbers) for numbers in zip(*counts)) if counts else (0, 1)
    if status != 0:
        failed = max(failed, 1)
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
