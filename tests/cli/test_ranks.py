#!/usr/bin/env python3
"""One run in several processes: test_ranks.py RUN_EXPERIMENT MAKE_BAD_FILES. Skipped without MPI."""
import json
import os
import random
import shutil
import signal
import subprocess
import time
import unittest
import unittest.mock

from program import PROGRAM, SMALL_NETWORK, ProgramTest, experiment, main

MPIRUN = shutil.which("mpirun")
STEPS = 40
# Tiles of which each rank fuses some rows.
NETWORK = SMALL_NETWORK | {"fuse_tile": 4, "train": SMALL_NETWORK["train"] | {"steps": STEPS, "tiles": 4, "checkpoint_every": 10}}
# So little memory that the streamed pair takes several parts.
LITTLE = "160MiB"
# What a sandbox or a machine with few processors needs; nothing of the program depends on it.
LAUNCH = ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "--mca", "btl_vader_single_copy_mechanism", "none",
          "--mca", "mpi_yield_when_idle", "1"]


def has_mpi():
    """Whether there is a launcher, and a program that it can start more than once: without MPI it refuses."""
    return MPIRUN is not None and subprocess.run([MPIRUN, "-n", "2", *LAUNCH, PROGRAM, "--version"],
                                                 capture_output=True).returncode == 0


@unittest.skipUnless(has_mpi(), "no mpirun, or a program without MPI")
class Ranks(ProgramTest):
    def launch(self, ranks, config, *arguments, out=None):
        path = self.folder / "config.json"
        path.write_text(json.dumps(config))
        command = [MPIRUN, "-n", str(ranks), *LAUNCH, PROGRAM, path, "--data-dir", self.folder, "--out", out or self.out,
                   "--threads", "1", *arguments]
        return subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def ended(self, run):
        run.output, run.error = run.communicate(timeout=240)
        return run

    def checkpointed(self, run):
        """Waits for its first checkpoint."""
        checkpoint = self.out / ".resume/two_cnn_fu.h5"
        for _ in range(2000):
            if checkpoint.exists() or run.poll() is not None:
                break
            time.sleep(0.02)
        self.assertTrue(checkpoint.exists())
        return run

    def made_by(self, ranks, config, *arguments):
        out = self.folder / f"out{ranks}"
        run = self.ended(self.launch(ranks, config, "--quiet", *arguments, out=out))
        self.assertEqual(run.returncode, 0, run.error)
        self.assertEqual(run.output.count("report:"), 1, run.output)
        return out

    def losses(self, out):
        lines = map(json.loads, (out / "log.jsonl").read_text().splitlines())
        return [line["loss"] for line in lines if "step" in line]

    def scores(self, out):
        return [entry["metrics"] for entry in json.loads((out / "metrics.json").read_text())["methods"]]

    def test_a_launcher_of_another_mpi_is_said_and_counted_in_the_last_line(self):
        with unittest.mock.patch.dict(os.environ, {"PMI_SIZE": "2"}):
            run = self.run_program("--import", "good.h5", "again.h5")
        self.assertRegex(run.stderr, "^warning: started as one of 2 ranks, of which this MPI knows nothing: .*\n$")
        self.assertEqual((run.returncode, run.stdout.splitlines()[-1]), (0, "done with 1 warning: see above"))

    def test_any_number_of_ranks_learns_the_same(self):
        config = experiment(methods=[NETWORK, {"name": "gsa"}])
        outs = {ranks: self.made_by(ranks, config) for ranks in (1, 2, 4)}
        alone = self.losses(outs[1])
        self.assertGreater(len(alone), 3)
        for ranks in (2, 4):
            for one, other in zip(alone, self.losses(outs[ranks]), strict=True):
                self.assertAlmostEqual(one, other, delta=1e-5 * one)
            for one, other in zip(self.scores(outs[1]), self.scores(outs[ranks]), strict=True):
                for name, value in one.items():
                    close = value == other[name] or abs(value - other[name]) <= 1e-4 * abs(value)
                    self.assertTrue(close, f"{name} {value} {other[name]}")
        # The same number gives the same bits, and a process that was started alone those of one rank.
        again = self.folder / "again"
        self.ended(self.launch(2, config, "--quiet", out=again))
        self.assertEqual((again / "two_cnn_fu/fused.h5").read_bytes(), (outs[2] / "two_cnn_fu/fused.h5").read_bytes())
        self.succeeded(self.run_config(config))
        self.assertEqual((self.out / "two_cnn_fu/fused.h5").read_bytes(), (outs[1] / "two_cnn_fu/fused.h5").read_bytes())

    def test_the_same_weights_fuse_to_the_same_bits(self):
        config = experiment(methods=[{"name": "two_cnn_fu_plus", "fuse_tile": 4}])
        one, two = (self.made_by(ranks, config) for ranks in (1, 3))
        self.assertEqual((one / "two_cnn_fu_plus/fused.h5").read_bytes(), (two / "two_cnn_fu_plus/fused.h5").read_bytes())

    def test_a_streamed_pair_is_shared_out(self):
        config = {"name": "streamed", "data": {"pair": "stream.h5"}, "degrade": {"ratio": 4},
                  "methods": [{"name": "gsa"}, {"name": "linear_injection"}]}
        one, two = (self.made_by(ranks, config, "--memory", LITTLE) for ranks in (1, 2))
        for method in ("gsa", "linear_injection"):
            self.assertEqual((one / method / "fused.h5").read_bytes(), (two / method / "fused.h5").read_bytes())

    def test_two_files_are_fused_as_by_one_process(self):
        files = self.folder / "stream.h5", self.folder / "stream.h5"
        told = ["--method", "gsa", "--quiet", "--set", "data.hsi.dataset=/hsi", "--set", "data.msi.dataset=/msi"]
        made = []
        for ranks in (1, 2):
            made.append(self.folder / f"fused{ranks}.h5")
            run = subprocess.run([MPIRUN, "-n", str(ranks), *LAUNCH, PROGRAM, "--fuse", *files, "--out", made[-1], *told],
                                 capture_output=True, text=True)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertEqual(run.stdout.count("fused image"), 1, run.stdout)
        self.assertEqual(made[0].read_bytes(), made[1].read_bytes())

    def test_a_rank_that_dies_ends_all_and_another_number_goes_on(self):
        config = experiment(methods=[NETWORK | {"train": NETWORK["train"] | {"steps": 2000}}])
        run = self.checkpointed(self.launch(2, config))
        ranks = subprocess.run(["pgrep", "-P", str(run.pid)], capture_output=True, text=True).stdout.split()
        self.assertEqual(len(ranks), 2)
        os.kill(int(random.Random(1).choice(ranks)), signal.SIGKILL)
        start = time.monotonic()
        self.ended(run)
        self.assertLess(time.monotonic() - start, 30)  # or it would wait for ever
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("exited on signal 9", run.error)
        again = self.ended(self.launch(3, config, "--resume", "--quiet"))
        self.assertEqual(again.returncode, 0, again.error)
        self.assertEqual([line["step"] for line in self.log()], list(range(1, 2001)))

    def test_interrupted_ranks_stop_at_the_same_step(self):
        config = experiment(methods=[NETWORK | {"train": NETWORK["train"] | {"steps": 2000}}])
        run = self.checkpointed(self.launch(2, config, "--quiet"))
        run.send_signal(signal.SIGINT)
        self.ended(run)
        errors = [line for line in run.error.splitlines() if line.startswith("run_experiment: error:")]
        self.assertEqual(len(errors), 1, run.error)
        self.assertRegex(errors[0], r"interrupted at step \d+ of 2000; continue with --resume")
        again = self.ended(self.launch(1, config, "--resume", "--quiet"))
        self.assertEqual(again.returncode, 0, again.error)
        self.assertEqual([line["step"] for line in self.log()], list(range(1, 2001)))

    def test_one_message_for_all(self):
        run = self.ended(self.launch(3, experiment(methods=[NETWORK | {"train": {"tiles": 2, "steps": 5}}])))
        self.assertEqual(run.returncode, 2)
        errors = [line for line in run.error.splitlines() if line.startswith("run_experiment: error:")]
        self.assertEqual(len(errors), 1, run.error)
        self.assertIn("methods.0: train.tiles: expected at least one for each of 3 ranks, got 2", errors[0])
        plus = {"name": "two_cnn_fu_plus", "tune": {"steps": 2}, "train": {"tiles": 2}}
        run = self.ended(self.launch(3, experiment(methods=[plus])))
        self.assertEqual(run.returncode, 2)
        self.assertIn("methods.0: train.tiles: expected at least one for each of 3 ranks, got 2", run.error)

    def test_a_sweep_is_a_queue(self):
        sweep = {"name": "queue", "sweep": {"base": experiment(methods=[{"name": "bicubic"}, {"name": "gsa"}]),
                                            "seeds": list(range(6))}}
        out = self.folder / "out2"
        run = self.ended(self.launch(2, sweep, out=out))
        self.assertEqual(run.returncode, 0, run.error)
        self.assertEqual(len(list((out / "runs").iterdir())), 6)
        # The first rank tells what it starts, and has not started all.
        self.assertIn(run.error.count("  starts\n"), range(1, 6), run.error)

    def test_a_run_of_a_sweep_that_fails_is_tried_once(self):
        script = 'echo tried >> "$1"; exit 1'
        failing = {"name": "external", "command": ["sh", "-c", script, "sh", str(self.folder / "tries"), "{pair}",
                                                      "{fused}"]}
        sweep = {"name": "queue", "sweep": {"base": experiment(methods=[failing]), "seeds": list(range(3))}}
        for calls in (1, 2):
            run = self.ended(self.launch(2, sweep, out=self.folder / "out2"))
            self.assertEqual(run.returncode, 1, run.error)
            self.assertEqual((self.folder / "tries").read_text().count("tried"), 3 * calls)


if __name__ == "__main__":
    main()
