#!/usr/bin/env python3
"""BENCHMARK.md from made-up results whose leads are known: test_benchmark.py"""
import json
import re
import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

TOP = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "bench"))
from benchmark import Bench, experiment, pair_experiments  # noqa: E402
from benchmark_records import Records  # noqa: E402
from benchmark_report import Report, report_text  # noqa: E402
from benchmark_setting import (CLASSICS, FOLDS, MEASURED, PLUS, PUBLISHED, SCENES, ablation_name,  # noqa: E402
                               field_name, fold_of, lesson_name, pair_name)


def result(label, psnr, sam, ergas):
    return {"label": label, "fit_seconds": 1.0, "fuse_seconds": 2.0, "peak_memory_mb": 100,
            "metrics": {"psnr_global_db": psnr, "sam_deg": sam, "ergas": ergas},
            "reliability": {"coverage_68": 0.7, "coverage_95": 0.9}}


def metrics_of(methods):
    environment = {"date": "2026-01-02", "version": "1.0", "threads": 2, "cpu": "an abacus", "simd": "none"}
    return {"methods": methods, "environment": environment, "warnings": []}


class Benchmark(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = Path(folder.name)
        self.records = Records(self.work / "records")
        self.bench = Bench(SimpleNamespace(work=folder.name, data_dir=folder.name, records=self.records.folder,
                                           run="none", jobs=1))

    def write(self, scene, noise, plus, base, best):
        """One classic is best in PSNR, another in the other two; the rest are far behind."""
        methods = [result(name, 10, 50, 50) for name in (*CLASSICS, "local_injection")]
        methods[0] = result(CLASSICS[0], best[0], 50, 50)
        methods[1] = result(CLASSICS[1], 10, best[1], best[2])
        methods += [result(PLUS, *plus), result("base", *base)]
        self.put("pairs", pair_name(scene, 4, noise), methods)

    def put(self, part, name, methods):
        self.records.add(part, name, metrics_of(methods))

    def test_leads_are_over_the_best_of_each_column(self):
        self.write("potsdam", None, plus=(42, 1.8, 0.9), base=(41, 1.9, 1), best=(40, 2, 1))
        self.write("berlin", None, plus=(39, 1.05, 2.4), base=(39, 1.5, 2), best=(40, 1, 2))
        self.write("samson", None, plus=(44, 1.5, 1.0), base=(42, 1.5, 1), best=(39, 3, 2))
        text = report_text(self.records)
        # PSNR +2, -1 and +5; SAM 10 %, -5 % and 50 %; ERGAS 10 %, -20 % and 50 %; over the base 1, 0 and 2.
        self.assertIn("| 4, noise-free | 3 | +2.00 | -1.00 | +18.3 | -5.0 | +13.3 | -20.0 | +1.00 |", text)
        self.assertIn("| lead in PSNR | 1.3 dB | +2.00 dB |", text)
        self.assertIn("| 4, noise-free | +2.00 | -1.00 | +18.3 | -5.0 | +13.3 | -20.0 |", text)  # local injection is behind
        self.assertIn(f"| potsdam * | 40.00 ({CLASSICS[0]}) | 41.00 | 42.00 | +2.00 | 2.000 ({CLASSICS[1]}) | 1.900 |", text)
        behind = text[text.index("## Where it is behind"):text.index("## Intervals")]
        self.assertIn("| berlin, ratio 4, noise-free | PSNR | 40.00", behind)
        self.assertIn("| berlin, ratio 4, noise-free | ERGAS | 2.000", behind)
        self.assertNotIn("potsdam, ratio", behind)
        self.assertIn("| berlin, ratio 4, noise-free | SAM | 1.000", behind)
        self.assertIn("| 4, noise-free | 70.0 | 70.0 - 70.0 | 90.0 | 90.0 - 90.0 |", text)
        self.assertIn("2 threads of an abacus, 2026-01-02,", text)
        self.assertNotRegex(text, "@[a-z]+@")

    def test_the_pages_say_what_the_records_say(self):
        text = report_text(Records(TOP / "bench" / "records"))
        self.assertEqual(text, (TOP / "BENCHMARK.md").read_text())
        readme = " ".join((TOP / "README.md").read_text().split())
        said = re.search(r"by (\S+) dB without noise, by (\S+) dB with noise of 35 dB and by (\S+) dB with noise of 30 dB", readme)
        for noise, lead in zip(("noise-free", "35 dB", "30 dB"), said.groups()):
            self.assertIn(f"\n| 4, {noise} | 16 | +{lead} | ", text)

    def test_ablations_are_changes_of_means(self):
        for label, values in (("as it is", ((40, 2, 1), (50, 1, 1))), ("48 maps", ((41, 1, 1), (52, 1, 0.5)))):
            for scene, value in zip(("samson", "berlin"), values):
                self.put("ablations", f"{ablation_name(label)}/{scene}", [result(PLUS, *value)])
        # One that was cut off.
        self.put("ablations", f"{ablation_name('24 maps')}/samson", [result(PLUS, 41, 1, 1)])
        text = Report(self.records).ablations()
        self.assertIn("| as it is | +0.00 | +0.0 | +0.0 |\n| 48 maps | +1.50 | +25.0 | +25.0 |", text)
        self.assertNotIn("24 maps", text)

    def test_ablations_are_compared_with_the_setting_as_it_is_alone(self):
        self.put("ablations", f"{ablation_name('24 maps')}/samson", [result(PLUS, 41, 1, 1)])
        self.assertEqual(Report(self.records).ablations(), "None were run.")

    def test_the_published_network_stands_beside_the_best_classic(self):
        methods = [result(name, 10, 50, 50) for name in CLASSICS] + [result(PUBLISHED, 40, 2, 1)]
        methods[3] = result(CLASSICS[3], 41, 3, 0.5)
        self.put("published", lesson_name("beach_1", "released", 0.5, 10000), methods)
        name = CLASSICS[3]
        self.assertIn(f"| beach_1 | released | 5,920 | 10,000 | 10.00 | 40.00 (41.00 {name}) | 2.000 (3.000 {name}) | "
                      f"1.000 (0.500 {name}) | 0.0 |", Report(self.records).published())

    def test_measured_pairs_have_measures_without_a_reference(self):
        measures = {"hsi_psnr_db": 45, "msi_psnr_db": 50.126, "qnr": 0.9, "d_s": 0.1}
        self.put("measured", MEASURED[0], [{**result(PLUS, 0, 0, 0), "metrics": None, "no_reference": measures}])
        self.assertIn(f"| {MEASURED[0]}, {PLUS} | 45.00 | 50.13 | 0.900 |", Report(self.records).measured())

    def test_pairs_of_the_field_stand_beside_the_best_classic_and_the_exact_pair(self):
        for stage, scene, kind, classic, plus in (("before", "here", "none", 46, 47), ("before", "here", "psf", 44, 42),
                                                  ("after", "here", "psf", 44, 46), ("after", "there", "psf", 51, 50)):
            methods = [result("cnmf", classic, 1, 1), result("gsa", 10, 2, 2), result(PLUS, plus, 0.9, 1)]
            self.put("field", field_name(stage, scene, 4, kind, 40), methods)
        text = Report(self.records).field()
        self.assertIn("### ratio4, 40db\n", text)
        self.assertIn("| psf, before | 1 | 44.00 | 42.00 | -2.00 | 1.000 | 0.900 | +10.0 | -5.00 | -5.00 |", text)
        self.assertIn("| psf, after | 2 | 47.50 | 48.00 | -1.00 | 1.000 | 0.900 | +10.0 | - | - |", text)
        self.assertIn("| there | 50.00 (51.00) |", text)

    def test_every_site_is_in_one_fold(self):
        sites = [site for fold in FOLDS.values() for site in fold]
        self.assertEqual(len(sites), len(set(sites)))
        self.assertEqual(set(sites), {site for _, site in SCENES.values() if site})
        self.assertIsNone(fold_of("samson"))
        self.assertEqual(fold_of("airport_2"), fold_of("urban_4"))

    def test_a_scene_is_fused_with_weights_that_never_saw_its_site(self):
        for name, config in pair_experiments({fold: fold for fold in FOLDS}, self.work).items():
            scene = next(scene for scene, (file, _) in SCENES.items() if file == config["data"]["scene"])
            plus, base = (method for method in config["methods"] if method["name"] == PLUS)
            self.assertEqual((plus.get("checkpoint"), base["model"]), (fold_of(scene), {"moves": False}), name)
        runs = {}
        self.bench.run = lambda config, folder, threads: runs.update({folder: config})
        site_of = dict(SCENES.values())
        for fold, sites in FOLDS.items():
            self.bench.train(fold, sites, {})
            seen = {site_of[entry["scene"]] for entry in runs[f"trained/{fold}"]["protocol"]["train_scenes"]}
            self.assertEqual(seen, {site for site in site_of.values() if site} - set(sites))
            # The weights that are kept say what they learned from.
            weights = (TOP / "bench" / "records" / f"{fold}.h5").read_bytes()
            for file, site in SCENES.values():
                if site:
                    self.assertEqual(file.encode() in weights, site in seen, f"{fold}, {file}")

    def test_pairs_are_of_whole_coarse_pixels_and_have_a_lower_scale(self):
        config = experiment("samson", 4, 35, [])
        self.assertEqual(config["data"]["crop"], {"row": 0, "col": 0, "rows": 92, "cols": 92})
        self.assertEqual(config["degrade"]["snr_db"], {"hsi": 35, "msi": 35})
        self.assertIsNone(experiment("moffett", 8, None, []))
        self.assertIsNotNone(experiment("beach_1", 8, None, []))

    def test_what_has_a_record_or_results_is_not_run_again(self):
        done = self.work / "pairs" / "done"
        done.mkdir(parents=True)
        (done / "metrics.json").write_text(json.dumps(metrics_of([result(PLUS, 1, 2, 3)])))
        self.put("pairs", "recorded", [result(PLUS, 4, 5, 6)])
        self.bench.run_all("pairs", {"recorded": {}, "done": {}})
        records = self.records.of("pairs")
        self.assertEqual([records[name]["methods"][PLUS]["sam_deg"] for name in ("recorded", "done")], [5, 2])
        with self.assertRaises(FileNotFoundError):
            self.bench.run_all("pairs", {"new": {}})
        self.assertEqual(set(self.records.of("pairs")), {"recorded", "done"})

    def test_no_report_is_written_of_some_pairs_alone(self):
        names = sorted(pair_experiments(dict.fromkeys(FOLDS), self.work))
        self.assertEqual(len(names), 138)
        for name in names[1:]:
            self.put("pairs", name, [])
        with self.assertRaisesRegex(SystemExit, f"none of 1, {names[0]} among them"):
            self.bench.report()

    def test_folds_have_their_weights_among_the_records(self):
        self.records.folder.mkdir()
        for fold in FOLDS:
            trained = self.work / "trained" / fold / PLUS
            trained.mkdir(parents=True)
            (trained / "checkpoint.h5").write_text(f"weights of {fold}")
            (trained.parent / "metrics.json").write_text("{}")
        (self.records.folder / "fold_1.h5").write_text("kept")
        texts = [file.read_text() for file in self.bench.folds().values()]
        self.assertEqual(texts, ["kept", "weights of fold_2", "weights of fold_3"])

    def test_a_record_is_a_line_of_its_file(self):
        for name in ("b", "a"):
            self.put("pairs", name, [result(PLUS, 1.23456789, 2, 3)])
        text = (self.records.folder / "pairs.json").read_text()
        self.assertEqual([line[:3] for line in text.splitlines()], ["{", '"a"', '"b"', "}"])
        self.assertEqual(self.records.of("pairs")["a"]["methods"][PLUS]["psnr_global_db"], 1.23457)


def main():
    outcome = unittest.main(argv=sys.argv[:1], exit=False).result
    failed = len(outcome.failures) + len(outcome.errors)
    print(f"{outcome.testsRun - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
