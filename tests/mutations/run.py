#!/usr/bin/env python3
"""Plants each error of planted.txt in a copy of the tree and looks whether the tests notice: run.py SCRATCH_FOLDER [FILE]

The copy is built once, with little optimisation; for each error only the test program of its floor is built again and
run; with FILE (any part of its name) only the errors of those files. An error counts as caught where its program
fails. The last line is "N passed, N failed": caught and missed.
"""
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from tree import copy_tree  # noqa: E402


def planted():
    """(file, what stands there, what to put there) of each error."""
    text = (HERE / "planted.txt").read_text()
    return re.findall(r"^(src/\S+)\n- (.*)\n\+ (.*)$", text, re.MULTILINE)


def run(command, **options):
    return subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)


def test(build, floor):
    """Whether the floor's tests pass; None where they cannot be built."""
    program = f"tests/test_{floor}"
    built = run(["ninja", "-C", build, program])
    if built.returncode != 0:
        print(built.stdout[-3000:])
        return None
    try:
        return run([build / program, "--abort-after=1"], timeout=300).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    tree = Path(sys.argv[1]).resolve()
    build = tree / "build"
    copy_tree(tree)
    if not build.exists():
        run(["meson", "setup", build, tree, "-Dbench=false", "-Doptimization=1"], check=True)
    errors = [error for error in planted() if len(sys.argv) == 2 or sys.argv[2] in error[0]]
    caught, sound = 0, set()
    for name, right, wrong in errors:
        path, text, floor = tree / name, (tree / name).read_text(), Path(name).parts[1]
        if floor not in sound and not test(build, floor):
            sys.exit(f"the tests of {floor} fail before any error is planted")
        sound.add(floor)
        if text.count(right) != 1:
            sys.exit(f"{name}: expected once, got {text.count(right)} times: {right}")
        path.write_text(text.replace(right, wrong))
        passes = test(build, floor)
        path.write_text(text)
        if passes is None:
            sys.exit(f"{name}: does not compile: {wrong}")
        caught += not passes
        print(f"{'MISSED' if passes else 'caught'}  {name}: {wrong}", flush=True)
    print(f"{caught} passed, {len(errors) - caught} failed")
    return caught != len(errors)


if __name__ == "__main__":
    sys.exit(main())
