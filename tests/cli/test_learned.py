#!/usr/bin/env python3
"""What was learned from and is scored: test_learned.py RUN_EXPERIMENT MAKE_BAD_FILES"""
import json

from program import SMALL_NETWORK, SPLIT, SPLIT_DATA, ProgramTest, experiment, main

LINEAR = {"name": "linear_injection"}
OTHER = {"synthetic": {"rows": 16, "cols": 16, "bands": 40, "seed": 3}}
SHARE, MARK = "learned_from_scored_pixels", "learned from what it is scored on"


class Learned(ProgramTest):
    def shares(self, config, *arguments, warned=None):
        """Of each method; `warned` are the labels of those that warnings name."""
        run = self.run_config(config, *arguments)
        metrics = self.succeeded(run)
        shares = {method["label"]: method[SHARE] for method in metrics["methods"]}
        if warned is None:
            warned = [label for label, share in shares.items() if share]
        lines = [line for line in metrics["warnings"] if MARK in line]
        self.assertEqual([line.split()[0] for line in lines], warned)
        for line in lines:
            self.assertIn(f"warning: {line}\n", run.stderr)
        return shares

    def transfer(self, train, **changes):
        return experiment(protocol={"type": "transfer", "train_scenes": train} | changes, methods=[{"name": "bicubic"}, LINEAR])

    def trained(self, config):
        """The folder of a run."""
        self.succeeded(self.run_config(config))
        folder, self.out = self.out, self.folder / f"after_{self.out.name}"
        return folder

    def applied(self, checkpoint, **changes):
        methods = [{"name": checkpoint.parent.name, "checkpoint": str(checkpoint)}]
        return experiment(protocol={"type": "apply"}, methods=methods, **changes)

    def test_a_scene_that_is_trained_on_and_scored_is_marked_everywhere(self):
        self.assertEqual(self.shares(self.transfer([OTHER, {"scene": "good.h5"}])), {"bicubic": 0, "linear_injection": 1})
        read = lambda name: (self.out / name).read_text()
        self.assertIn("| linear_injection † |", read("table.md"))
        self.assertIn(f"\n† {MARK}", read("table.md"))
        self.assertIn("\nLinear injection $\\dagger$ &", read("table.tex"))
        self.assertRegex(read("metrics.csv"), rf"(?s)^method,.*,{SHARE}\nbicubic,.*,0\nlinear_injection,.*,1\n$")
        self.assertIn("linear_injection †</th>", read("report.html"))
        self.assertIn("Warning: linear_injection learned from", read("report.html"))
        self.assertNotIn("bicubic †", read("report.html"))
        # A run that was done before says it again, and the last line that there was something to look at.
        again = self.run_config(self.transfer([OTHER, {"scene": "good.h5"}]))
        self.assertIn("linear_injection †", again.stdout)
        self.assertEqual(again.stdout.splitlines()[-1], "done with 2 warnings: see above")

    def test_scenes_to_select_with_count_and_others_do_not(self):
        self.assertEqual(self.shares(self.transfer([OTHER])), {"bicubic": 0, "linear_injection": 0})
        self.assertNotIn(SHARE, (self.out / "metrics.csv").read_text())
        self.out = self.folder / "selected"
        self.assertEqual(self.shares(self.transfer([OTHER], validation_scenes=[{"scene": "good.h5"}]))["linear_injection"], 1)

    def test_a_checkpoint_knows_what_it_learned_from(self):
        protocol = {"fine_tune": {"steps": 2}}
        learned = self.trained(self.transfer([{"scene": "good.h5"}], **protocol) | {"methods": [LINEAR, SMALL_NETWORK]})
        for name in ["linear_injection/checkpoint.h5", "two_cnn_fu/checkpoint.h5", "two_cnn_fu/pretrained.h5"]:
            self.out = self.folder / name.replace("/", "_")
            # A part of it.
            crop = {"scene": "good.h5", "crop": {"row": 5, "col": 3, "rows": 8, "cols": 8}}
            self.assertEqual(list(self.shares(self.applied(learned / name, data=crop)).values()), [1])
            self.assertEqual(list(self.shares(self.applied(learned / name, data=OTHER), "--overwrite").values()), [0])
        # A fourth of what is scored.
        self.out = self.folder / "quarter"
        part = OTHER | {"crop": {"row": 0, "col": 0, "rows": 4, "cols": 16}}
        learned = self.trained(self.transfer([part]))
        share, = self.shares(self.applied(learned / "linear_injection/checkpoint.h5", data=OTHER)).values()
        self.assertAlmostEqual(share, 0.25, delta=0.03)

    def test_learning_from_the_pair_itself_is_none_of_it(self):
        learned = self.trained(experiment(methods=[LINEAR, SMALL_NETWORK]))
        for name in ["linear_injection", "two_cnn_fu"]:
            self.out = self.folder / name
            self.assertEqual(self.shares(self.applied(learned / name / "checkpoint.h5")), {name: 0})
        self.out = self.folder / "split"
        config = experiment(data=SPLIT_DATA, protocol=SPLIT, methods=[LINEAR, SMALL_NETWORK])
        self.assertEqual(self.shares(config), {"linear_injection": 0, "two_cnn_fu": 0})
        whole = self.applied(self.out / "linear_injection/checkpoint.h5", data=SPLIT_DATA)
        self.out = self.folder / "whole"
        share, = self.shares(whole).values()
        self.assertAlmostEqual(share, 2 / 9, delta=0.03)  # to train, and to select with

    def test_a_pair_on_disk_is_looked_at_part_by_part(self):
        pair = {"data": {"pair": "stream.h5"}, "degrade": {"ratio": 4}}
        config = self.transfer([{"pair": "stream.h5", "crop": {"row": 160, "col": 0, "rows": 160, "cols": 288}}]) | pair
        checkpoint = self.trained(config) / "linear_injection/checkpoint.h5"
        in_memory, = self.shares(self.applied(checkpoint, **pair)).values()
        self.out = self.folder / "streamed"
        on_disk, = self.shares(self.applied(checkpoint, **pair), "--memory", "155MiB").values()
        self.assertEqual(in_memory, on_disk)
        self.assertGreater(on_disk, 0.5)  # one half of it, and what repeats
        self.assertLess(on_disk, 0.8)
        self.out = self.folder / "by_parts"  # what is learned there is known, too
        self.succeeded(self.run_config(experiment(methods=[LINEAR], **pair), "--memory", "155MiB"))
        checkpoint = self.out / "linear_injection/checkpoint.h5"
        self.out = self.folder / "last"
        self.assertEqual(self.shares(self.applied(checkpoint, **pair)), {"linear_injection": 0})
        self.assertEqual(self.warnings(), [])

    def test_a_sweep_has_the_marks_and_the_warnings_of_its_runs(self):
        base = self.transfer([{"scene": "good.h5"}])
        del base["name"]
        sweep = {"name": "both", "sweep": {"base": base, "grid": {"degrade.psf.type": ["gaussian", "box"]}}}
        for _ in range(2):  # the second time all runs were done before
            path = self.folder / "sweep.json"
            path.write_text(json.dumps(sweep))
            run = self.run_program(path, "--data-dir", self.folder, "--out", self.out)
            self.assertEqual(run.returncode, 0, run.stderr)
            said = [line for line in run.stderr.splitlines() if line.startswith("warning: ")]
            self.assertEqual(len(said), 2)
            self.assertRegex(said[1], f"^warning: all 2 runs: linear_injection {MARK}")
            self.assertEqual(run.stdout.splitlines()[-1], "done with 2 warnings: see above")
        for name, mark in [("sweep.md", "linear_injection † |"), ("sweep.tex", "$\\dagger$ &"), ("sweep.html", "linear_injection †</td>"),
                           ("sweep.csv", SHARE)]:
            self.assertIn(mark, (self.out / name).read_text())
        for one in json.loads((self.out / "sweep.json").read_text())["runs"]:
            self.assertIn(MARK, one["warnings"][1])


if __name__ == "__main__":
    main()
