#!/usr/bin/env python3
"""A pair that is larger than the memory that a run may take: test_stream.py RUN_EXPERIMENT MAKE_BAD_FILES. The made
files hold a pair, stream.h5, and LITTLE is too little for it."""
import json
import random
import re
import time
import unittest

from killed import finished_or_killed
from program import PROGRAM, SMALL_NETWORK, ProgramTest, main, timeless

NETWORK = json.loads(json.dumps(SMALL_NETWORK).replace('"kernel": 5', '"kernel": 3'))  # for few bands
METHODS = [{"name": "gsa"}, {"name": "linear_injection"}]
LITTLE = "160MiB"
# Where it does not matter what the sensors are: the most of the time goes into finding that out.
TOLD = {"ratio": 4, "harmonise": False, "estimate": dict.fromkeys(("psf", "srf", "gain", "shift"), False)}


class StreamTest(ProgramTest):
    def config(self, **changes):
        config = {"name": "streamed", "data": {"pair": "stream.h5"}, "degrade": {"ratio": 4}, "methods": METHODS}
        config.update(changes)
        return config

    def streamed(self, config, *arguments, memory=LITTLE):
        return self.run_config(config, "--memory", memory, *arguments)

    def scores(self, out):
        return json.loads((out / "metrics.json").read_text())["methods"]

    def test_scores_are_those_of_the_run_in_memory(self):
        run = self.run_config(self.config(), "--quiet")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        whole = self.scores(self.out)
        run = self.streamed(self.config(), "--quiet", "--overwrite")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        for one, other in zip(whole, self.scores(self.out), strict=True):
            for part in ("metrics", "no_reference"):
                self.assertEqual(one[part].keys(), other[part].keys())
                for name, value in one[part].items():
                    self.assertAlmostEqual(value, other[part][name], delta=1e-6 * abs(value), msg=name)
            # Sizes are counted in bins, and results differ by rounding.
            self.assertEqual(len(one["errors"]["size"]), 6)
            for size, of_parts in zip(one["errors"]["size"], other["errors"]["size"], strict=True):
                self.assertAlmostEqual(size, of_parts, delta=0.01 * size)
        page = (self.out / "report.html").read_text()
        self.assertIn("Scores are of the whole image.", page)
        self.assertIn("HSI 80 x 72 x 12, MSI 320 x 288 x 3, reference 320 x 288 x 12", page)

    def test_a_pair_whose_sensors_are_not_as_told(self):
        config = self.config(data={"pair": "field.h5"}, degrade={"ratio": 4, "psf": {"type": "box"}})
        whole = self.succeeded(self.run_config(config))
        found = whole["estimates"][0]
        for got, expected in zip(found["shift"], (0.6, -0.4), strict=True):
            self.assertAlmostEqual(got, expected, delta=0.01)
        for got, expected in zip(found["gain"], (0.9, 1, 1.1), strict=True):
            self.assertAlmostEqual(got, expected, delta=0.02)
        self.assertEqual([one["used"] for one in found["findings"] if one["what"] in ("shift", "gain")], ["found"] * 2)
        # Rows 80-127 and columns 56-103 of the MSI.
        said = "HSI and MSI disagree by 23 % in 144 connected coarse pixels (rows 20-31, cols 14-25): the ground changed"
        self.assertTrue(any(text.startswith(said) for text in whole["warnings"]), whole["warnings"])
        self.assertTrue(any(text.startswith(said) for text in self.warnings()))
        self.assertIn(said, (self.out / "report.html").read_text())
        told = dict(config, degrade=TOLD | config["degrade"])
        before = self.succeeded(self.run_config(told, "--overwrite"))
        self.assertNotIn("estimates", before)
        self.assertGreater(whole["methods"][1]["metrics"]["psnr_db"], before["methods"][1]["metrics"]["psnr_db"] + 2)

    def test_an_msi_that_lies_upside_down_is_refused_and_turned_as_the_error_says(self):
        config = self.config(data={"pair": "flipped.h5"})
        for memory in ((), ("--memory", LITTLE)):
            self.refused(2, "data: the MSI lies upside down on the HSI: turned back, the HSI explains .* % of it, as it is .* %; "
                            "--set data.orientation=flip_rows turns it back", self.run_config(config, *memory))
        config["data"]["orientation"] = "flip_rows"
        whole, parts = (self.succeeded(self.run_config(config, *memory, "--overwrite"))["methods"][1]["metrics"]["psnr_db"]
                        for memory in ((), ("--memory", LITTLE)))
        self.assertGreater(whole, 25)
        self.assertAlmostEqual(whole, parts, delta=1e-4)

    def test_killed_at_random_moments_it_ends_identical_to_the_byte(self):
        path = self.folder / "config.json"
        path.write_text(json.dumps(self.config(data={"pair": str(self.folder / "stream.h5")})))
        alone, killed = self.folder / "alone", self.folder / "killed"
        start = time.monotonic()
        run = self.run_program(path, "--out", alone, "--memory", LITTLE, "--quiet")
        seconds = time.monotonic() - start
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        moments = random.Random(3)
        command = [PROGRAM, path, "--out", killed, "--memory", LITTLE, "--quiet", "--resume"]
        kills = 0
        while kills < 10:
            if finished_or_killed(command, moments.uniform(0.1, 0.6) * seconds) is not None:
                break
            kills += 1
        self.assertGreaterEqual(kills, 3)
        run = self.run_program(path, "--out", killed, "--memory", LITTLE, "--quiet", "--resume")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        for method in ("gsa", "linear_injection"):
            self.assertEqual((killed / method / "fused.h5").read_bytes(), (alone / method / "fused.h5").read_bytes())
        one, other = (timeless(json.loads((out / "metrics.json").read_text())) for out in (alone, killed))
        del one["environment"], other["environment"]
        self.assertEqual(one, other)
        self.assertEqual([path.name for path in killed.iterdir() if path.name.startswith(".")], [])

    def test_what_cannot_be_done_by_parts_is_refused_before_anything_is_made(self):
        for changes, memory, message in [
                ({"methods": [{"name": "hysure"}]}, "150MiB", "hysure needs the whole image at once, and about "),
                ({"methods": METHODS + [NETWORK]}, LITTLE,
                 "methods.two_cnn_fu.checkpoint: required, as "),
                ({}, "100MiB", "--memory: expected at least "),
                ({}, "lots", '--memory: expected a size such as 1.5GiB or 800MiB, got "lots"'),
                ({"output": {"format": "matlab"}}, LITTLE, "output.format: expected "),
                ({"protocol": {"type": "wald", "validation_fraction": 0.2}}, LITTLE, "protocol.validation_fraction: expected 0")]:
            with self.subTest(message):
                run = self.streamed(self.config(**{"degrade": TOLD} | changes), "--quiet", memory=memory)
                self.assertEqual(run.returncode, 2, run.stderr)
                self.assertIn(message, run.stderr)
                self.assertFalse(self.out.exists())

        (self.folder / "scratch").mkdir()
        run = self.streamed(self.config(degrade=TOLD), "--quiet", "--scratch", "scratch")
        self.assertEqual(run.returncode, 2, run.stderr)
        self.assertIn("--scratch: expected protocol transfer, which learns from other scenes, got another", run.stderr)

    def test_sizes_of_memory_are_in_any_of_the_usual_units(self):
        for text, mebibytes in [("90MiB", 90), ("100000KiB", 98), ("0.09GiB", 93), ("0.0001TiB", 105), ("100MB", 96),
                                ("0.1GB", 96), ("0.0001TB", 96), ("90M", 90), ("100000K", 98), ("0.09G", 93),
                                ("0.0001T", 105)]:
            run = self.streamed(self.config(degrade=TOLD), memory=text)
            self.assertEqual(run.returncode, 2)
            self.assertIn(f"for gsa, got {mebibytes} MiB", run.stderr)
        for text in "1gib", "-1MiB", "1e9MiB", "1 MiB", "MiB":
            self.assertIn(f'--memory: expected a size such as 1.5GiB or 800MiB, got "{text}"',
                          self.streamed(self.config(degrade=TOLD), memory=text).stderr)

    def test_results_made_with_memory_and_without_are_told_apart(self):
        self.assertEqual(self.run_config(self.config(degrade=TOLD)).returncode, 0)
        run = self.streamed(self.config(degrade=TOLD))
        self.assertEqual(run.returncode, 2)
        self.assertIn("holds results of this configuration, made with the pair in memory", run.stderr)
        self.assertEqual(self.streamed(self.config(degrade=TOLD), "--overwrite").returncode, 0)
        self.assertEqual(self.streamed(self.config(degrade=TOLD)).returncode, 0)  # done before
        run = self.streamed(self.config(degrade=TOLD), memory="1GiB")  # enough for all of it
        self.assertEqual(run.returncode, 2)
        self.assertIn("holds results of this configuration, made with the pair in its files", run.stderr)
        # What the machine has free may be enough now, and not then: a run that is there has decided.
        made = (self.out / "gsa/fused.h5").stat()
        run = self.run_config(self.config(degrade=TOLD))
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual((self.out / "gsa/fused.h5").stat(), made)

    def test_a_run_that_was_killed_while_it_published_makes_again_what_had_been_moved(self):
        self.assertEqual(self.streamed(self.config(degrade=TOLD)).returncode, 0)
        whole = (self.out / "gsa/fused.h5").read_bytes()
        killed = self.folder / "killed"
        kept = killed / ".resume"
        for method in ("gsa", "linear_injection"):
            (kept / "done" / method).mkdir(parents=True)
            summary = {"fit_seconds": 0, "fuse_seconds": 0, "peak_memory_mb": 0, "remarks": ""}
            (kept / "done" / method / "result.json").write_text(json.dumps(summary))
        (kept / "done/linear_injection/fused.h5").write_bytes((self.out / "linear_injection/fused.h5").read_bytes())
        (kept / "config.json").write_text((self.out / "config.json").read_text())
        (kept / "data_hash.txt").write_text(json.loads((self.out / "metrics.json").read_text())["data_hash"])
        path = self.folder / "config.json"
        run = self.run_program(path, "--data-dir", self.folder, "--out", killed, "--memory", LITTLE, "--resume")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("linear_injection: was complete before", run.stderr)
        self.assertNotIn("gsa: was complete before", run.stderr)
        self.assertEqual((killed / "gsa/fused.h5").read_bytes(), whole)

    def test_a_budget_is_kept_to_from_the_least_that_works(self):
        for method in "bicubic", "gsa", "two_cnn_fu_plus":
            config = self.config(methods=[{"name": method}], data={
                "pair": "stream.h5", "crop": {"row": 0, "col": 0, "rows": 224, "cols": 144}})
            refusal = self.streamed(config, memory="10MiB").stderr
            least = int(re.search(r"--memory: expected at least (\d+) MiB for", refusal)[1])
            for budget in least, 3 * least // 2:
                run = self.streamed(config, "--overwrite", memory=f"{budget}MiB")
                self.assertEqual((run.returncode, run.stderr), (0, ""))
                self.assertLess(self.scores(self.out)[0]["peak_memory_mb"], budget, method)

    def test_a_dry_run_says_what_would_be_done(self):
        path = self.folder / "config.json"
        path.write_text(json.dumps(self.config(data={"pair": str(self.folder / "stream.h5")})))
        run = self.run_program(path, "--memory", LITTLE, "--dry-run", "--out", self.out)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("HSI 80 x 72 x 12, MSI 320 x 288 x 3, ratio 4, read from ", run.stderr)
        self.assertIn("part by part", run.stderr)
        run = self.run_program(path, "--memory", "1GiB", "--dry-run", "--out", self.out)  # enough for all of it
        self.assertNotIn("part by part", run.stderr)
        self.assertFalse(self.out.exists())

    def test_one_pre_trained_network_fuses_with_its_errors_to_be_expected(self):
        run = self.streamed(self.config(methods=[{"name": "two_cnn_fu_plus"}], data={
            "pair": "stream.h5", "crop": {"row": 0, "col": 0, "rows": 224, "cols": 112}}), "--quiet", memory="700MiB")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        result = self.scores(self.out)[0]
        self.assertGreater(result["mean_sigma"], 0)
        own = result["reliability"]
        self.assertGreater(own["coverage_95"], own["coverage_68"])
        self.assertGreater(own["coverage_68"], 0.4)
        self.assertEqual(len(own["expected"]), 20)
        self.assertEqual(own["expected"], sorted(own["expected"]))
        self.assertIn("Reliability", (self.out / "report.html").read_text())
        fused = [(self.out / "two_cnn_fu_plus/fused.h5").read_bytes()]
        self.out = self.folder / "seed"
        # Some of its candidates start from what the seed draws.
        run = self.streamed(self.config(methods=[{"name": "two_cnn_fu_plus"}], seeds=[5], data={
            "pair": "stream.h5", "crop": {"row": 0, "col": 0, "rows": 224, "cols": 112}}), "--quiet", memory="700MiB")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertNotEqual(fused, [(self.out / "two_cnn_fu_plus/fused.h5").read_bytes()])


if __name__ == "__main__":
    main()
