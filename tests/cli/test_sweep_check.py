#!/usr/bin/env python3
"""What is wrong with runs of a sweep, from outside: test_sweep_check.py RUN_EXPERIMENT

It has to be known before the first run, all of it, and soon. Standard library only.
"""
import json
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM = Path(sys.argv[1]).resolve()
NETWORK = {"name": "two_cnn_fu",
           "model": {"branches": {"hsi": {"layers": {"conv": {"maps": 3, "kernel": 5}, "fc": {"units": 8}}},
                                  "msi": {"patch": 9, "layers": {"conv": {"maps": 3, "kernel": 3}, "fc": {"units": 8}}}},
                     "fusion": {"fc1": {"units": 16}}},
           "train": {"steps": 60, "tile": 2, "tiles": 2}}
BASE = {"data": {"synthetic": {"rows": 24, "cols": 24, "bands": 40}}, "degrade": {"ratio": 2},
        "methods": [{"name": "bicubic"}, NETWORK]}


class Check(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="specfuse-sweep-"))
        self.out = self.folder / "out"

    def tearDown(self):
        shutil.rmtree(self.folder)

    def run_sweep(self, body, *arguments):
        path = self.folder / "sweep.json"
        path.write_text(json.dumps({"name": "checked", "sweep": body}))
        return subprocess.run([PROGRAM, path, "--out", self.out, *map(str, arguments)], capture_output=True, text=True,
                              timeout=300, cwd=self.folder)

    def test_what_is_wrong_with_any_run_is_said_before_the_first(self):
        grid = {"degrade.psf.type": ["box", "delta"], "degrade.ratio": [2, 5, 7], "methods.1.train.tile": [2, 50]}
        lines = [
            r"degrade.ratio=5 \(8 runs\): degrade.ratio: expected a divisor of the scene's 24 x 24 pixels, got 5",
            r"degrade.ratio=7 \(8 runs\): degrade.ratio: expected a divisor of the scene's 24 x 24 pixels, got 7",
            r"degrade.ratio=2, methods.1.train.tile=50 \(4 runs\): methods.1: train.tile: expected at most 12, "]
        for arguments in [(), ("--dry-run",)]:
            run = self.run_sweep({"base": BASE, "grid": grid, "seeds": [0, 1]}, *arguments)
            self.assertEqual((run.returncode, run.stdout), (2, ""), run.stderr)
            self.assertEqual(run.stderr.count("\n"), len(lines), run.stderr)
            for line in lines:
                self.assertRegex(run.stderr, "(?m)^run_experiment: error: .*sweep.json: " + line)
            self.assertFalse(self.out.exists())
        away = {"base": dict(BASE, data={"scene": "away.h5"}), "grid": {"degrade.ratio": [2, 3]}}
        run = self.run_sweep(away)
        self.assertEqual((run.returncode, run.stderr.count("\n")), (3, 1), run.stderr)
        self.assertRegex(run.stderr, r"sweep.json: all 2 runs: .*away.h5")
        # With anything else it is a wrong configuration.
        away["list"] = [{"data": {"scene": "away.h5"}}, {"data": BASE["data"], "degrade.srf.sensor": "nosuch"}]
        run = self.run_sweep(away)
        self.assertEqual((run.returncode, run.stderr.count("\n")), (2, 2), run.stderr)
        self.assertIn("got nosuch", run.stderr)

    def test_options_of_an_experiment_are_refused(self):
        for option in ["--memory=1GiB", "--profile", "--scratch=.", "--overwrite"]:
            run = self.run_sweep({"base": BASE, "seeds": [0, 1]}, option)
            self.assertEqual((run.returncode, run.stdout), (2, ""), run.stderr)
            self.assertIn(f"error: {option.split('=')[0]} is valid only with an experiment", run.stderr)

    def test_what_is_done_needs_no_data_and_doubts_are_said_once(self):
        made = self.run_sweep({"base": dict(BASE, methods=[{"name": "bicubic"}]), "seeds": [0]})
        self.assertEqual(made.returncode, 0, made.stderr)
        shutil.copy(next(self.out.glob("runs/*/scene.h5")), self.folder / "scene.h5")
        body = {"base": {"data": {"scene": "scene.h5"}, "methods": [{"name": "bicubic"}],
                         "degrade": {"srf": {"fractions": [[0, 0.5], [0.5, 1]]}}, "protocol": {"validation_fraction": 0}},
                "grid": {"degrade.ratio": [2, 3], "data.nodata": [{"value": -5}]}}
        run = self.run_sweep(body, "--data-dir", self.folder)
        self.assertEqual(run.returncode, 0, run.stderr)
        doubt = "data.nodata is given, but no pixel is without data"
        self.assertEqual([line for line in run.stderr.splitlines() if line.startswith("warning")],
                         [f'warning: data.nodata={{"value":-5}} (2 runs): {doubt}'])
        self.assertEqual((self.out / "sweep.html").read_text().count(doubt), 1)
        (self.folder / "scene.h5").unlink()
        again = self.run_sweep(body, "--data-dir", self.folder)
        self.assertEqual((again.returncode, again.stderr.count("was done before")), (0, 2), again.stderr)
        self.assertEqual(self.run_sweep(body, "--set", "seeds=[3]").returncode, 3)

    def test_many_runs_are_checked_as_fast_as_few(self):
        rates = [1e-4 * (1 + i) for i in range(400)]
        begin = time.monotonic()
        run = self.run_sweep({"base": BASE, "grid": {"methods.1.train.learning_rate": rates}, "seeds": [0, 1, 2]}, "--dry-run")
        self.assertEqual((run.returncode, run.stdout.count("\n")), (0, 1200), run.stderr)
        self.assertLess(time.monotonic() - begin, 30)


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad} passed, {bad} failed")
    sys.exit(bad != 0)
