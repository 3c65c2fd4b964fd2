#!/usr/bin/env python3
"""What each protocol learns from: test_protocols.py RUN_EXPERIMENT MAKE_BAD_FILES"""
import json
import re
import subprocess
import time
from pathlib import Path

from program import PART, PROGRAM, SMALL_NETWORK, SPLIT, SPLIT_DATA, ProgramTest, experiment, main


class Protocols(ProgramTest):
    def test_split_scores_the_test_part_alone(self):
        metrics = self.succeeded(self.run_config(experiment(data=SPLIT_DATA, protocol=SPLIT)))
        self.assertEqual(metrics["scored_on"], "rows 0-31, cols 64-71")
        self.out = self.folder / "near"
        near = dict(SPLIT, test=dict(PART, col=48))
        self.refused(2, "split: expected validation .* apart", self.run_config(experiment(data=SPLIT_DATA, protocol=near)))

    def test_transfer_learns_from_other_scenes_and_tunes_on_the_one_to_fuse(self):
        protocol = {"type": "transfer", "train_scenes": [{"scene": "good.h5"}, {"scene": "good.h5"}],
                    "validation_fraction": 0.25, "fine_tune": {"steps": 2, "learning_rate": 1e-4}}
        self.succeeded(self.run_config(experiment(protocol=protocol)))
        self.assertTrue((self.out / "two_cnn_fu/pretrained.h5").exists())
        log = self.log()
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
        self.check_on_disk(experiment(protocol=protocol), "two_cnn_fu", 20)

    def files_of(self, process):
        """How many files of the scratch folder a run holds, at most."""
        most = 0
        while process.poll() is None:
            try:
                maps = Path(f"/proc/{process.pid}/maps").read_text()
            except OSError:
                break
            most = max(most, len(set(re.findall(r"/scratch/\S+", maps))))
            time.sleep(0.002)
        return most

    def check_on_disk(self, config, method, files):
        """The run gives the same to the bit where what is learned from waits in so many files."""
        made = []
        scratch = self.folder / "scratch"
        scratch.mkdir()
        for name, options in [("memory", []), ("disk", ["--scratch", scratch])]:
            self.out = self.folder / name
            self.succeeded(self.run_config(config, *options))
            made.append((self.out / method / "fused.h5").read_bytes())
        self.assertEqual(*made)
        self.assertEqual(list(scratch.iterdir()), [])
        command = [PROGRAM, "config.json", "--data-dir", ".", "--out", "long", "--scratch", scratch, "--quiet", "--set",
                   f"methods.{method}.train.steps=100"]
        self.assertEqual(self.files_of(subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL)), files)
        self.out = self.folder / "nowhere"
        self.refused(2, "--scratch: expected a folder that exists, got nowhere", self.run_config(config, "--scratch", "nowhere"))

    def test_transfer_under_several_degradations_is_for_methods_that_suit_any_pair(self):
        # Quick candidates, and a network of two layers.
        usual = ["local", "local_projected", "local_subspace", "local_both", "fuse", "fuse_projected", "cnmf", "hysure",
                 "csu"]
        layers = {name: {"enabled": False} for block in ["across1", "along1", "across2", "along2", "across3"]
                  for name in [block, "add_" + block]}
        plus = {"name": "two_cnn_fu_plus", "weights": "none",
                "model": {"candidates": {name: {"enabled": False} for name in usual} | {"gsa": {"in_base": True}},
                          "layers": layers},
                "train": {"steps": 3, "tile": 4, "bands": 8, "tiles": 2, "log_every": 1}}
        # The last one leaves no lower scale: 16 pixels are less than five times five.
        protocol = {"type": "transfer", "train_scenes": [{"scene": "good.h5", "bands": [4, 20]}],
                    "degradations": [{"ratio": 2}, {"ratio": 3, "srf": {"fractions": [[0, 0.4], [0.5, 1]]}}, {"ratio": 5}]}
        self.succeeded(self.run_config(experiment(protocol=protocol, methods=[{"name": "bicubic"}, plus])))
        self.assertEqual([line["step"] for line in self.log()], [1, 2, 3])
        learned = self.out
        self.check_on_disk(experiment(protocol=protocol, methods=[plus]), "two_cnn_fu_plus", 22)
        self.out = self.folder / "applied"
        # Another ratio and other bands, and the weights that come with the program.
        data = {"scene": "good.h5", "bands": [0, 30], "crop": {"rows": 15, "cols": 15}}
        methods = [dict(plus, checkpoint=str(learned / "two_cnn_fu_plus/checkpoint.h5")),
                   {"name": "two_cnn_fu_plus", "label": "shipped"}]
        self.succeeded(self.run_config(experiment(
            data=data, degrade={"ratio": 3}, protocol={"type": "apply"}, methods=methods)))
        self.out = self.folder / "refused"
        self.refused(2, "protocol.degradations: expected them with methods that suit any pair only, got linear_injection",
                     self.run_config(experiment(protocol=protocol)))
        none = protocol | {"degradations": [{"ratio": 5}]}
        self.refused(2, "protocol.train_scenes: expected a scene with ratio x ratio coarse pixels for one of",
                     self.run_config(experiment(protocol=none, methods=[plus])))
        for bands in [[0, 41], [40, 1], [3, 0]]:
            self.refused(2, "data.bands: expected some of 40 bands, got {1} from {0}".format(*bands), self.run_config(
                experiment(data={"scene": "good.h5", "bands": bands})))
        protocol["train_scenes"][0]["bands"] = [39, 2]
        self.refused(2, "protocol.train_scenes.0: good.h5: data.bands: expected some of 40 bands, got 2 from 39",
                     self.run_config(experiment(protocol=protocol, methods=[plus])))

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
        self.assertEqual(self.log(), [])
        self.assertFalse((self.out / "two_cnn_fu/checkpoint.h5").exists())
        resolved = json.loads((self.out / "config.json").read_text())
        self.assertEqual(resolved["methods"][2]["model"]["branches"]["hsi"]["layers"]["conv"]["maps"], 3)
        self.succeeded(self.run_config(resolved))
        other_size = dict(config, data={"scene": "good.h5", "crop": {"rows": 10, "cols": 6}})
        self.succeeded(self.run_config(other_size, "--set", "methods.2.fuse_tile=5", "--overwrite"))

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

    def test_apply_under_another_degradation_is_said(self):
        self.succeeded(self.run_config(experiment(methods=[{"name": "linear_injection"}])))
        checkpoint = str(self.out / "linear_injection/checkpoint.h5")
        self.out = self.folder / "applied"
        config = experiment(protocol={"type": "apply"}, methods=[{"name": "linear_injection", "checkpoint": checkpoint}])
        self.succeeded(self.run_config(config))
        self.assertNotIn("another degradation", " ".join(self.warnings()))
        fractions = [[0.1 * i, 0.1 * i + 0.1] for i in range(6)]
        self.succeeded(self.run_config(config, "--overwrite", "--set", "degrade.psf.fwhm=3",
                                       "--set", 'degrade.srf={"fractions": %s}' % fractions))
        warning, = self.warnings()
        self.assertRegex(warning, r"^linear_injection learned from another degradation \(degrade.psf.fwhm is 2.0 there and "
                                  r"3.0 here, degrade.srf.sensor is \"landsat7\" there and \"\" here, ")

    def test_what_is_too_little_to_learn_from_is_refused(self):
        data = {"synthetic": {"rows": 24, "cols": 24, "bands": 40}}
        config = experiment(data=data, degrade={"ratio": 4}, methods=[SMALL_NETWORK])
        # One scale down the coarse image is a single pixel: no band has a span.
        self.refused(2, r"methods.0: two_cnn_fu: expected at least two coarse pixels to learn from, as one has no contrast, "
                        r"got a training image of 4 x 4 x 40 and ratio 4; under protocol wald a scene has to have 16 x 32",
                     self.run_config(config))
        config["data"] = {"synthetic": {"rows": 16, "cols": 32, "bands": 40}}
        self.succeeded(self.run_config(config))
        # The same where it is tuned only.
        self.out = self.folder / "tuned"
        protocol = {"type": "transfer", "train_scenes": [{"synthetic": {"rows": 32, "cols": 32, "bands": 40}}],
                    "fine_tune": {"steps": 2}}
        self.refused(2, "methods.0: two_cnn_fu: expected at least two coarse pixels", self.run_config(
            dict(config, data=data, protocol=protocol)))

    def test_what_is_too_little_for_so_many_parameters_is_said(self):
        config = experiment(data={"synthetic": {"rows": 32, "cols": 32, "bands": 40}})
        self.succeeded(self.run_config(config))
        warning, = self.warnings()
        self.assertRegex(warning, r"^two_cnn_fu learns \d{4} parameters from 256 pixels, fewer than a tenth: ")
        self.assertEqual(json.loads((self.out / "metrics.json").read_text())["warnings"], [warning])
        self.assertIn("Warning: " + warning, (self.out / "report.html").read_text())
        path = self.folder / "config.json"
        run = self.run_program(path, "--out", self.folder / "loud")
        self.assertIn("warning: " + warning + "\n", run.stderr)
        run = self.run_program(path, "--out", self.folder / "dry", "--dry-run")
        self.assertIn("warning: " + warning + "\n", run.stderr)
        parameters = int(warning.split()[2])
        # With as many pixels as a tenth of the parameters there is nothing to say.
        side = 2 * int((parameters / 10) ** 0.5 + 2) // 2 * 2
        self.out = self.folder / "enough"
        self.succeeded(self.run_config(config, "--set", f"data.synthetic.rows={side}", "--set", f"data.synthetic.cols={side}"))
        self.assertEqual(self.warnings(), [])

    def test_methods_that_learn_nothing_need_no_lower_scale(self):
        config = experiment(data={"synthetic": {"rows": 8, "cols": 8, "bands": 40}}, degrade={"ratio": 4},
                            methods=[{"name": "bicubic"}, {"name": "gsa"}], protocol={"validation_fraction": 0.5})
        metrics = self.succeeded(self.run_config(config))
        self.assertIsNone(metrics["methods"][1]["train_metrics"])
        self.assertNotIn("train", metrics["summary"])
        self.out = self.folder / "learns"
        self.refused(2, "protocol.type: wald: expected an HSI of at least 4 x 4 pixels", self.run_config(
            dict(config, methods=[{"name": "bicubic"}, {"name": "linear_injection"}])))


if __name__ == "__main__":
    main()
