#!/usr/bin/env python3
"""Programs of others in the table: test_external.py RUN_EXPERIMENT MAKE_BAD_FILES

h5py, PyTorch and Octave are used where they are there.
"""
import importlib.util
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
import unittest

from program import PROGRAM, SPLIT, SPLIT_DATA, TOP, ProgramTest, experiment, main
from said import said

SIZE = 16, 16, 40


def external(*command, **options):
    return {"name": "external", "label": "theirs", "command": list(command), **options}


def shell(script, *arguments, **options):
    """A program in the shell, which finds the pair in $1 and what it has to write in $2."""
    return external("sh", "-c", script, "sh", "{pair}", "{fused}", *arguments, **options)


def npy(shape, value):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (63 - (len(header) + 10) % 64) + "\n"
    values = struct.pack("<f", value) * (shape[0] * shape[1] * shape[2])
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + values


def there(*packages):
    return all(importlib.util.find_spec(package) for package in packages)


def gone(process):
    """Whether a process ends within a moment."""
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


class OtherPrograms(ProgramTest):
    def setUp(self):
        super().setUp()
        self.made = self.folder / "earlier"
        self.out = self.made
        self.succeeded(self.run_config(experiment(methods=[{"name": "gsa"}])))
        self.out = self.folder / "out"
        shutil.copy(self.made / "gsa" / "fused.h5", self.folder / "fused.h5")

    def scores(self, *methods, **changes):
        run = self.succeeded(self.run_config(experiment(methods=list(methods), **changes)))
        return {method["label"]: method["metrics"] for method in run["methods"]}

    def failed(self, pattern, method, *arguments):
        run = self.run_config(experiment(methods=[{"name": "bicubic"}, method]), "--overwrite", *arguments)
        self.assertEqual(run.returncode, 1, run.stderr)
        self.assertRegex(run.stderr.splitlines()[-1], "^run_experiment: error: theirs: " + pattern)
        self.assertFalse((self.out / "metrics.json").exists())
        return run

    def test_an_image_made_elsewhere_has_the_scores_of_the_one_it_is(self):
        scores = self.scores({"name": "gsa"}, {"name": "external", "label": "file", "file": "fused.h5"},
                             shell('cp fused.h5 "$2"'))
        self.assertEqual(scores["file"], scores["gsa"])
        self.assertEqual(scores["theirs"], scores["gsa"])

    def test_what_it_says_is_kept_and_it_gets_seed_and_threads(self):
        seeds = [3, 8]
        method = shell('cp fused.h5 "$2"; echo seed $3 threads $4 $OMP_NUM_THREADS; echo and errors >&2',
                       "{seed}", "{threads}")
        self.succeeded(self.run_config(experiment(methods=[method], seeds=seeds), "--threads", 2))
        for seed in seeds:
            self.assertEqual((self.out / f"theirs-seed{seed}" / "output.txt").read_text(),
                             f"seed {seed} threads 2 2\nand errors\n")

    def test_the_memory_is_that_of_the_program(self):
        look = ("import shutil, sys, time; much = b'x' * 300_000_000; time.sleep(0.3); "
                "shutil.copy('fused.h5', sys.argv[2])")
        method = external(sys.executable, "-c", look, "{pair}", "{fused}")
        run = self.succeeded(self.run_config(experiment(methods=[{"name": "bicubic"}, method])))
        bicubic, theirs = (method["peak_memory_mb"] for method in run["methods"])
        self.assertLess(bicubic, 200)
        self.assertGreater(theirs, 280)

    def test_a_program_that_fails_says_so_in_one_line(self):
        run = self.failed("sh ended with exit code 3: no such luck$", shell("echo a trace; echo no such luck; exit 3"))
        self.assertEqual(said(run).count("\n"), 1)  # --quiet
        self.failed("sh was ended by signal 11", shell("kill -SEGV $$"))
        self.failed("sh ended without writing {fused}; its last words: done$", shell("echo done"))
        self.failed("what the program wrote: .*fused.h5: ", shell('echo nonsense > "$2"'))
        self.failed("what the program wrote: .*no dataset /cube, but /hsi and /msi", shell('cp "$1" "$2"'))

    def test_nonsense_is_refused_with_what_was_expected(self):
        method = external("sh", "-c", 'cp wrong.npy "$1"', "sh", "{fused.npy}", "{pair}")
        rows, cols, bands = SIZE
        for shape, value, pattern in (
                ((rows, cols, bands + 1), 1, r"expected rows, columns and bands \[16, 16, 40\], got \[16, 16, 41\]$"),
                ((bands, rows, cols), 1, r"got \[40, 16, 16\]; `axes` says in which order they are"),
                (SIZE, float("nan"), "expected finite float32 values, got .*nan at row 0")):
            (self.folder / "wrong.npy").write_bytes(npy(shape, value))
            self.failed("what the program wrote: .*fused.npy: .*" + pattern, method)
        (self.folder / "wrong.npy").write_bytes(npy((bands, rows, cols), 1))
        self.succeeded(self.run_config(experiment(methods=[method | {"axes": "brc"}]), "--overwrite"))

    def test_a_program_that_hangs_is_ended_with_all_it_started(self):
        self.failed("sh ran longer than time_limit, 0.5 s, and was ended",
                    shell("sleep 60 & echo $! > started; wait", time_limit=0.5))
        self.assertTrue(gone(int((self.folder / "started").read_text())))

    def test_an_interrupt_ends_it_and_what_was_done_before_is_kept(self):
        (self.folder / "config.json").write_text(json.dumps(experiment(methods=[{"name": "gsa"}, shell(". ./script.sh")])))
        (self.folder / "script.sh").write_text("echo $$ > started; exec sleep 60")
        command = [PROGRAM, "config.json", "--data-dir", ".", "--out", "out"]
        run = subprocess.Popen(command, cwd=self.folder, stderr=subprocess.PIPE, text=True)
        started = self.folder / "started"
        while not (started.exists() and started.read_text().endswith("\n")):
            time.sleep(0.02)
        run.send_signal(signal.SIGINT)
        self.assertIn("interrupted while sh ran", run.communicate(timeout=30)[1])
        self.assertEqual(run.returncode, 130)
        self.assertTrue(gone(int(started.read_text())))
        (self.folder / "script.sh").write_text('cp fused.h5 "$2"')
        again = self.run_program(*command[1:], "--resume")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertIn("gsa: was complete before", again.stderr)

    def test_what_cannot_work_is_refused_before_anything_starts(self):
        def refused(code, pattern, method, **changes):
            self.refused(code, pattern, self.run_config(experiment(methods=[{"name": "bicubic"}, method], **changes)))
        refused(2, "methods.1: external: expected either `file`, an image, or `command`",
                {"name": "external", "label": "theirs"})
        refused(2, "methods.1: external: expected either", shell("true") | {"file": "fused.h5"})
        refused(3, "nowhere.npy: not found", {"name": "external", "file": "nowhere.npy"})
        (self.folder / "small.npy").write_bytes(npy((8, 8, 40), 1))
        refused(3, "small.npy: /cube: expected rows, columns and bands", {"name": "external", "file": "small.npy"})
        refused(2, 'methods.1: external: command: "nosuch" is no program', external("nosuch", "{pair}", "{fused}"))
        refused(2, "command: expected one of .*, got {fusde}", external("true", "{pair}", "{fusde}"))
        refused(2, "command: expected {pair}, .* and one of {fused}", external("true", "{pair}"))
        refused(2, "command: expected {pair}", external("true", "{pair}", "{fused}", "{fused.npy}"))
        refused(2, "methods.1.checkpoint: expected nothing, as external keeps none",
                external("true", "{pair}", "{fused}", "{training}", checkpoint="good.h5"),
                protocol={"type": "apply"})

    def test_another_file_of_the_same_name_is_another_experiment(self):
        config = experiment(methods=[{"name": "external", "file": "fused.h5"}])
        first = self.succeeded(self.run_config(config))
        shutil.copy(self.folder / "good.h5", self.folder / "fused.h5")
        self.assertIn("holds results of this configuration on other data", self.run_config(config).stderr)
        again = self.succeeded(self.run_config(config, "--overwrite"))
        self.assertNotEqual(again["data_hash"], first["data_hash"])
        self.assertEqual(again["methods"][0]["metrics"]["rmse"], 0)
        self.assertIsNone(again["methods"][0]["learned_from_scored_pixels"])  # nobody knows


class WorkedExamples(ProgramTest):
    """What examples/ shows, as its files say it is called."""
    DATA = {"synthetic": {"rows": 32, "cols": 32, "bands": 40}}

    def scores(self, method):
        config = experiment(data=self.DATA, degrade={"ratio": 4}, methods=[{"name": "bicubic"}, method])
        run = self.succeeded(self.run_config(config))
        return {method["label"]: method["metrics"]["psnr_db"] for method in run["methods"]}

    def example(self, program, name, *arguments):
        return external(program, str(TOP / "examples" / name), "{pair}", *arguments)

    @unittest.skipUnless(there("h5py", "numpy"), "no h5py")
    def test_numpy(self):
        found = self.scores(self.example(sys.executable, "injection.py", "{training}", "{fused}"))
        self.assertGreater(found["theirs"], found["bicubic"] + 5)

    @unittest.skipUnless(there("h5py", "torch"), "no PyTorch")
    def test_pytorch_learns_and_repeats_by_seed(self):
        network = self.example(sys.executable, "two_branches.py", "{training}", "{fused}", "{seed}", "10")

        def scores(seeds):
            run = self.succeeded(self.run_config(experiment(data=self.DATA, degrade={"ratio": 4}, seeds=seeds,
                                                            methods=[network]), "--overwrite"))
            return [method["metrics"]["psnr_db"] for method in run["methods"]]

        first, other = scores([1, 2])
        self.assertEqual(scores([1]), [first])
        self.assertNotEqual(first, other)
        self.assertGreater(min(first, other), 12)

    @unittest.skipUnless(shutil.which("octave-cli"), "no Octave")
    def test_octave(self):
        found = self.scores(self.example("octave-cli", "brovey.m", "{fused.mat}"))
        self.assertGreater(found["theirs"], found["bicubic"])

    @unittest.skipUnless(there("h5py", "numpy"), "no h5py")
    def test_a_program_gets_what_methods_get_and_no_reference(self):
        look = ("import h5py, shutil, sys; a, b, _ = sys.argv[1:]; shutil.copy(a, 'pair.h5'); shutil.copy(b, 'training.h5'); "
                "sys.exit('seen')")
        method = external(sys.executable, "-c", look, "{pair}", "{training}", "{fused}")
        run = self.run_config(experiment(data=SPLIT_DATA, protocol=SPLIT, methods=[method]))
        self.assertIn("theirs: " + sys.executable + " ended with exit code 1: seen", run.stderr)
        import h5py
        with h5py.File(self.folder / "pair.h5") as file:
            self.assertEqual(sorted(file), ["hsi", "msi", "msi_wavelength_nm", "psf", "srf", "wavelength_nm"])
            self.assertEqual((file["hsi"].shape, file["msi"].shape), ((16, 36, 40), (32, 72, 6)))
            self.assertEqual((file.attrs["ratio"], file["srf"].shape), (2, (6, 40)))
            self.assertAlmostEqual(float(file["psf"][...].sum()), 1, places=5)
            hsi = file["hsi"][...]
        with h5py.File(self.folder / "training.h5") as file:
            self.assertEqual((sorted(file), sorted(file["train"])), (["train", "validation"], ["0"]))
            train = file["train/0"]
            self.assertEqual((train["reference"].shape, train["msi"].shape), ((32, 8, 40), (32, 8, 6)))
            self.assertEqual(train.attrs["ratio"], 2)
            self.assertTrue((train["hsi"][...] == hsi[:, :4]).all())


if __name__ == "__main__":
    main()
