#!/usr/bin/env python3
"""Runs that are cut off: test_resume.py RUN_EXPERIMENT MAKE_BAD_FILES

An interrupted or killed run has to go on and end as if it had been left alone.
"""
import json
import random
import shutil
import signal
import subprocess
import time

from killed import finished_or_killed
from program import PROGRAM, SMALL_NETWORK, SPLIT, SPLIT_DATA, ProgramTest, experiment, main, timeless
from said import said


class Resume(ProgramTest):
    def test_interrupted_run_keeps_its_checkpoint_and_goes_on(self):
        config = experiment(methods=[SMALL_NETWORK | {"train": SMALL_NETWORK["train"] | {"steps": 2000, "checkpoint_every": 100}}])
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
        self.assertRegex(error, r"(?m)^run_experiment: error: interrupted at step \d+ of 2000; .*--resume\n$")
        self.assertTrue(checkpoint.exists())
        self.assertFalse((self.out / "metrics.json").exists())
        # Neither the same command nor another experiment takes what was kept away.
        again = self.run_config(config)
        self.assertEqual(again.returncode, 2)
        self.assertIn("holds an unfinished run of this configuration; --resume goes on with it, --overwrite starts anew",
                      again.stderr)
        for options in ["--resume"], []:
            other = self.run_config(config, *options, "--set", "methods.0.train.learning_rate=0.5")
            self.assertEqual(other.returncode, 2)
            self.assertIn("holds an unfinished run of another configuration (methods.0.train.learning_rate is 0.0003 there "
                          "and 0.5 here); --overwrite replaces it, --out names another folder", other.stderr)
        self.assertTrue(checkpoint.exists())
        self.succeeded(self.run_config(config, "--resume"))
        self.assertFalse((self.out / ".resume").exists())
        self.assertTrue((self.out / "two_cnn_fu/checkpoint.h5").exists())
        self.assertEqual([line["step"] for line in self.log()], list(range(1, 2001)))

    def test_a_finished_run_is_not_done_again_and_not_lost(self):
        config = experiment()
        first = self.succeeded(self.run_config(config))
        fused = self.out / "two_cnn_fu/fused.h5"
        before = fused.stat().st_mtime_ns
        for options in [], ["--resume"], ["--resume", "--overwrite"], ["--set", "name=other"]:
            run = self.run_config(config, *options)
            self.assertEqual((run.returncode, said(run)), (0, ""))
            self.assertIn("bicubic", run.stdout)
            self.assertEqual(fused.stat().st_mtime_ns, before)
        loud = self.run_program(self.folder / "config.json", "--data-dir", self.folder, "--out", self.out)
        self.assertIn("this experiment was done before; --overwrite does it anew", loud.stderr)
        changed = ["--set", "degrade.ratio=4", "--set", 'methods=[{"name": "gsa"}]']
        for options in [], ["--resume"]:
            run = self.run_config(config, *changed, *options)
            self.assertEqual(run.returncode, 2)
            self.assertRegex(run.stderr, r"out: holds results of another configuration \(degrade.ratio is 2 there and 4 here, "
                                         r".*\); --overwrite replaces it, --out names another folder")
        self.assertEqual(json.loads((self.out / "metrics.json").read_text()), first)

        mine = self.out / "two_cnn_fu/mine.txt"
        mine.write_text("not of the run")
        self.succeeded(self.run_config(config, *changed, "--overwrite"))
        # What the run before had left is gone, what nobody knows is not.
        self.assertEqual(sorted(path.name for path in self.out.iterdir() if path.is_dir()), ["figures", "gsa", "two_cnn_fu"])
        self.assertEqual([path.name for path in (self.out / "two_cnn_fu").iterdir()], ["mine.txt"])
        self.assertFalse([path for path in (self.out / "figures").iterdir() if "linear_injection" in path.name])

    def test_results_on_other_data_are_not_those_of_this_experiment(self):
        config = experiment(methods=[{"name": "bicubic"}])
        scene = self.folder / "good.h5"
        self.succeeded(self.run_config(config))
        scene.write_bytes((self.out / "bicubic/fused.h5").read_bytes())
        run = self.run_config(config)
        self.assertEqual(run.returncode, 2)
        self.assertIn("holds results of this configuration on other data; --overwrite", run.stderr)

    def test_wavelengths_are_of_the_data(self):
        def write(first):
            (self.folder / "w.csv").write_text("".join(f"{line}\n" for line in ["wavelength_nm", *range(first, first + 2000, 50)]))

        config = experiment(methods=[{"name": "bicubic"}], data={"scene": "good.h5", "wavelength_nm": {"file": "w.csv"}})
        write(400)
        self.succeeded(self.run_config(config))
        write(410)
        run = self.run_config(config)
        self.assertEqual(run.returncode, 2)
        self.assertIn("holds results of this configuration on other data; --overwrite", run.stderr)

    def test_what_was_kept_of_other_data_is_not_gone_on_with(self):
        train = SMALL_NETWORK["train"] | {"schedule": "constant"}
        config = experiment(methods=[{"name": "bicubic"}, SMALL_NETWORK | {"train": train}])
        self.succeeded(self.run_config(config))
        # More steps are another configuration.
        run = self.run_config(config, "--resume", "--set", "methods.1.train.steps=6")
        self.assertEqual(run.returncode, 2)
        self.assertIn("of another configuration (methods.1.train.steps is 4 there and 6 here); --overwrite", run.stderr)
        # An unfinished run as a kill leaves it.
        (self.out / ".resume/done/bicubic").mkdir(parents=True)
        shutil.copy(self.out / "bicubic/fused.h5", self.out / ".resume/done/bicubic")
        (self.out / ".resume/config.json").write_bytes((self.out / "config.json").read_bytes())
        (self.out / ".resume/data_hash.txt").write_text("0123456789abcdef")
        run = self.run_config(config, "--resume")
        self.assertEqual(run.returncode, 2)
        self.assertIn("holds an unfinished run of this configuration on other data", run.stderr)
        self.succeeded(self.run_config(config, "--overwrite", "--set", "name=called_otherwise"))
        # A checkpoint is data, too.
        checkpoint = self.folder / "learned.h5"
        checkpoint.write_bytes((self.out / "two_cnn_fu/checkpoint.h5").read_bytes())
        self.out = self.folder / "applied"
        apply = experiment(protocol={"type": "apply"}, methods=[{"name": "two_cnn_fu", "checkpoint": str(checkpoint)}])
        self.succeeded(self.run_config(apply))
        self.succeeded(self.run_config(apply, "--set", 'report.metrics=["cc"]'))
        self.out = self.folder / "again"
        self.succeeded(self.run_config(config, "--set", "seeds=[7]"))
        checkpoint.write_bytes((self.out / "two_cnn_fu/checkpoint.h5").read_bytes())
        self.out = self.folder / "applied"
        run = self.run_config(apply)
        self.assertEqual(run.returncode, 2)
        self.assertIn("of this configuration on other data", run.stderr)

    def test_files_that_are_of_no_run_stay(self):
        self.out.mkdir()
        mine = self.out / "table.md"
        mine.write_text("mine")
        config = experiment(methods=[{"name": "bicubic"}])
        run = self.run_config(config)
        self.assertEqual(run.returncode, 2)
        self.assertIn("holds table.md, which no run has written; --overwrite replaces it, --out names another folder", run.stderr)
        self.assertEqual(mine.read_text(), "mine")
        mine.unlink()
        (self.out / "bicubic").mkdir()
        fused = self.out / "bicubic/fused.h5"
        fused.write_text("mine")
        self.assertIn("holds bicubic/fused.h5, which no run has written", self.run_config(config).stderr)
        self.assertEqual(fused.read_text(), "mine")
        metrics = self.succeeded(self.run_config(config, "--overwrite"))
        written = {str(path.relative_to(self.out)) for path in self.out.rglob("*") if path.is_file()}
        self.assertEqual(set(metrics["files"]), written)
        plot = self.out / "figures/my_plot.png"
        plot.write_text("mine")
        self.succeeded(self.run_config(config, "--overwrite", "--set", "degrade.ratio=4"))
        self.assertEqual(plot.read_text(), "mine")

    def test_files_of_a_run_whose_successor_was_killed_are_removed_with_it(self):
        config = experiment(methods=[{"name": "bicubic"}, {"name": "gsa"}])
        self.succeeded(self.run_config(config))
        # As a kill leaves it after the first moves.
        (self.out / "metrics.json").rename(self.out / ".earlier.json")
        metrics = self.succeeded(self.run_config(experiment(methods=[{"name": "bicubic"}]), "--overwrite"))
        written = {str(path.relative_to(self.out)) for path in self.out.rglob("*") if path.is_file()}
        self.assertEqual(set(metrics["files"]), written)

    def test_methods_that_were_complete_are_kept_and_not_fused_again(self):
        long = SMALL_NETWORK | {"train": SMALL_NETWORK["train"] | {"steps": 2000, "checkpoint_every": 100}}
        short = SMALL_NETWORK | {"label": "short"}
        config = experiment(methods=[{"name": "gsa"}, {"name": "linear_injection"}, short, long], seeds=[0])
        path = self.folder / "config.json"
        path.write_text(json.dumps(config))
        command = [PROGRAM, path, "--data-dir", self.folder, "--out", self.out]
        run = subprocess.Popen([*command, "--quiet"], stderr=subprocess.PIPE, text=True)
        kept = self.out / ".resume/done/short/result.json"
        checkpoint = self.out / ".resume/two_cnn_fu.h5"
        for _ in range(1000):
            if kept.exists() and checkpoint.exists() or run.poll() is not None:
                break
            time.sleep(0.02)
        run.send_signal(signal.SIGKILL)
        run.communicate(timeout=60)
        self.assertTrue(kept.exists())
        seconds = json.loads((self.out / ".resume/done/gsa/result.json").read_text())["fuse_seconds"]
        # One that is not whole is made again.
        (self.out / ".resume/done/linear_injection/fused.h5").write_bytes(b"cut off")
        run = subprocess.run([*command, "--resume"], capture_output=True, text=True, timeout=120)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("gsa: was complete before\n", run.stderr)
        self.assertIn("short: was complete before\n", run.stderr)
        self.assertNotIn("linear_injection: was complete", run.stderr)
        resumed = json.loads((self.out / "metrics.json").read_text())
        self.assertEqual(resumed["methods"][0]["fuse_seconds"], seconds)
        resumed_out, self.out = self.out, self.folder / "alone"
        alone = self.succeeded(self.run_config(config))
        self.assertEqual(timeless(resumed["methods"]), timeless(alone["methods"]))
        self.assertEqual(timeless(resumed["summary"]), timeless(alone["summary"]))
        for label in ["gsa", "linear_injection", "short", "two_cnn_fu"]:
            self.assertEqual(*((out / label / "fused.h5").read_bytes() for out in (resumed_out, self.out)))
        self.assertEqual(sorted(path.name for path in (resumed_out / "short").iterdir()), ["checkpoint.h5", "fused.h5"])

    def test_killed_at_twenty_moments_it_ends_as_if_left_alone(self):
        train = SMALL_NETWORK["train"] | {"steps": 800, "checkpoint_every": 40, "validate_every": 50}
        path = self.folder / "config.json"
        path.write_text(json.dumps(experiment(
            data=SPLIT_DATA, protocol=SPLIT,
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
        self.assertEqual((run.returncode, said(run)), (0, ""))
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
        self.assertEqual((run.returncode, said(run)), (0, ""))
        self.assertTrue(result(killed) == result(alone))  # equal or too long to print
        # The checkpoints differ in the milliseconds that the training took: in a few bytes of one number.
        one, other = ((out / "two_cnn_fu/checkpoint.h5").read_bytes() for out in (killed, alone))
        self.assertEqual(len(one), len(other))
        places = [place for place in range(len(one)) if one[place] != other[place]]
        self.assertLess(max(places, default=0) - min(places, default=0), 8)
        self.assertEqual([path.name for path in killed.iterdir() if path.name.startswith(".")], [])


if __name__ == "__main__":
    main()
