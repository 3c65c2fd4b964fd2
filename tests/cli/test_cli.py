#!/usr/bin/env python3
"""The program from outside: test_cli.py RUN_EXPERIMENT MAKE_BAD_FILES

Every wrong input has to give its exit code and exactly one clear line, and leave nothing under a final name; a right
one has to leave every file of a result. Standard library only.
"""
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from killed import finished_or_killed
from report_numbers import missing_numbers

PROGRAM, MAKE_BAD_FILES = (Path(path).resolve() for path in sys.argv[1:3])
TOP = Path(__file__).resolve().parent.parent.parent
SMALL_NETWORK = {"name": "two_cnn_fu",
                 "model": {"branches": {"hsi": {"layers": {"conv": {"maps": 3, "kernel": 5}, "fc": {"units": 8}}},
                                        "msi": {"patch": 9, "layers": {"conv": {"maps": 3, "kernel": 3}, "fc": {"units": 8}}}},
                           "fusion": {"fc1": {"units": 16}}},
                 "train": {"steps": 4, "tile": 2, "tiles": 2, "checkpoint_every": 1, "log_every": 1}}
FILES = ["config.json", "environment.json", "metrics.json", "metrics.csv", "table.md", "table.tex", "report.html",
         "log.jsonl"]


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


class Cli(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="specfuse-cli-"))
        self.out = self.folder / "out"
        subprocess.run([MAKE_BAD_FILES, self.folder], check=True)

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
        """One line on standard error that matches, the exit code, and no result."""
        self.assertEqual((run.returncode, run.stderr.count("\n")), (code, 1), run.stderr)
        self.assertTrue(run.stderr.startswith("run_experiment: error: "), run.stderr)
        self.assertRegex(run.stderr, pattern)
        left = [path for path in self.out.rglob("*") if path.is_file()] if self.out.is_dir() else []
        self.assertEqual(left, [])

    def succeeded(self, run):
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return json.loads((self.out / "metrics.json").read_text())

    # Usage

    def test_help_version_and_list_answer(self):
        self.assertIn("usage: run_experiment", self.run_program("--help").stdout)
        self.assertRegex(self.run_program("--version").stdout, r"^specfuse \d+\.\d+\.\d+\n$")
        listing = self.run_program("--list").stdout
        for name in ["two_cnn_fu", "psnr_db", "sam_deg", "landsat7", "worldview2", "ssrnet"]:
            self.assertRegex(listing, rf"(?m)^  {name} +\S")

    def test_bad_usage(self):
        self.refused(2, "CONFIG.json", self.run_program())
        self.refused(2, "unknown option --frobnicate", self.run_program("--frobnicate"))
        self.refused(2, "--out: expected a value", self.run_program("a.json", "--out"))
        self.refused(2, "also b.json", self.run_program("a.json", "b.json"))
        for count in ["0", "two", "2.5", "-1"]:
            self.refused(2, "--threads: expected an integer", self.run_program("a.json", "--threads", count))

    def test_output_that_cannot_be_shown(self):
        with open("/dev/full", "w") as full:
            run = subprocess.run([PROGRAM, "--list"], stdout=full, stderr=subprocess.PIPE, text=True)
        self.refused(1, "standard output", run)

    # Configuration

    def test_config_that_is_not_there_or_not_json(self):
        self.refused(2, "nowhere.json", self.run_program("nowhere.json"))
        self.refused(2, "config.json: not valid JSON: .*line 1", self.run_config("{\"name\": }"))
        self.refused(2, "\"name\" is given twice", self.run_config('{"name": "a", "name": "b"}'))
        self.refused(2, "at most 32 levels", self.run_config("[" * 1000))

    def test_unknown_key_names_file_path_and_neighbour(self):
        self.refused(2, r'config.json: degrade.rato: unknown key; did you mean "ratio"\?',
                     self.run_config(experiment(degrade={"rato": 2})))
        self.refused(2, r"methods.2.train.step: unknown key",
                     self.run_config(experiment(), "--set", "methods.2.train.step=3"))

    def test_wrong_type_and_value_out_of_range(self):
        self.refused(2, 'degrade.ratio: expected an integer from 2 to 64, got "four"',
                     self.run_config(experiment(degrade={"ratio": "four"})))
        self.refused(2, "seeds.1: expected an integer", self.run_config(experiment(seeds=[0, 1.5])))
        self.refused(2, "methods.0.name: expected one of bicubic, ",
                     self.run_config(experiment(methods=[{"name": "magic"}])))
        self.refused(2, "methods.0.name: .*got nothing", self.run_config(experiment(methods=[{}])))

    def test_what_contradicts_itself(self):
        self.refused(2, "data: expected exactly one of", self.run_config(experiment(data={})))
        self.refused(2, "labels", self.run_config(experiment(methods=[{"name": "bicubic"}, {"name": "bicubic"}])))
        self.refused(2, "train.momentum: expected it with optimizer sgd only, got it with adamw",
                     self.run_config(experiment(), "--set", "methods.2.train.momentum=0.5"))
        self.refused(2, "train.fc_deviation: expected it with init gaussian only",
                     self.run_config(experiment(), "--set", "methods.2.train.fc_deviation=0.5"))
        self.refused(2, "name: expected letters", self.run_config(experiment(name="../elsewhere")))
        self.refused(2, "methods.0.label", self.run_config(experiment(methods=[{"name": "bicubic", "label": "a/b"}])))
        self.refused(2, "protocol: expected", self.run_config(
            experiment(protocol={"train": {"row": 0, "col": 0, "rows": 8, "cols": 8}})))

    def test_bad_settings(self):
        for setting in ["ratio", "=3", "methods.7.name=bicubic", "name.x=1", "degrade..ratio=2"]:
            self.refused(2, "--set", self.run_config(experiment(), "--set", setting))

    def test_ratio_that_does_not_divide(self):
        self.refused(2, "config.json: degrade.ratio: expected a divisor of the scene's 15 x 16 pixels, got 2",
                     self.run_config(experiment(data={"scene": "odd.h5"})))

    def test_too_few_bands(self):
        self.refused(2, "config.json: .*bands", self.run_config(experiment(methods=[{"name": "bicubic"}, {"name": "two_cnn_fu"}])))

    # Data

    def test_missing_scene_says_where_it_was_looked_for(self):
        run = self.run_config(experiment(data={"scene": "away.h5"}))
        self.refused(3, f"away.h5: not found in {self.folder}, data; .*data/README.md", run)

    def test_scenes_that_cannot_be_used(self):
        (self.folder / "text.h5").write_text("no HDF5 at all")
        (self.folder / "cut.h5").write_bytes((self.folder / "good.h5").read_bytes()[:-2000])
        for name, pattern in [("rank2.h5", "/cube"), ("rank4.h5", "/cube"), ("nan.h5", "finite|nan"),
                              ("text.h5", "text.h5"), ("cut.h5", "cut.h5")]:
            self.refused(3, pattern, self.run_config(experiment(data={"scene": name})))
        self.refused(3, "/other", self.run_config(experiment(data={"scene": "good.h5", "dataset": "/other"})))

    # Output

    def test_output_folder_that_cannot_be_made(self):
        self.out = self.folder / "good.h5/out"
        self.refused(1, "good.h5/out", self.run_config(experiment()))

    def test_full_disk(self):
        self.out.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(self.out)]
        if subprocess.run(mount, capture_output=True).returncode == 0:
            try:
                self.refused(1, str(self.out), self.run_config(experiment()))
            finally:
                subprocess.run(["umount", str(self.out)], check=True)
        else:  # where nothing can be mounted, files cannot grow
            def no_room():
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (16384, 16384))
            self.refused(1, str(self.out), self.run_config(experiment(), preexec_fn=no_room))

    def test_result_has_every_file_and_score(self):
        metrics = self.succeeded(self.run_config(experiment()))
        for name in FILES:
            self.assertGreater((self.out / name).stat().st_size, 0, name)
        self.assertEqual([method["name"] for method in metrics["methods"]],
                         ["bicubic", "linear_injection", "two_cnn_fu"])
        for method in metrics["methods"]:
            self.assertTrue((self.out / method["name"] / "fused.h5").exists())
            for key in ["psnr_db", "psnr_global_db", "psnr_unit_db", "sam_deg", "ergas", "rmse", "cc"]:
                self.assertIsInstance(method["metrics"][key], float)
                self.assertIsInstance(method["train_metrics"][key], float)
            for key in ["fit_seconds", "fuse_seconds", "peak_memory_mb"]:
                self.assertGreaterEqual(method[key], 0)
        self.assertTrue((self.out / "linear_injection/checkpoint.h5").exists())
        self.assertTrue((self.out / "two_cnn_fu/checkpoint.h5").exists())
        self.assertGreater(len(list((self.out / "figures").glob("*.png"))), 5)
        log = [json.loads(line) for line in (self.out / "log.jsonl").read_text().splitlines()]
        self.assertEqual([(line["method"], line["seed"], line["step"]) for line in log],
                         [("two_cnn_fu", 0, step) for step in [1, 2, 3, 4]])
        self.assertEqual([path for path in self.out.iterdir() if path.name.startswith(".")], [])

    def test_every_number_of_the_report_is_in_metrics(self):
        part = {"row": 0, "col": 0, "rows": 40, "cols": 40}
        split = {"type": "split", "train": part, "validation": dict(part, col=60), "test": dict(part, col=120)}
        synthetic = {"synthetic": {"rows": 40, "cols": 160, "bands": 40}}
        estimated = {"ratio": 4, "snr_db": {"hsi": 35, "msi": 35}, "estimate": {"srf": True, "psf": True, "gain": True}}
        for number, config in enumerate([
                experiment(seeds=[3, 5, 8], metric_profiles=["sewar", "ssrnet"]),
                experiment(data=synthetic, degrade=estimated, protocol=split)]):
            self.out = self.folder / f"out{number}"
            metrics = self.succeeded(self.run_config(config))
            page = (self.out / "report.html").read_text()
            self.assertEqual(missing_numbers(page, metrics), [])
            for cell in ["12.3456789", "−0.0987654"]:
                self.assertEqual(missing_numbers(page.replace("</td>", f" {cell}</td>", 1), metrics)[0][-6:], cell[-6:])

    def test_figures_are_in_metrics(self):
        metrics = self.succeeded(self.run_config(experiment()))
        figures, method = metrics["figures"], metrics["methods"][2]
        self.assertEqual(len(method["per_band"]["psnr_db"]), 40)
        self.assertAlmostEqual(sum(method["per_band"]["psnr_db"]) / 40, method["metrics"]["psnr_db"])
        self.assertEqual(method["training"]["two_cnn_fu"]["step"], [1, 2, 3, 4])
        self.assertEqual(len(figures["response"]), 6)
        self.assertGreater(figures["error_map_end"], 0)
        self.assertEqual([sample["number"] for sample in figures["samples"]], [1, 2, 3])
        self.assertEqual(set(figures["samples"][0]["spectra"]),
                         {"reference", "bicubic", "linear_injection", "two_cnn_fu"})
        self.assertEqual(len(figures["samples"][0]["spectra"]["reference"]), 40)
        self.assertEqual(metrics["environment"], json.loads((self.out / "environment.json").read_text()))
        self.assertEqual(metrics["config"], json.loads((self.out / "config.json").read_text()))

    def test_estimates_are_used_and_reported(self):
        data = {"synthetic": {"rows": 96, "cols": 96, "bands": 60}}
        degrade = {"ratio": 4, "psf": {"fwhm": 5}, "snr_db": {"hsi": 35, "msi": 35}}
        methods = [{"name": "bicubic"}, {"name": "fuse"}]
        known = self.succeeded(self.run_config(experiment(data=data, degrade=degrade, methods=methods)))
        self.assertNotIn("estimates", known)
        degrade["estimate"] = {"srf": True, "psf": True}
        blind = self.succeeded(self.run_config(experiment(data=data, degrade=degrade, methods=methods, seeds=[0, 1])))
        self.assertEqual([estimate["seed"] for estimate in blind["estimates"]], [0, 1])
        estimate = blind["estimates"][0]
        self.assertAlmostEqual(estimate["psf_fwhm"], 5, delta=0.5)
        self.assertEqual(estimate["srf_shape"], "landsat7 box")
        self.assertEqual([len(row) for row in estimate["srf"]], [60] * 6)
        self.assertNotIn("gain", estimate)
        one, other = (metrics["methods"] for metrics in (known, blind))
        self.assertEqual(one[0]["metrics"], other[0]["metrics"])
        self.assertNotEqual(one[1]["metrics"], other[1]["metrics"])
        self.assertAlmostEqual(one[1]["metrics"]["psnr_db"], other[1]["metrics"]["psnr_db"], delta=0.5)
        self.out = self.folder / "refused"
        self.refused(2, "degrade.estimate", self.run_config(experiment(), "--set", "degrade.estimate.gain=true"))

    def test_profiles_score_beside_our_measures(self):
        plain = self.succeeded(self.run_config(experiment()))
        metrics = self.succeeded(self.run_config(experiment(metric_profiles=["ssrnet", "matlab_hsms"])))
        for one, other in zip(plain["methods"], metrics["methods"]):
            self.assertNotIn("profiles", one)
            self.assertEqual(one["metrics"], other["metrics"])
            self.assertEqual(set(other["profiles"]), {"ssrnet", "matlab_hsms"})
            # ssrnet's PSNR is ours over all values, by its formula.
            self.assertAlmostEqual(other["profiles"]["ssrnet"]["psnr_db"], other["metrics"]["psnr_global_db"])
        self.assertIn("by the conventions of matlab_hsms", (self.out / "report.html").read_text())
        self.out = self.folder / "refused"
        self.refused(2, "metric_profiles", self.run_config(experiment(metric_profiles=["nobody"])))

    def test_resolved_config_gives_the_same_result_on_any_number_of_threads(self):
        first = self.succeeded(self.run_config(experiment(), "--threads", "1"))
        resolved = (self.out / "config.json").read_text()
        second = self.succeeded(self.run_config(resolved, "--threads", "2"))
        for key in ["config_hash", "degradation_hash"]:
            self.assertEqual(first[key], second[key])
        for one, other in zip(first["methods"], second["methods"]):
            self.assertEqual(one["metrics"], other["metrics"])
        self.assertEqual((self.out / "config.json").read_text(), resolved)

    def test_the_demo_repeats_to_the_bit_on_any_number_of_threads(self):
        config = json.loads((TOP / "experiments/demo.json").read_text())
        config |= {"data": {"synthetic": {"rows": 96, "cols": 96, "bands": 50}}, "protocol": {"type": "wald"}}
        config["methods"][2]["train"]["steps"] = 5

        def results(threads, out):
            self.out = self.folder / out
            metrics = self.succeeded(self.run_config(config, "--threads", threads))
            self.assertEqual(metrics["environment"].pop("threads"), int(threads))
            return timeless(metrics), {path.relative_to(self.out): path.read_bytes() for path in self.out.rglob("*/fused.h5")}

        first = results("1", "first")
        self.assertEqual(len(first[1]), len(config["methods"]))
        self.assertEqual(results("1", "again"), first)
        self.assertEqual(results("2", "threads"), first)

    def test_labels_and_seeds_name_the_folders(self):
        config = experiment(seeds=[1, 2], methods=[{"name": "bicubic", "label": "cubic"}])
        self.succeeded(self.run_config(config))
        self.assertTrue((self.out / "cubic-seed1/fused.h5").exists())
        self.assertTrue((self.out / "cubic-seed2/fused.h5").exists())

    def test_split_scores_the_test_part_alone(self):
        part = {"row": 0, "col": 0, "rows": 32, "cols": 8}
        config = experiment(data={"synthetic": {"rows": 32, "cols": 72, "bands": 40}},
                            protocol={"type": "split", "train": part, "validation": dict(part, col=32), "test": dict(part, col=64)})
        metrics = self.succeeded(self.run_config(config))
        self.assertEqual(metrics["scored_on"], "rows 0-31, cols 64-71")
        self.out = self.folder / "near"
        config["protocol"]["test"]["col"] = 48
        self.refused(2, "split: expected validation .* apart", self.run_config(config))

    def test_transfer_learns_from_other_scenes_and_tunes_on_the_one_to_fuse(self):
        protocol = {"type": "transfer", "train_scenes": [{"scene": "good.h5"}, {"scene": "good.h5"}],
                    "validation_fraction": 0.25, "fine_tune": {"steps": 2, "learning_rate": 1e-4}}
        self.succeeded(self.run_config(experiment(protocol=protocol)))
        self.assertTrue((self.out / "two_cnn_fu/pretrained.h5").exists())
        log = [json.loads(line) for line in (self.out / "log.jsonl").read_text().splitlines()]
        self.assertEqual([(line["method"], line["step"]) for line in log],
                         [("two_cnn_fu", step) for step in [1, 2, 3, 4]]
                         + [("two_cnn_fu/fine_tune", step) for step in [1, 2]])
        self.assertLessEqual(max(line["learning_rate"] for line in log[4:]), 1e-4)
        before = (self.out / "metrics.json").read_text()
        self.succeeded(self.run_config(experiment(protocol=protocol), "--resume"))
        self.assertEqual(*(json.loads(text)["methods"][2]["metrics"]
                           for text in (before, (self.out / "metrics.json").read_text())))
        self.out = self.folder / "other"
        self.refused(2, "protocol.train_scenes.1: odd.h5: degrade.ratio", self.run_config(
            experiment(protocol=protocol), "--set", "protocol.train_scenes.1.scene=odd.h5"))
        synthetic = {"synthetic": {"rows": 16, "cols": 16, "bands": 39}}
        self.refused(2, "protocol.train_scenes.1: a synthetic scene: expected 40 HSI and 6 MSI bands .* got 39 and 6",
                     self.run_config(experiment(protocol=protocol), "--set",
                                     "protocol.train_scenes.1=" + json.dumps(synthetic)))
        run = self.run_config(experiment(protocol=protocol), "--dry-run")
        self.assertEqual(run.returncode, 0, run.stderr)

    def test_apply_fuses_with_what_was_learned_before(self):
        trained = self.succeeded(self.run_config(experiment()))
        learned = self.out
        self.out = self.folder / "applied"
        # Neither the sizes of the network nor a reference are needed, and nothing is trained.
        methods = [{"name": "bicubic"}, {"name": "linear_injection", "checkpoint": str(learned / "linear_injection/checkpoint.h5")},
                   {"name": "two_cnn_fu", "checkpoint": "out/two_cnn_fu/checkpoint.h5"}]
        config = experiment(protocol={"type": "apply"}, methods=methods)
        applied = self.succeeded(self.run_config(config))
        for one, other in zip(trained["methods"], applied["methods"]):
            self.assertEqual(one["metrics"], other["metrics"])
            self.assertIsNone(other["train_metrics"])
        self.assertEqual((self.out / "log.jsonl").read_text(), "")
        self.assertFalse((self.out / "two_cnn_fu/checkpoint.h5").exists())
        resolved = json.loads((self.out / "config.json").read_text())
        self.assertEqual(resolved["methods"][2]["model"]["branches"]["hsi"]["layers"]["conv"]["maps"], 3)
        self.succeeded(self.run_config(resolved))
        other_size = dict(config, data={"scene": "good.h5", "crop": {"rows": 10, "cols": 6}})
        self.succeeded(self.run_config(other_size, "--set", "methods.2.fuse_tile=5"))

        self.out = self.folder / "refused"
        self.refused(2, "methods.2.model.branches.hsi.layers.conv.maps: expected 3 as in the checkpoint, got 4",
                     self.run_config(config, "--set", "methods.2.model.branches.hsi.layers.conv.maps=4"))
        self.refused(2, "methods.2.checkpoint: expected what two_cnn_fu learned, got a checkpoint of linear_injection",
                     self.run_config(config, "--set", "methods.2.checkpoint=out/linear_injection/checkpoint.h5"))
        self.refused(2, "methods.2.checkpoint: expected the file", self.run_config(config, "--set", "methods.2.checkpoint=null"))
        self.refused(2, "degrade.ratio: expected 2", self.run_config(config, "--set", "degrade.ratio=4"))
        self.refused(3, "nowhere.h5", self.run_config(config, "--set", "methods.2.checkpoint=nowhere.h5"))
        self.refused(3, "good.h5: is not a checkpoint", self.run_config(config, "--set", "methods.2.checkpoint=good.h5"))
        self.refused(2, "trained on|fitted for", self.run_config(
            dict(config, data={"synthetic": {"rows": 16, "cols": 16, "bands": 39}})))

    def test_failing_run_leaves_the_earlier_result_alone(self):
        self.succeeded(self.run_config(experiment()))
        before = {path: path.read_bytes() for path in self.out.rglob("*") if path.is_file()}
        run = self.run_config(experiment(methods=[{"name": "bicubic"}, {"name": "two_cnn_fu", "label": "large"}]))
        self.assertEqual(run.returncode, 2)
        self.assertEqual({path: path.read_bytes() for path in self.out.rglob("*") if path.is_file()}, before)

    def test_dry_run_writes_nothing(self):
        path = self.folder / "dry.json"
        path.write_text(json.dumps(experiment()))
        run = self.run_program(path, "--data-dir", self.folder, "--out", self.out, "--dry-run")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertFalse(self.out.exists())
        self.assertIn("hsi 8 x 8 x 40 and msi 16 x 16 x 6", run.stderr)
        self.assertEqual(json.loads(run.stdout)["degrade"]["psf"]["fwhm"], 2)
        self.refused(3, "away.h5", self.run_config(experiment(data={"scene": "away.h5"}), "--dry-run"))

    def test_interrupted_run_keeps_its_checkpoint_and_goes_on(self):
        config = experiment(methods=[SMALL_NETWORK | {"train": SMALL_NETWORK["train"] | {"steps": 3000}}])
        path = self.folder / "config.json"
        path.write_text(json.dumps(config))
        command = [PROGRAM, path, "--data-dir", self.folder, "--out", self.out, "--quiet"]
        run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        checkpoint = self.out / ".resume/two_cnn_fu.h5"
        for _ in range(1000):
            if checkpoint.exists() or run.poll() is not None:
                break
            time.sleep(0.02)
        run.send_signal(signal.SIGINT)
        error = run.communicate(timeout=60)[1]
        self.assertEqual(run.returncode, 130, error)
        self.assertRegex(error, r"^run_experiment: error: interrupted at step \d+ of 3000; .*--resume\n$")
        self.assertTrue(checkpoint.exists())
        self.assertFalse((self.out / "metrics.json").exists())
        other = self.run_config(config, "--resume", "--set", "methods.0.train.learning_rate=0.5")
        self.assertEqual(other.returncode, 2)
        self.assertIn("of another configuration", other.stderr)
        self.succeeded(self.run_config(config, "--resume"))
        self.assertFalse((self.out / ".resume").exists())
        self.assertTrue((self.out / "two_cnn_fu/checkpoint.h5").exists())
        log = [json.loads(line)["step"] for line in (self.out / "log.jsonl").read_text().splitlines()]
        self.assertEqual(log, list(range(1, 3001)))

    def test_killed_at_twenty_moments_it_ends_as_if_left_alone(self):
        part = {"row": 0, "col": 0, "rows": 32, "cols": 8}
        train = SMALL_NETWORK["train"] | {"steps": 1500, "checkpoint_every": 20, "validate_every": 50}
        path = self.folder / "config.json"
        path.write_text(json.dumps(experiment(
            data={"synthetic": {"rows": 32, "cols": 72, "bands": 40}},
            protocol={"type": "split", "train": part, "validation": dict(part, col=32), "test": dict(part, col=64)},
            methods=[{"name": "linear_injection"}, SMALL_NETWORK | {"train": train}])))

        def result(out):
            metrics = timeless(json.loads((out / "metrics.json").read_text()))
            del metrics["environment"]
            return metrics, {name: (out / name).read_bytes() for name in [
                "linear_injection/fused.h5", "linear_injection/checkpoint.h5", "two_cnn_fu/fused.h5"]}

        alone, killed = self.folder / "alone", self.folder / "killed"
        start = time.monotonic()
        run = self.run_program(path, "--out", alone, "--quiet")
        seconds = time.monotonic() - start
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        moments = random.Random(7)
        command = [PROGRAM, path, "--out", killed, "--quiet", "--resume"]
        kills = 0
        while kills < 20:
            ended = finished_or_killed(command, moments.uniform(0.02, 0.1) * seconds)
            if ended is not None:
                self.assertEqual(ended, (0, ""))
                break
            kills += 1
        self.assertGreaterEqual(kills, 10)
        run = self.run_program(path, "--out", killed, "--quiet", "--resume")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertTrue(result(killed) == result(alone))  # equal or too long to print
        # The checkpoints differ in the milliseconds that the training took: in a few bytes of one number.
        one, other = ((out / "two_cnn_fu/checkpoint.h5").read_bytes() for out in (killed, alone))
        self.assertEqual(len(one), len(other))
        places = [place for place in range(len(one)) if one[place] != other[place]]
        self.assertLess(max(places, default=0) - min(places, default=0), 8)
        self.assertEqual([path.name for path in killed.iterdir() if path.name.startswith(".")], [])

    # Documentation

    def test_every_field_is_documented(self):
        text = re.sub(r"^```.*?^```$", "", (TOP / "experiments/README.md").read_text(), flags=re.MULTILINE | re.DOTALL)
        documented = set(re.findall(r"`([^`]+)`", text))

        def keys(json_value):
            if isinstance(json_value, dict):
                for key, value in json_value.items():
                    yield key
                    named = key in ("branches", "layers", "fusion")  # names that are free to choose
                    yield from keys(list(value.values()) if named else value)
            elif isinstance(json_value, list):
                for value in json_value:
                    yield from keys(value)

        part = {"row": 0, "col": 0, "rows": 32, "cols": 8}
        configs = [experiment(), experiment(data={"synthetic": {"rows": 32, "cols": 72, "bands": 40}}, protocol={
            "type": "split", "train": part, "validation": dict(part, col=32), "test": dict(part, col=64)}),
            experiment(protocol={"type": "transfer", "train_scenes": [{"scene": "good.h5"}],
                                 "validation_scenes": [{"scene": "good.h5"}], "fine_tune": {"steps": 1}})]
        for config in configs:
            self.succeeded(self.run_config(config))
            resolved = json.loads((self.out / "config.json").read_text())
            missing = [key for key in keys(resolved)
                       if not any(name == key or name.endswith("." + key) for name in documented)]
            self.assertEqual(missing, [])


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad} passed, {bad} failed")
    sys.exit(bad != 0)
