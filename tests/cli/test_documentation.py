#!/usr/bin/env python3
"""Fails where the generated tables of experiments/README.md are not what the program makes: test_documentation.py RUN_EXPERIMENT

`make docs` makes them anew. Standard library only.
"""
import difflib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).resolve().parents[2] / "experiments/README.md"


def stale(program, path):
    """The lines of a file that the program would have otherwise."""
    text = path.read_text()
    made = subprocess.run([program, "--document", str(path)], check=True, stdout=subprocess.PIPE, text=True).stdout
    return list(difflib.unified_diff(text.splitlines(), made.splitlines(), path.name, "generated", lineterm="", n=0))


def check_itself(program):
    """A changed default, a lost line and a changed definition must be seen."""
    text = README.read_text()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "README.md"
        for pattern, change in [(r"\| `40` \|", "| `41` |"), (r"\| `gsa` \|.*\n", ""), ("Wald 2000", "Wald 2001")]:
            assert re.search(pattern, text), f"self-check: no {pattern} in {README}"
            copy.write_text(re.sub(pattern, change, text, count=1))
            assert stale(program, copy), f"self-check: {change!r} instead of {pattern!r} was not seen"


def main():
    program = Path(sys.argv[1]).resolve()
    lines = stale(program, README)
    if lines:
        print("\n".join(lines), "\n\nexperiments/README.md is stale: make docs", sep="")
    else:
        check_itself(program)
    print(f"{1 - bool(lines)} passed, {int(bool(lines))} failed")
    return bool(lines)


if __name__ == "__main__":
    sys.exit(main())
