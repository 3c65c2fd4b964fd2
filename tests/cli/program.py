"""What the tests of the program share: the program, a folder with scenes for each test, and how a run is judged.

A test program is called with RUN_EXPERIMENT MAKE_BAD_FILES and ends in `main()`. Standard library only.
"""
import atexit
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from said import said

PROGRAM, MAKE_BAD_FILES = (Path(path).resolve() for path in sys.argv[1:3])
TOP = Path(__file__).resolve().parent.parent.parent
SMALL_MODEL = {"preset": "released",
               "branches": {"hsi": {"layers": {"conv": {"maps": 3, "kernel": 5}, "fc": {"units": 8}}},
                            "msi": {"patch": 9, "layers": {"conv": {"maps": 3, "kernel": 3}, "fc": {"units": 8}}}},
               "fusion": {"fc1": {"units": 16}}}
SMALL_NETWORK = {"name": "two_cnn_fu", "model": SMALL_MODEL,
                 "train": {"steps": 4, "tile": 2, "tiles": 2, "checkpoint_every": 1, "log_every": 1}}
# Three parts of a synthetic scene that a small network can be trained on.
PART = {"row": 0, "col": 0, "rows": 32, "cols": 8}
SPLIT_DATA = {"synthetic": {"rows": 32, "cols": 72, "bands": 40}}
SPLIT = {"type": "split", "train": PART, "validation": dict(PART, col=32), "test": dict(PART, col=64)}


def experiment(**changes):
    config = {"name": "small", "data": {"scene": "good.h5"}, "degrade": {"ratio": 2},
              "methods": [{"name": "bicubic"}, {"name": "linear_injection"}, SMALL_NETWORK]}
    config.update(changes)
    return config


def timeless(value):
    """Without what no two runs share: times and memory."""
    if isinstance(value, list):
        return [timeless(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: timeless(item) for key, item in value.items()
            if key not in ("fit_seconds", "fuse_seconds", "peak_memory_mb", "seconds")}


@functools.cache
def made_files():
    """A folder with the files that the tests read, made once a process."""
    folder = tempfile.mkdtemp(prefix="specfuse-files-")
    atexit.register(shutil.rmtree, folder)
    subprocess.run([MAKE_BAD_FILES, folder], check=True)
    return folder


class ProgramTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="specfuse-cli-"))
        self.out = self.folder / "out"
        shutil.copytree(made_files(), self.folder, dirs_exist_ok=True)

    def tearDown(self):
        shutil.rmtree(self.folder)

    def run_program(self, *arguments, **options):
        environment = {name: value for name, value in os.environ.items() if name != "SPECFUSE_DATA"}
        return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, cwd=self.folder,
                              timeout=120, env=environment, **options)

    def run_config(self, config, *arguments, **options):
        path = self.folder / "config.json"
        path.write_text(config if isinstance(config, str) else json.dumps(config))
        return self.run_program(path, "--data-dir", self.folder, "--out", self.out, "--quiet", *arguments, **options)

    def refused(self, code, pattern, run):
        """One line on standard error beside warnings that matches, the exit code, and no result."""
        self.assertEqual((run.returncode, said(run).count("\n")), (code, 1), run.stderr)
        self.assertTrue(said(run).startswith("run_experiment: error: "), run.stderr)
        self.assertRegex(said(run), pattern)
        left = [path for path in self.out.rglob("*") if path.is_file()] if self.out.is_dir() else []
        self.assertEqual(left, [])

    def succeeded(self, run):
        self.assertEqual((run.returncode, said(run)), (0, ""))
        return json.loads((self.out / "metrics.json").read_text())

    def log(self):
        """The training records."""
        return [line for line in self.log_lines() if "step" in line]

    def log_lines(self):
        return [json.loads(line) for line in (self.out / "log.jsonl").read_text().splitlines()]

    def warnings(self):
        return [line["warning"] for line in self.log_lines() if "warning" in line]


def main():
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad} passed, {bad} failed")
    sys.exit(bad != 0)
