#!/usr/bin/env python3
"""Runs the benchmark and writes BENCHMARK.md from its records.

    bench/benchmark.py [--data-dir DIR] [--records bench/records] [--jobs N] [--part PART]...

Whatever has its record is not run again: the benchmark can be interrupted and gone on with, and what is to be measured
anew is taken out of the records and the work folder first. Parts: folds (trainings without some sites), pairs (every
scene, ratio, noise and method), measured (pairs of two instruments), ablations (trainings of one fold with one thing
changed), published (the published network with more and more to learn from), report (BENCHMARK.md, which needs no
data). Without --part all of them, in this order.
"""
import argparse
import concurrent.futures
import copy
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys

from benchmark_records import Records
from benchmark_report import write_report
from benchmark_setting import (ABLATION_FOLD, ABLATION_STEPS, ABLATIONS, AS_IT_IS, CLASSICS, FOLDS, LESSONS, MEASURED,
                               NOISES, PLUS, PUBLISHED, RATIOS, SCENES, SPLITS, ablation_name, fold_of, lesson_name,
                               pair_name)

ROOT = pathlib.Path(__file__).resolve().parent.parent
PRETRAIN = ROOT / "experiments" / "pretrain_plus.json"
PARTS = ("folds", "pairs", "measured", "ablations", "published", "report")
CACHE = json.loads(PRETRAIN.read_text())["methods"][0]["cache"]


def degradation(ratio):
    return {"ratio": ratio, "psf": {"type": "gaussian", "fwhm": ratio}, "srf": {"sensor": "landsat7"}}


def experiment(scene, ratio, noise, methods):
    """The experiment of one pair, cut to whole coarse pixels; None where too little is left to learn a scale from."""
    file = SCENES[scene][0]
    rows, cols = (int(size) // ratio * ratio for size in file.removesuffix(".h5").split("_")[-1].split("x")[:2])
    if min(rows, cols) < ratio * ratio:
        return None
    degrade = degradation(ratio)
    if noise is not None:
        degrade["snr_db"] = {"hsi": noise, "msi": noise}
    return {"name": pair_name(scene, ratio, noise),
            "data": {"scene": file, "crop": {"row": 0, "col": 0, "rows": rows, "cols": cols}},
            "degrade": degrade, "methods": methods}


def pair_experiments(weights, inputs):
    """Every scene, ratio and noise by name, with every method; on AVIRIS with the weights of the scene's fold.

    What the network sees of a pair is kept for its base in a folder of that name in `inputs`, and is its own to make.
    """
    runs = {}
    for ratio, noise, scene in itertools.product(RATIOS, NOISES, SCENES):
        plus = {"name": PLUS, "cache": str(inputs / pair_name(scene, ratio, noise))}
        base = {**plus, "label": "base", "model": {"moves": False}}
        if fold_of(scene):
            plus["checkpoint"] = str(weights[fold_of(scene)])
        methods = [{"name": name} for name in (*CLASSICS, "local_injection")]
        config = experiment(scene, ratio, noise, methods + [plus, base])
        if config:
            runs[config["name"]] = config
    return runs


def lesson(scene, preset, share, steps):
    """The experiment of the published network on a part of a scene."""
    data, (rows, cols), validation, test = SPLITS[scene]
    train = {"row": 0, "col": 0, "rows": int(rows * share), "cols": cols}
    method = {"name": PUBLISHED, "model": {"preset": preset}, "train": {"steps": steps}}
    return {"name": lesson_name(scene, preset, share, steps), "data": data,
            "degrade": degradation(4),
            "protocol": {"type": "split", "train": train, "validation": validation, "test": test},
            "methods": [{"name": name} for name in CLASSICS] + [method]}


class Bench:
    def __init__(self, args):
        self.args = args
        self.work, self.data, records = (pathlib.Path(path).resolve() for path in (args.work, args.data_dir, args.records))
        self.records = Records(records)
        self.share = max(os.cpu_count() // args.jobs, 1)  # of the processors, in threads

    def run(self, config, folder, threads=None):
        """Runs an experiment into the folder, unless its results are there; its metrics."""
        out = self.work / folder
        if not (out / "metrics.json").exists():
            out.parent.mkdir(parents=True, exist_ok=True)
            file = out.parent / f"{out.name}.json"
            file.write_text(json.dumps(config, indent=2))
            command = [self.args.run, str(file), "--out", str(out), "--data-dir", str(self.data), "--resume", "--quiet",
                       "--threads", str(threads or os.cpu_count())]
            print(" ".join(command), flush=True)
            subprocess.run(command, check=True, cwd=ROOT)
        return json.loads((out / "metrics.json").read_text())

    def at_once(self, work, names):
        """work(name) for each name, as many at a time as --jobs says."""
        with concurrent.futures.ThreadPoolExecutor(self.args.jobs) as pool:
            list(pool.map(work, names))

    def record(self, part, name, config):
        """Runs an experiment that has no record in the part, with its share of the processors."""
        if name not in self.records.of(part):
            self.records.add(part, name, self.run(config, f"{part}/{name}", self.share))

    def run_all(self, part, runs):
        """Runs what has no record in the part, from configs by name."""
        self.at_once(lambda name: self.record(part, name, runs[name]), runs)

    def train(self, name, sites, options, threads=None):
        """Trains on all scenes except those of some sites, to a checkpoint."""
        config = json.loads(PRETRAIN.read_text())
        seen = {file for file, site in SCENES.values() if site is not None and site not in sites}
        config["name"] = name
        config["protocol"]["train_scenes"] = [s for s in config["protocol"]["train_scenes"] if s["scene"] in seen]
        config["methods"][0].update(copy.deepcopy(options))
        self.run(config, f"trained/{name}", threads)
        return self.work / "trained" / name / PLUS / "checkpoint.h5"

    def folds(self):
        """Weights of every fold, kept among the records."""
        weights = {fold: self.records.folder / f"{fold}.h5" for fold in FOLDS}
        for fold, sites in FOLDS.items():
            if not weights[fold].exists():
                checkpoint = self.train(fold, sites, {})
                self.records.folder.mkdir(parents=True, exist_ok=True)
                shutil.copy(checkpoint, weights[fold].with_suffix(".part"))
                os.replace(weights[fold].with_suffix(".part"), weights[fold])
        return weights

    def pairs(self):
        inputs = self.work / "inputs"
        runs = pair_experiments(self.folds(), inputs)

        def pair(name):
            self.record("pairs", name, runs[name])
            shutil.rmtree(inputs / name, ignore_errors=True)

        self.at_once(pair, runs)

    def ablation(self, label):
        """Trains with one thing changed, and scores it on the scenes that the training left out."""
        name, change = ablation_name(label), ABLATIONS[label]
        scenes = [scene for scene in SCENES if fold_of(scene) in (ABLATION_FOLD, None)]
        names = {f"{name}/{pair_name(scene, 4, noise)}": (scene, noise) for noise in (None, 35) for scene in scenes}
        if all(run in self.records.of("ablations") for run in names):
            return
        model = change.get("model", {})
        # What the network sees is kept for trainings that see the same.
        own_inputs = bool({"candidates", "guided", "consistency"} & set(model))
        cache = str(self.work / "own_inputs" / name) if own_inputs else CACHE
        train = {"steps": ABLATION_STEPS, "calibration": 0, **change.get("train", {})}
        trained = ablation_name(AS_IT_IS) if "fuse" in change else name
        options = {"model": model, "train": train, "cache": cache}
        checkpoint = self.train(trained, FOLDS[ABLATION_FOLD], options, self.share)
        method = {"name": PLUS, "weights": "none", "model": model, "checkpoint": str(checkpoint), "cache": cache,
                  **change.get("fuse", {})}
        for run, (scene, noise) in names.items():
            self.record("ablations", run, experiment(scene, 4, noise, [method]))
        if own_inputs:
            shutil.rmtree(cache, ignore_errors=True)

    def ablations(self):
        self.ablation(AS_IT_IS)  # whose weights others fuse with
        self.at_once(self.ablation, ABLATIONS)

    def published(self):
        lessons = [lesson(scene, *how) for how in LESSONS for scene in SPLITS]
        self.run_all("published", {config["name"]: config for config in lessons})

    def measured(self):
        runs = {}
        for name in MEASURED:
            config = json.loads((ROOT / "experiments" / f"{name}.json").read_text())
            config["methods"] = [{"name": method} for method in (*CLASSICS, "local_injection", PLUS)]
            runs[name] = config
        self.run_all("measured", runs)

    def report(self):
        missing = set(pair_experiments(dict.fromkeys(FOLDS), self.work)) - set(self.records.of("pairs"))
        if missing:
            sys.exit(f"benchmark.py: {self.records.folder}/pairs.json: expected a record of every pair, got none of "
                     f"{len(missing)}, {min(missing)} among them; --part pairs measures them")
        write_report(self.records)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", default=str(ROOT / "data"))
    parser.add_argument("--work", default=str(ROOT / "results" / "benchmark"), help="the folder of the runs")
    parser.add_argument("--records", default=str(ROOT / "bench" / "records"), help="the folder of what is kept of them")
    parser.add_argument("--run", default=str(ROOT / "run_experiment"), help="the program")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time, which share the processors")
    parser.add_argument("--part", action="append", choices=PARTS)
    args = parser.parse_args()
    bench = Bench(args)
    for part in args.part or PARTS:
        getattr(bench, part)()


if __name__ == "__main__":
    sys.exit(main())
