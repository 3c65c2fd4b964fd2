#!/usr/bin/env python3
"""Plants errors that nobody picked: draw.py SCRATCH_FOLDER [--errors N] [--seed S] [--jobs N] [--only PART]

Every place in src where an operator can be swapped, a constant or a bound moved, a statement dropped or two arguments
exchanged is an error that could be made; N of them are drawn, in copies of the tree. An error counts as caught where
the tests of its floor fail, or those of another, or else one of the whole program that is about that floor. What does
not compile is drawn again. SCRATCH_FOLDER/drawn.jsonl keeps what was found, so that a run that is cut off goes on; the
last line is "N passed, N failed": caught and missed. Each that was missed wants to be read: either it changes nothing
that anyone could see, or a test is missing, or one of the few did catch it that are not run here.
"""
import argparse
import concurrent.futures
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


def judge(tree, error):
    """caught, MISSED, or none where it does not compile."""
    name, number, wrong = error
    path, build = tree / name, tree / "build"
    right = path.read_text()
    lines = right.split("\n")
    lines[number] = wrong
    path.write_text("\n".join(lines))
    try:
        floor = Path(name).parts[1]
        program = f"tests/test_{floor}"
        if (TOP / "tests" / floor).is_dir():
            if run(["ninja", "-C", build, program], 1800) != 0:
                return "none"
            if run([build / program, "--abort-after=1"], 600) != 0:
                return "caught"
        if run(["ninja", "-C", build], 3600) != 0:
            return "none"
        floors = sorted(folder.name for folder in (TOP / "tests").iterdir() if (TOP / "src" / folder.name).is_dir())
        tests = ["meson", "test", "-C", build, "--no-rebuild", "--maxfail", "1", "--num-processes", "1",
                 "--timeout-multiplier", "5"]
        names = [*floors, *SCRIPTS.get(floor, [])]
        return "caught" if run([*tests, *names], 3600) != 0 else "MISSED"
    finally:
        path.write_text(right)


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
    record = args.scratch.resolve() / "drawn.jsonl"
    known = {}
    if record.exists():
        for line in record.read_text().splitlines():
            entry = json.loads(line)
            known[tuple(entry["error"])] = entry["found"]
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
    lock, found, waiting = threading.Lock(), [], iter(errors)

    def work(_):
        while True:
            with lock:
                error = next(waiting, None)
                if error is None or len(found) >= args.errors:
                    return
            verdict = known.get(error)
            if verdict is None:
                tree = trees.get()
                try:
                    verdict = judge(tree, error)
                finally:
                    trees.put(tree)
                with lock, record.open("a") as file:
                    file.write(json.dumps({"error": error, "found": verdict}) + "\n")
            with lock:
                if verdict != "none" and len(found) < args.errors:
                    found.append(verdict)
                    print(f"{verdict}  {error[0]}:{error[1] + 1}: {error[2].strip()}", flush=True)

    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        list(pool.map(work, range(args.jobs)))
    caught = found.count("caught")
    print(f"{caught} passed, {len(found) - caught} failed")
    return caught != len(found)


if __name__ == "__main__":
    sys.exit(main())
