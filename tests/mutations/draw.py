#!/usr/bin/env python3
"""Plants errors that nobody picked: draw.py SCRATCH_FOLDER [--errors N] [--seed S] [--jobs N] [--only PART]

Every place in src where an operator can be swapped, a constant or a bound moved, a statement dropped or two arguments
exchanged is an error that could be made; N of them are drawn, in copies of the tree. An error counts as caught where
the tests of its floor fail, or those of another, or else, once all are drawn, one of the whole program that is about
its floor. What does not compile is drawn again. SCRATCH_FOLDER/drawn.jsonl keeps what was found, so that a run that is
cut off goes on; the last line is "N passed, N failed": caught and missed. Each that was missed wants to be read: either
it changes nothing that anyone could see, or a test is missing, or one of the few did catch it that are not run here.
"""
import argparse
import concurrent.futures
import contextlib
import json
import queue
import random
import re
import subprocess
import sys
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from tree import TOP, copy_tree  # noqa: E402

# What may stand in a line, and what stands there instead; \g<n> are its groups.
SWAPS = [(r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "), (r" == ", " != "), (r" != ", " == "),
         (r" \+ ", " - "), (r" - ", " + "), (r" \* ", " / "), (r" / ", " * "), (r" % ", " / "), (r" \+= ", " -= "),
         (r" && ", " || "), (r" \|\| ", " && "), (r"(?<=[( ])!(?=\w)", ""), (r"\btrue\b", "false"), (r"\bfalse\b", "true"),
         (r"\bstd::min\b", "std::max"), (r"\bstd::max\b", "std::min"), (r"\b(min|max)_element\b", None),
         (r"(?<![\w.])(\d+)(?![\w.]|\.\d)", None), (r"(?<![\w.])(\d+\.\d+|\d+e-?\d+)(?![\w.])", None),
         (r"(?<=\()(\w+), (\w+)(?=\))", r"\g<2>, \g<1>"), (r"\brows\(\)", "cols()"), (r"\bcols\(\)", "rows()")]
# Runs of the whole program that are about a floor; all of them would take too long for each error.
SCRIPTS = {"core": ["cli", "resume"], "ranks": ["ranks"], "kernels": ["plus_oracle"], "autograd": ["plus_oracle"],
           "imaging": ["protocols", "results"], "metrics": ["results"], "io": ["import", "grids", "bad_files", "stream"],
           "networks": ["plus_oracle", "resume", "ranks"], "estimate": ["protocols"],
           "methods": ["plus_oracle", "external", "stream"], "config": ["bad_files", "documentation", "cli"],
           "report": ["results", "viewer"], "run": ["protocols", "results", "resume", "stream", "import", "cli"],
           "sweep": ["sweep_check", "sweep"], "app": ["cli", "documentation", "cite"]}
STATEMENT = re.compile(r"^ +(?!return|const |auto |throw|case|using|break|continue|else|if |for |while )"
                       r"[\w.\[\]>()*-]+(?: [-+*/]?= .*|\(.*\));$")
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def instead(match, replacement):
    """What to put in the place of a match."""
    if replacement is not None:
        return match.expand(replacement)
    text = match.group(0)
    if text.endswith("_element"):
        return {"min_element": "max_element", "max_element": "min_element"}[text]
    return str(int(text) + 1) if text.isdigit() else repr(float(text) * 1.5)


def possible_errors(only):
    """(file, line from 0, the line with the error), in the order of files and lines."""
    for path in sorted((TOP / "src").rglob("*.cpp")):
        name = str(path.relative_to(TOP))
        if only not in name:
            continue
        for number, line in enumerate(path.read_text().split("\n")):
            code = line.split("//")[0]
            if not code.strip() or code.lstrip().startswith("#") or "SPECFUSE_CHECK" in code:
                continue
            hidden = STRING.sub(lambda text: "\0" * len(text.group(0)), code)  # nothing inside of texts
            for pattern, replacement in SWAPS:
                for match in re.finditer(pattern, hidden):
                    wrong = line[:match.start()] + instead(match, replacement) + line[match.end():]
                    if wrong != line:
                        yield name, number, wrong
            if STATEMENT.match(code.rstrip()):
                yield name, number, re.match(" *", line).group(0) + ";"


def run(command, seconds):
    """The exit status; a program that hangs has failed."""
    try:
        return subprocess.run(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              timeout=seconds).returncode
    except subprocess.TimeoutExpired:
        return -1


@contextlib.contextmanager
def planted(tree, error):
    name, number, wrong = error
    path = tree / name
    right = path.read_text()
    lines = right.split("\n")
    lines[number] = wrong
    path.write_text("\n".join(lines))
    try:
        yield
    finally:
        path.write_text(right)


def fails(build, floor):
    return run([build / f"tests/test_{floor}", "--abort-after=1"], 600) != 0


def judge(tree, error):
    """By the tests of floors: caught, escaped, or none where it does not compile."""
    build, floor = tree / "build", Path(error[0]).parts[1]
    with planted(tree, error):
        if (TOP / "tests" / floor).is_dir():
            if run(["ninja", "-C", build, f"tests/test_{floor}"], 1800) != 0:
                return "none"
            if fails(build, floor):
                return "caught"
        if run(["ninja", "-C", build], 3600) != 0:
            return "none"
        others = {path.name for path in (TOP / "tests").iterdir() if (TOP / "src" / path.name).is_dir()} - {floor}
        return "caught" if any(fails(build, other) for other in sorted(others)) else "escaped"


def judge_again(tree, error):
    """By runs of the whole program, of what escaped before."""
    build, names = tree / "build", SCRIPTS.get(Path(error[0]).parts[1], [])
    if not names:
        return "MISSED"
    tests = ["meson", "test", "-C", build, "--no-rebuild", "--maxfail", "1", "--num-processes", "1",
             "--timeout-multiplier", "5", *names]
    with planted(tree, error):
        if run(["ninja", "-C", build], 3600) != 0:
            raise RuntimeError(f"{error[0]}:{error[1] + 1} was built before and is not now")
        return "caught" if run(tests, 3600) != 0 else "MISSED"


class Record:
    """What was found, in a file that outlives a run."""

    def __init__(self, path):
        self.path, self.lock, self.found = path, threading.Lock(), {}
        if path.exists():
            for line in path.read_text().splitlines():
                entry = json.loads(line)
                self.found[tuple(entry["error"])] = entry["found"]

    def add(self, error, verdict):
        with self.lock, self.path.open("a") as file:
            self.found[error] = verdict
            file.write(json.dumps({"error": error, "found": verdict}) + "\n")
            print(f"{verdict}  {error[0]}:{error[1] + 1}: {error[2].strip()}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scratch", type=Path)
    parser.add_argument("--errors", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", default="", help="errors of files with this in their names")
    args = parser.parse_args()
    errors = list(possible_errors(args.only))
    random.Random(args.seed).shuffle(errors)
    args.scratch.mkdir(parents=True, exist_ok=True)
    record = Record(args.scratch.resolve() / "drawn.jsonl")
    trees = queue.Queue()
    for job in range(args.jobs):
        tree = args.scratch.resolve() / f"tree{job}"
        tree.mkdir(exist_ok=True)
        copy_tree(tree)
        if not (tree / "build/build.ninja").exists():
            subprocess.run(["meson", "setup", tree / "build", tree, "-Dbench=false"], check=True,
                           stdout=subprocess.DEVNULL)
        subprocess.run(["ninja", "-C", tree / "build"], check=True, stdout=subprocess.DEVNULL)
        trees.put(tree)
    lock = threading.Lock()

    def judge_all(waiting, how, enough):
        """Until there are no more, or enough that compile."""
        taken = iter(waiting)

        def work(_):
            while True:
                with lock:
                    error = next(taken, None)
                if error is None or enough():
                    return
                tree = trees.get()
                try:
                    record.add(error, how(tree, error))
                finally:
                    trees.put(tree)

        with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
            list(pool.map(work, range(args.jobs)))

    def drawn():
        """The first errors of the draw that compile."""
        return [error for error in errors if record.found.get(error, "none") != "none"][:args.errors]

    judge_all([error for error in errors if error not in record.found], judge, lambda: len(drawn()) >= args.errors)
    judge_all([error for error in drawn() if record.found[error] == "escaped"], judge_again, lambda: False)
    caught = sum(record.found[error] == "caught" for error in drawn())
    print(f"{caught} passed, {len(drawn()) - caught} failed")
    return caught != len(drawn())


if __name__ == "__main__":
    sys.exit(main())
