#!/usr/bin/env python3
"""Sweeps from outside: test_sweep.py RUN_EXPERIMENT

A sweep has to end complete and exact whatever happens to it on the way. Standard library only.
"""
import csv
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from killed import finished_or_killed
from said import said

PROGRAM = Path(sys.argv[1]).resolve()
NETWORK = {"name": "two_cnn_fu",
           "model": {"branches": {"hsi": {"layers": {"conv": {"maps": 3, "kernel": 5}, "fc": {"units": 8}}},
                                        "msi": {"patch": 9, "layers": {"conv": {"maps": 3, "kernel": 3}, "fc": {"units": 8}}}},
                           "fusion": {"fc1": {"units": 16}}},
           "train": {"steps": 60, "tile": 2, "tiles": 2, "checkpoint_every": 5, "log_every": 1}}
BASE = {"data": {"synthetic": {"rows": 24, "cols": 24, "bands": 40}}, "degrade": {"ratio": 2},
        "methods": [{"name": "bicubic"}, NETWORK]}
EIGHT = {"base": BASE, "seeds": [0, 1],
         "grid": {"methods.1.model.branches.msi.layers.conv.kernel": [2, 3], "degrade.psf.type": ["gaussian", "box"]}}
TIMES = ("fit_seconds", "fuse_seconds", "peak_memory_mb")


def records(path):
    """The lines of training records in a log."""
    return [line for line in path.read_text().splitlines() if '"step"' in line]


class Sweep(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.whole_folder = Path(tempfile.mkdtemp(prefix="specfuse-sweep-"))
        path = cls.whole_folder / "sweep.json"
        path.write_text(json.dumps({"name": "eight", "sweep": EIGHT}))
        start = time.monotonic()
        subprocess.run([PROGRAM, path, "--out", cls.whole_folder / "out", "--quiet"], check=True, capture_output=True)
        cls.seconds = time.monotonic() - start
        cls.whole = cls.table_of(cls.whole_folder / "out")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.whole_folder)

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="specfuse-sweep-"))
        self.out = self.folder / "out"

    def tearDown(self):
        shutil.rmtree(self.folder)

    def command(self, body, *arguments, name="eight"):
        path = self.folder / "sweep.json"
        path.write_text(json.dumps({"name": name, "sweep": body}))
        return [PROGRAM, path, "--out", self.out, *map(str, arguments)]

    def run_sweep(self, body, *arguments):
        return subprocess.run(self.command(body, *arguments), capture_output=True, text=True, timeout=300,
                              cwd=self.folder)

    @staticmethod
    def table_of(out):
        """Everything but times and memory in sweep.csv, and rows and states in sweep.json."""
        with open(out / "sweep.csv", newline="") as file:
            rows = [{key: value for key, value in row.items() if not key.startswith(TIMES)}
                    for row in csv.DictReader(file)]
        sweep = json.loads((out / "sweep.json").read_text())
        for row in sweep["rows"]:
            for name in TIMES:
                del row["metrics"][name]
        return rows, sweep

    def stamps(self):
        """When the results of each run were published."""
        return {path.parent.name: path.stat().st_mtime_ns for path in self.out.glob("runs/*/metrics.json")}

    def wait_for(self, what, process):
        for _ in range(3000):
            if what() or process.poll() is not None:
                return
            time.sleep(0.02)

    def test_whole_sweep_has_every_file(self):
        rows, sweep = self.whole
        self.assertEqual(len(rows), 8)
        self.assertEqual([run["state"] for run in sweep["runs"]], ["done"] * 8)
        self.assertEqual(list(rows[0])[:3], ["methods.1.model.branches.msi.layers.conv.kernel", "degrade.psf.type", "method"])
        self.assertNotEqual(rows[1]["psnr_db"], rows[5]["psnr_db"])
        self.assertGreater(float(rows[1]["psnr_db_std"]), 0)
        out = self.whole_folder / "out"
        page = (out / "sweep.html").read_text()
        self.assertEqual(sorted(re.findall(r'href="runs/(\w+)/report.html"', page)), sorted(run["hash"] for run in sweep["runs"]))
        for text in ["<h1>eight</h1>", "8 of 8 runs done; seeds 0, 1", "kernel of conv of branch msi of two_cnn_fu", "<svg"]:
            self.assertIn(text, page)
        self.assertEqual(set(sweep["files"]), {path.relative_to(out).as_posix() for pattern in ["sweep.*", "figures/*"]
                                               for path in out.glob(pattern)})
        for name in ["sweep.md", "sweep.tex", "figures/degrade.psf.type_psnr_db.svg",
                     "figures/methods.1.model.branches.msi.layers.conv.kernel_sam_deg.svg"]:
            self.assertGreater((out / name).stat().st_size, 0, name)
        for run in sweep["runs"]:
            metrics = json.loads((out / "runs" / run["hash"] / "metrics.json").read_text())
            self.assertEqual(metrics["config_hash"], run["hash"])
        values = [json.loads((out / "runs" / run["hash"] / "metrics.json").read_text())["methods"][1]["metrics"]["psnr_db"]
                  for run in sweep["runs"][:2]]
        self.assertAlmostEqual(float(rows[1]["psnr_db"]), sum(values) / 2, places=10)

    def test_killed_at_any_moment_it_ends_complete_and_does_no_run_twice(self):
        moments = random.Random(5)
        seen, kills = {}, 0
        for attempt in range(60):
            ended = finished_or_killed(self.command(EIGHT, "--jobs", 1 + attempt % 2, "--quiet"),
                                       moments.uniform(0.02, 0.2) * self.seconds if attempt < 40 else 300)
            if ended is not None:
                self.assertEqual(ended[0], 0, ended[1])
                break
            kills += 1
            stamps = self.stamps()
            self.assertLessEqual(seen.items(), stamps.items())
            seen = stamps
        self.assertGreater(kills, 1)
        self.assertLessEqual(seen.items(), self.stamps().items())
        self.assertEqual(self.table_of(self.out), self.whole)
        for path in self.out.glob("runs/*/log.jsonl"):
            self.assertEqual([record["step"] for record in map(json.loads, records(path))], list(range(1, 61)))

    def test_jobs_change_nothing_and_what_is_done_is_skipped(self):
        run = self.run_sweep(EIGHT, "--jobs", 2, "--threads", 3)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(self.table_of(self.out), self.whole)
        environment = json.loads(next(self.out.glob("runs/*/environment.json")).read_text())
        self.assertEqual(environment["threads"], 1)
        stamps = self.stamps()
        for name in ["sweep.csv", "sweep.json"]:
            (self.out / name).unlink()
        again = self.run_sweep(EIGHT)
        self.assertEqual(again.stderr.count("was done before"), 8)
        self.assertEqual(self.stamps(), stamps)
        self.assertEqual(self.table_of(self.out), self.whole)

    def test_one_that_fails_stops_nothing_else(self):
        # Steps so large that the loss is infinite: nobody knows before it is trained.
        body = {"base": dict(BASE, methods=[{"name": "bicubic"}, dict(NETWORK, train=dict(NETWORK["train"], optimizer="sgd"))]),
                "grid": {"methods.1.train.learning_rate": [0.001, 1000, 0.0001]}}
        run = self.run_sweep(body, "--quiet")
        self.assertEqual((run.returncode, said(run).count("\n")), (1, 1), run.stderr)
        self.assertRegex(said(run), "^run_experiment: error: 1 of 3 runs failed, .* not finite|nan|inf")
        reason = re.search("(?m)^failed: methods.1.train.learning_rate=1000: (.*)$", run.stdout).group(1)
        sweep = self.table_of(self.out)[1]
        self.assertEqual([run["state"] for run in sweep["runs"]], ["done", "failed", "done"])
        failed = self.out / "runs" / sweep["runs"][1]["hash"]
        self.assertIn(reason, (failed / "failed.txt").read_text())
        self.assertIn("failed", (self.out / "sweep.md").read_text())
        page = (self.out / "sweep.html").read_text()
        self.assertIn("2 of 3 runs done, 1 failed", page)
        self.assertIn("learning rate of two_cnn_fu 1000: failed: ", page)
        self.assertEqual(len(sweep["rows"]), 4)
        # It is tried again, and only it.
        stamps = self.stamps()
        self.assertIn("  failed  methods.1.train.learning_rate=1000", self.run_sweep(body, "--dry-run").stdout)
        self.assertEqual(self.run_sweep(body).returncode, 1)
        self.assertEqual(self.stamps(), stamps)

    def test_the_page_is_made_on_the_way(self):
        body = {"base": BASE, "grid": {"methods.1.train.steps": [1, 1000000]}}
        run = subprocess.Popen(self.command(body, "--quiet"), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        page = self.out / "sweep.html"
        self.wait_for(page.exists, run)
        self.assertIn("1 of 2 runs done", page.read_text())
        self.assertIsNone(run.poll())
        run.kill()
        run.wait()

    def test_interrupted_it_stops_at_once_and_goes_on(self):
        body = {"base": BASE, "grid": {"degrade.ratio": [2, 3]}, "seeds": [0]}
        steps = ["--set", "methods.1.train.steps=1500"]
        for sent in [signal.SIGINT, signal.SIGTERM]:
            run = subprocess.Popen(self.command(body, "--jobs", 2, "--threads", 2, *steps), stderr=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL, text=True)
            known = set(self.out.glob("runs/*/.resume/*.h5"))
            for line in run.stderr:  # the runs are checked before any begins
                if "  goes on" in line or "  starts" in line:
                    break
            self.wait_for(lambda: set(self.out.glob("runs/*/.resume/*.h5")) or known, run)
            time.sleep(0.2)
            self.assertIsNone(run.poll())
            begin = time.monotonic()
            run.send_signal(sent)
            error = run.communicate(timeout=60)[1]
            self.assertEqual(run.returncode, 130, error)
            self.assertLess(time.monotonic() - begin, 20)
            self.assertRegex(error, r"run_experiment: error: interrupted; the same call goes on with the sweep\n$")
            self.assertTrue(list(self.out.glob("runs/*/.resume/two_cnn_fu.h5")))
            self.assertIn("  cut off  ", self.run_sweep(body, *steps, "--dry-run").stdout)
        def first_lines(folder):
            return {path.parts[len(self.out.parts) + 1]: records(path)[0]
                    for path in self.out.glob(f"runs/*/{folder}log.jsonl")}
        begun = first_lines(".resume/")
        run = self.run_sweep(body, *steps)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("goes on", run.stderr)
        self.assertTrue(begun)
        # The seconds that the first step took tell that it was not done again.
        self.assertLessEqual(begun.items(), first_lines("").items())
        for path in self.out.glob("runs/*/log.jsonl"):
            self.assertEqual(len(records(path)), 1500)

    def test_two_calls_share_the_runs(self):
        begin = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
        command = self.command(EIGHT, "--threads", 1)
        calls = [subprocess.Popen(command, **begin) for _ in range(2)]
        errors = [call.communicate(timeout=300)[1] for call in calls]
        self.assertEqual([call.returncode for call in calls], [0, 0], errors)
        self.assertEqual(sum(error.count("  starts\n") + error.count("  goes on\n") for error in errors), 8)
        self.assertEqual(self.table_of(self.out), self.whole)

    def test_a_run_that_another_call_does_is_left_to_it(self):
        body = {"base": BASE, "seeds": [0]}
        command = self.command(body, "--set", "methods.1.train.steps=1000000", "--quiet")
        first = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.wait_for(lambda: list(self.out.glob("runs/*/.resume/*.h5")), first)
        second = self.run_sweep(body, "--set", "methods.1.train.steps=1000000")
        self.assertEqual(second.returncode, 0, second.stderr)
        self.assertIn("is left to the other process", second.stderr)
        dry = self.run_sweep(body, "--set", "methods.1.train.steps=1000000", "--dry-run")
        self.assertIn("  running  seed 0", dry.stdout)
        # Its process dies with it.
        first.kill()
        first.wait()
        for _ in range(100):
            dry = self.run_sweep(body, "--set", "methods.1.train.steps=1000000", "--dry-run")
            if "  running  " not in dry.stdout:
                break
            time.sleep(0.1)
        self.assertIn("  cut off  seed 0", dry.stdout)

    def test_dry_run_lists_the_runs_and_writes_nothing(self):
        run = self.run_sweep(EIGHT, "--dry-run")
        self.assertEqual(run.returncode, 0, run.stderr)
        hashes = [entry["hash"] for entry in self.whole[1]["runs"]]
        self.assertEqual([line.split()[1] for line in run.stdout.splitlines()], hashes)
        self.assertIn("  to do  methods.1.model.branches.msi.layers.conv.kernel=2, degrade.psf.type=gaussian, seed 1\n", run.stdout)
        self.assertFalse(self.out.exists())

    def refused(self, pattern, run):
        self.assertEqual((run.returncode, said(run).count("\n")), (2, 1), run.stderr)
        self.assertRegex(said(run), "^run_experiment: error: " + pattern)
        self.assertFalse(self.out.exists())

    def test_bad_sweeps_and_arguments(self):
        file = ".*sweep.json: "
        self.refused(file + "sweep: expected an object, got 3", self.run_sweep(3))
        self.refused(file + 'sweep.gird: unknown key; did you mean "grid"', self.run_sweep({"base": BASE, "gird": {}}))
        self.refused(".*away.json: ", self.run_sweep({"base": "away.json", "seeds": [0]}))
        self.refused(file + "degrade.ratio=1: sweep.base: degrade.ratio: expected an integer",
                     self.run_sweep({"base": BASE, "grid": {"degrade.ratio": [2, 1]}}))
        self.refused("--set seeds=", self.run_sweep(EIGHT, "--set", "seeds=[1]"))
        self.refused("--jobs: expected an integer", self.run_sweep(EIGHT, "--jobs", "0"))
        (self.folder / "plain.json").write_text(json.dumps(dict(BASE, name="plain")))
        run = subprocess.run([PROGRAM, self.folder / "plain.json", "--jobs", "2"], capture_output=True, text=True,
                             cwd=self.folder)
        self.refused("--jobs is valid only with a sweep", run)

    def test_folder_that_cannot_be_written(self):
        self.out = self.folder / "sweep.json/out"
        run = self.run_sweep(EIGHT, "--quiet")
        self.assertEqual((run.returncode, said(run).count("\n")), (1, 1), run.stderr)
        self.assertIn("sweep.json/out", run.stderr)


class Shipped(unittest.TestCase):
    def test_every_shipped_sweep_can_be_read(self):
        top = Path(__file__).resolve().parent.parent.parent
        files = sorted(top.glob("experiments/ablation_*.json"))
        self.assertGreaterEqual(len(files), 7)
        for path in files:
            run = subprocess.run([PROGRAM, path, "--dry-run", "--out", top / "nowhere"], capture_output=True, text=True)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertGreater(run.stdout.count("\n"), 1)


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad} passed, {bad} failed")
    sys.exit(bad != 0)
