#!/usr/bin/env python3
"""Runs that are cut off: test_resume.py RUN_EXPERIMENT MAKE_BAD_FILES

An interrupted or killed run has to go on and end as if it had been left alone.
"""
import json
import random
import signal
import subprocess
import time

from killed import finished_or_killed
from program import PROGRAM, SMALL_NETWORK, SPLIT, SPLIT_DATA, ProgramTest, experiment, main, timeless


class Resume(ProgramTest):
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
        self.assertEqual([line["step"] for line in self.log()], list(range(1, 3001)))

    def test_killed_at_twenty_moments_it_ends_as_if_left_alone(self):
        train = SMALL_NETWORK["train"] | {"steps": 1500, "checkpoint_every": 20, "validate_every": 50}
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


if __name__ == "__main__":
    main()
