#!/usr/bin/env python3
"""What a run leaves: test_results.py RUN_EXPERIMENT MAKE_BAD_FILES

Every file, and in them the same numbers everywhere and every time.
"""
import html
import json
import re
import struct
import zlib

from program import SMALL_NETWORK, TOP, ProgramTest, experiment, main, timeless
from report_numbers import missing_numbers

FILES = ["config.json", "environment.json", "metrics.json", "metrics.csv", "table.md", "table.tex", "report.html",
         "log.jsonl"]


class ResultFiles(ProgramTest):
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
        # That of a training has all that is needed to go on.
        self.assertIn(b"best_loss_bits", (self.out / "two_cnn_fu/checkpoint.h5").read_bytes())
        self.assertGreater(len(list((self.out / "figures").glob("*.png"))), 5)
        log = self.log()
        self.assertEqual([(line["method"], line["seed"], line["step"]) for line in log],
                         [("two_cnn_fu", 0, step) for step in [1, 2, 3, 4]])
        self.assertEqual([path for path in self.out.iterdir() if path.name.startswith(".")], [])

    def test_no_label_takes_the_name_of_a_result_file(self):
        config = experiment(data={"synthetic": {"rows": 16, "cols": 16, "bands": 40}}, methods=[{"name": "bicubic"}])
        self.succeeded(self.run_config(config, "--profile"))
        names = sorted(path.name for path in self.out.iterdir())
        names.remove("bicubic")
        self.assertLessEqual({*FILES, "figures", "profile.json", "scene.h5"}, {*names})
        self.out = self.folder / "refused"
        for name in names:
            label = [{"name": "bicubic", "label": name}]
            self.refused(2, "methods.0.label: expected .* no name of a result file, got " + re.escape(name),
                         self.run_config(experiment(methods=label)))

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

    def test_tables_for_people_have_the_chosen_metrics_and_the_csv_has_all(self):
        config = experiment(seeds=[0, 1], report={"metrics": ["ergas", "psnr_db"]})
        run = self.run_config(config)
        self.succeeded(run)
        self.assertRegex(run.stdout.splitlines()[0], r"^method +ERGAS ↓ +PSNR \(dB\) ↑ +time \(s\)$")
        self.assertTrue((self.out / "table.md").read_text().splitlines()[2].startswith("| method | ERGAS ↓ | PSNR (dB) ↑ | time (s) |"))
        latex = (self.out / "table.tex").read_text()
        self.assertRegex(latex, r"\\caption\{Scores against the reference, whole image; ratio 2; mean and standard deviation of 2 seeds\. Bold: the best\.")
        self.assertRegex(latex, r"\{@\{\}lrrr@\{\}\}\n\\toprule\nMethod & ERGAS & PSNR & time \\\\\n & \$\\downarrow\$ & \(dB\)~\$\\uparrow\$ & \(s\)")
        self.assertIn("\nLinear injection & ", latex)
        self.assertEqual(latex.count("tabular"), 2)
        p_values = (self.out / "table_p.tex").read_text()
        self.assertIn("p-values", p_values)
        self.assertIn("{@{}lrr@{}}", p_values)
        head = (self.out / "metrics.csv").read_text().splitlines()[0]
        for key in ["psnr_db", "psnr_global_db", "uiqi", "cc", "fit_seconds", "peak_memory_mb"]:
            self.assertIn("," + key + ",", head + ",")
        again = self.run_config(config)
        self.assertEqual(again.stdout, run.stdout)
        self.out = self.folder / "refused"
        self.refused(2, "report.metrics.0: expected one of psnr_db, .*, got \"psnr\"", self.run_config(
            experiment(report={"metrics": ["psnr"]})))

    def test_a_measured_pair_has_scores_in_every_table(self):
        config = experiment(data={"pair": "pair_no_reference.h5"}, methods=[{"name": "bicubic"}, {"name": "gsa"}],
                            degrade={"ratio": 2, "estimate": {"srf": True, "psf": True}})
        run = self.run_config(config)
        metrics = self.succeeded(run)
        gsa = metrics["methods"][1]
        table = (self.out / "table.md").read_text()
        width = " | ".join(f"{width:.4g}" for width in metrics["estimates"][0]["psf_fwhm"])
        numbers = [f"{gsa['train_metrics']['sam_deg']:.2f}"[:-1]]
        for text in [table, (self.out / "table.tex").read_text().replace("\\_", "_").replace(" & ", " | ")]:
            for part in ["HSI PSNR", "MSI PSNR", "QNR", "reduced SAM", "MSI band 3", f"half maximum | {width} |", *numbers]:
                self.assertIn(part, text)
        for part in ["HSI", "MSI", "QNR", "reduced", "MSI band 3", *numbers]:  # its headings are broken
            self.assertIn(part, run.stdout)
        self.assertLessEqual(max(map(len, run.stdout.splitlines()[:-1])), 100)
        head, _, row = [line.split(",") for line in (self.out / "metrics.csv").read_text().splitlines()]
        for key, value in [*gsa["no_reference"].items(), ("reduced_ergas", gsa["train_metrics"]["ergas"])]:
            if value is not None:
                self.assertAlmostEqual(float(row[head.index(key)]), value, delta=1e-9 * abs(value))
        again = self.run_config(config)
        self.assertEqual((again.returncode, again.stdout), (0, run.stdout))
        page = (self.out / "report.html").read_text()
        self.assertEqual(missing_numbers(page, metrics), [])
        self.assertNotIn("degrade.psf.fwhm", page)  # not what was used
        self.assertIn("cubic up-sampling may come first", page)

    def test_pixels_without_data_take_no_part_and_come_back_as_such(self):
        methods = [{"name": "bicubic"}, {"name": "gsa"}, SMALL_NETWORK,
                   {"name": "two_cnn_fu_plus"}]
        config = experiment(methods=methods, degrade={"ratio": 2}, data={"scene": "gaps_value.h5"})
        self.refused(2, r"data.nodata: expected it for an image with -9999 in all bands of 79 of 576 pixels, which looks like "
                        r"no data; data.nodata.value says", self.run_config(config))
        self.refused(3, "gaps_nan.h5: /cube: expected finite float32 values, got nan",
                     self.run_config(config, "--set", "data.scene=gaps_nan.h5"))
        results = []
        for data in [{"scene": "gaps_value.h5", "nodata": {"value": -9999}}, {"scene": "gaps_nan.h5", "nodata": {"nan": True}},
                     {"scene": "gaps_mask.h5", "nodata": {"mask": "/mask"}}]:
            self.out = self.folder / data["scene"].replace(".h5", "")
            metrics = self.succeeded(self.run_config(dict(config, data=data)))
            results.append(timeless([metrics["methods"], metrics["summary"], metrics["figures"]]))
        # Nothing of what stood there is in any number.
        self.assertEqual(results[0], results[1])
        self.assertEqual(results[0], results[2])
        gsa = results[0][0][1]
        self.assertGreaterEqual(gsa["left_out"]["pixels without data"], 79)
        self.assertGreater(gsa["metrics"]["psnr_db"], 20)
        missing = struct.pack("<f", -9999) * 40
        fused = (self.folder / "gaps_value/gsa/fused.h5").read_bytes()
        planes = zlib.decompressobj().decompress(fused[fused.index(b"x\x01"):])  # the one chunk, still shuffled
        count = len(planes) // 4
        values = bytes(planes[byte * count + i] for i in range(count) for byte in range(4))
        self.assertEqual(values.count(missing), gsa["left_out"]["pixels without data"])
        # The result is a scene that says of itself where there is none.
        self.out = self.folder / "again"
        again = self.succeeded(self.run_config(experiment(
            data={"scene": str(self.folder / "gaps_value/gsa/fused.h5")}, methods=[{"name": "bicubic"}])))
        self.assertEqual(again["methods"][0]["left_out"]["pixels without data"], gsa["left_out"]["pixels without data"])
        self.out = self.folder / "refused"
        self.refused(2, "data.crop: expected a part with data in .*, got none", self.run_config(
            dict(config, data={"scene": "gaps_value.h5", "nodata": {"value": -9999}, "crop": {"rows": 4, "cols": 4}})))
        self.refused(3, "gaps_mask.h5: /mask2|no dataset /mask2", self.run_config(
            dict(config, data={"scene": "gaps_mask.h5", "nodata": {"mask": "/mask2"}})))
        self.refused(2, "`data.nodata.mask` is valid only with `data.scene`", self.run_config(
            dict(config, data={"pair": "pair_no_reference.h5", "nodata": {"mask": "/mask"}})))

    def test_figures_are_in_metrics(self):
        metrics = self.succeeded(self.run_config(experiment()))
        figures, method = metrics["figures"], metrics["methods"][2]
        self.assertEqual(len(method["per_band"]["psnr_db"]), 40)
        self.assertAlmostEqual(sum(method["per_band"]["psnr_db"]) / 40, method["metrics"]["psnr_db"])
        self.assertEqual(method["training"]["two_cnn_fu"]["step"], [1, 2, 3, 4])
        self.assertEqual(len(figures["response"]), 6)
        self.assertGreater(figures["error_map_end"], 0)
        self.assertEqual([sample["number"] for sample in figures["samples"]], [1, 2, 3])
        for sample in figures["samples"]:
            self.assertEqual(figures["parts"][str(sample["number"])],
                             {"rows": [sample["row"]] * 2, "cols": [sample["col"]] * 2})
        self.assertEqual(set(figures["samples"][0]["spectra"]),
                         {"reference", "bicubic", "linear_injection", "two_cnn_fu"})
        self.assertEqual(len(figures["samples"][0]["spectra"]["reference"]), 40)
        self.assertEqual(metrics["environment"], json.loads((self.out / "environment.json").read_text()))
        self.assertEqual(metrics["config"], json.loads((self.out / "config.json").read_text()))

    def test_expected_errors_are_shown_beside_the_true_ones_and_alone_without_a_reference(self):
        methods = [{"name": "bicubic"}, {"name": "two_cnn_fu_plus", "tune": {"steps": 1}}]
        synthetic = {"synthetic": {"rows": 48, "cols": 40, "bands": 40}}
        for data, folder in [(synthetic, "two_cnn_fu_plus-seed3"), ({"pair": "pair_no_reference.h5"}, "two_cnn_fu_plus")]:
            self.out = self.folder / folder
            scored = "synthetic" in data
            seeds = [3, 5] if scored else [3]
            metrics = self.succeeded(self.run_config(experiment(data=data, methods=methods, seeds=seeds)))
            self.assertEqual([method["seed"] for method in metrics["methods"]], [seed for seed in seeds for _ in range(2)])
            page = (self.out / "report.html").read_text()
            self.assertEqual(missing_numbers(page, metrics), [])
            silent, method = metrics["methods"][:2]
            self.assertNotIn("mean_sigma", silent)
            self.assertGreater(method["mean_sigma"], 0)
            self.assertEqual("reliability" in method, scored)
            self.assertIn(html.escape(f"{folder}: {method['remarks']}."), page)
            self.assertGreater(metrics["figures"]["error_map_end"], 0)
            self.assertEqual(list(metrics["summary"]["expected_errors"]), ["two_cnn_fu_plus"])
            self.assertIn(b"width_95", (self.out / folder / "fused.h5").read_bytes())
            figures = {path.name for path in (self.out / "figures").iterdir()}
            self.assertIn("expected_two_cnn_fu_plus.png", figures)
            self.assertEqual({"reliability.svg", "error_two_cnn_fu_plus.png"} <= figures, scored)
            loud = self.run_program("config.json", "--data-dir", self.folder, "--out", self.out, "--overwrite")
            self.assertIn(f"{folder}: {method['remarks']}\n", loud.stderr)

    def test_estimates_are_used_and_reported(self):
        data = {"synthetic": {"rows": 96, "cols": 96, "bands": 60}}
        degrade = {"ratio": 4, "psf": {"fwhm": 5}, "snr_db": {"hsi": 35, "msi": 35}}
        methods = [{"name": "bicubic"}, {"name": "fuse"}]
        known = self.succeeded(self.run_config(experiment(data=data, degrade=degrade, methods=methods)))
        self.assertNotIn("estimates", known)
        degrade["estimate"] = {"srf": True, "psf": True}
        blind = self.succeeded(self.run_config(experiment(data=data, degrade=degrade, methods=methods, seeds=[0, 1]),
                                               "--overwrite"))
        self.assertEqual([estimate["seed"] for estimate in blind["estimates"]], [0, 1])
        estimate = blind["estimates"][0]
        for width in estimate["psf_fwhm"]:
            self.assertAlmostEqual(width, 5, delta=0.1)
        self.assertEqual([(one["what"], one["used"]) for one in estimate["findings"]], [("psf", "found"), ("srf", "found")])
        self.assertEqual(estimate["srf_shape"], "landsat7 box")
        self.assertEqual([len(row) for row in estimate["srf"]], [60] * 6)
        self.assertNotIn("gain", estimate)
        one, other = (metrics["methods"] for metrics in (known, blind))
        self.assertEqual(one[0]["metrics"], other[0]["metrics"])
        self.assertNotEqual(one[1]["metrics"], other[1]["metrics"])
        self.assertAlmostEqual(one[1]["metrics"]["psnr_db"], other[1]["metrics"]["psnr_db"], delta=0.5)
        self.out = self.folder / "refused"
        self.refused(2, "degrade.estimate.gain: expected one of auto, true, false, got \"yes\"",
                     self.run_config(experiment(), "--set", "degrade.estimate.gain=yes"))

    def test_what_is_tested_or_told_is_written_as_it_is_read(self):
        estimate = {"srf": False, "psf": "auto", "gain": True}
        self.succeeded(self.run_config(experiment(data={"pair": "field.h5"}, methods=[{"name": "bicubic"}], degrade={
            "ratio": 4, "psf": {"type": "box"}, "estimate": estimate})))
        degrade = json.loads((self.out / "config.json").read_text())["degrade"]
        self.assertEqual(degrade["estimate"], estimate | {"shift": "auto"})
        self.assertIs(degrade["harmonise"], True)
        self.out = self.folder / "simulated"
        self.succeeded(self.run_config(experiment(methods=[{"name": "bicubic"}])))
        degrade = json.loads((self.out / "config.json").read_text())["degrade"]
        self.assertEqual(set(degrade["estimate"].values()), {False})
        self.assertIs(degrade["harmonise"], False)

    def test_profiles_score_beside_our_metrics(self):
        plain = self.succeeded(self.run_config(experiment()))
        metrics = self.succeeded(self.run_config(experiment(metric_profiles=["ssrnet", "matlab_hsms"]), "--overwrite"))
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
        config |= {"data": {"synthetic": {"rows": 64, "cols": 64, "bands": 50}}, "protocol": {"type": "wald"}}
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

    def test_a_method_that_is_too_large_for_the_training_image_is_not_scored_there(self):
        # 12 x 12 coarse pixels leave a training image of 3 x 3, which has no scale below at ratio 4.
        config = experiment(data={"synthetic": {"rows": 48, "cols": 48, "bands": 40}}, protocol={"type": "wald"},
                            degrade={"ratio": 4}, methods=[{"name": "gsa"}, {"name": "local_injection"}])
        gsa, local = self.succeeded(self.run_config(config))["methods"]
        self.assertIsNotNone(gsa["train_metrics"])
        self.assertIsNone(local["train_metrics"])
        self.assertGreater(local["metrics"]["psnr_db"], 20)

    def test_labels_and_seeds_name_the_folders(self):
        config = experiment(seeds=[1, 2], methods=[{"name": "bicubic", "label": "cubic"}])
        self.succeeded(self.run_config(config))
        self.assertTrue((self.out / "cubic-seed1/fused.h5").exists())
        self.assertTrue((self.out / "cubic-seed2/fused.h5").exists())

    def test_failing_run_leaves_the_earlier_result_alone(self):
        self.succeeded(self.run_config(experiment()))
        before = {path: path.read_bytes() for path in self.out.rglob("*") if path.is_file()}
        run = self.run_config(experiment(methods=[{"name": "bicubic"}, {"name": "two_cnn_fu", "label": "large"}]))
        self.assertEqual(run.returncode, 2)
        self.assertEqual({path: path.read_bytes() for path in self.out.rglob("*") if path.is_file()}, before)


if __name__ == "__main__":
    main()
