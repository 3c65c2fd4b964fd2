#!/usr/bin/env python3
"""Runs the benchmark and writes BENCHMARK.md from its result files.

    bench/benchmark.py --data-dir DIR [--work results/benchmark] [--jobs N] [--part PART]...

Whatever has its results in the work folder is not run again, so that the benchmark can be interrupted and gone on with.
Parts: folds (trainings without some sites), pairs (every scene, ratio, noise and method), ablations (trainings of one
fold with one thing changed), published (the published network with more and more to learn from), report (BENCHMARK.md).
Without --part all of them, in this order.
"""
import argparse
import concurrent.futures
import copy
import json
import os
import pathlib
import shutil
import subprocess
import sys

from benchmark_report import write_report
from benchmark_setting import (ABLATION_FOLD, ABLATION_STEPS, ABLATIONS, AS_IT_IS, CLASSICS, FOLDS, LESSONS, NOISES,
                               PLUS, PUBLISHED, RATIOS, SCENES, SPLITS, ablation_name, lesson_name, pair_name)

ROOT = pathlib.Path(__file__).resolve().parent.parent
PRETRAIN = ROOT / "experiments" / "pretrain_plus.json"
PARTS = ("folds", "pairs", "ablations", "published", "report")
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
        self.work, self.data = (pathlib.Path(path).resolve() for path in (args.work, args.data_dir))

    def run(self, config, folder, threads=None):
        """Runs an experiment into the folder, unless its results are there."""
        out = self.work / folder
        if (out / "metrics.json").exists():
            return
        out.parent.mkdir(parents=True, exist_ok=True)
        file = out.parent / f"{out.name}.json"
        file.write_text(json.dumps(config, indent=2))
        command = [self.args.run, str(file), "--out", str(out), "--data-dir", str(self.data), "--resume", "--quiet",
                   "--threads", str(threads or os.cpu_count())]
        print(" ".join(command), flush=True)
        subprocess.run(command, check=True, cwd=ROOT)

    def run_all(self, runs):
        """Runs experiments, (config, folder) each, as many at a time as --jobs says."""
        threads = max(os.cpu_count() // self.args.jobs, 1)
        with concurrent.futures.ThreadPoolExecutor(self.args.jobs) as pool:
            list(pool.map(lambda run: self.run(*run, threads), runs))

    def train(self, name, sites, options):
        """Trains on all scenes except those of some sites; what the network sees is kept for the other trainings."""
        config = json.loads(PRETRAIN.read_text())
        seen = {file for file, site in SCENES.values() if site is not None and site not in sites}
        config["name"] = name
        config["protocol"]["train_scenes"] = [s for s in config["protocol"]["train_scenes"] if s["scene"] in seen]
        method = config["methods"][0]
        method.update(copy.deepcopy(options))
        self.run(config, f"trained/{name}")
        return str(self.work / "trained" / name / PLUS / "checkpoint.h5")

    def fold_of(self, scene):
        site = SCENES[scene][1]
        return next((fold for fold, sites in FOLDS.items() if site in sites), None)

    def folds(self):
        return {fold: self.train(fold, sites, {}) for fold, sites in FOLDS.items()}

    def pairs(self):
        weights, runs = self.folds(), []
        for ratio in RATIOS:
            for noise in NOISES:
                for scene in SCENES:
                    plus = {"name": PLUS, "cache": CACHE}
                    base = {**plus, "label": "base", "model": {"moves": False}}
                    if self.fold_of(scene):
                        plus["checkpoint"] = weights[self.fold_of(scene)]
                    methods = [{"name": name} for name in (*CLASSICS, "local_injection")]
                    config = experiment(scene, ratio, noise, methods + [plus, base])
                    if config:
                        runs.append((config, f"pairs/{config['name']}"))
        self.run_all(runs)

    def ablations(self):
        for label, change in ABLATIONS.items():
            name = ablation_name(label)
            model = change.get("model", {})
            # What the network sees is kept for trainings that see the same.
            own_inputs = "candidates" in model or "consistency" in model
            cache = str(self.work / "own_inputs") if own_inputs else CACHE
            train = {"steps": ABLATION_STEPS, "calibration": 0, **change.get("train", {})}
            trained = ablation_name(AS_IT_IS) if "fuse" in change else name
            checkpoint = self.train(trained, FOLDS[ABLATION_FOLD], {"model": model, "train": train, "cache": cache})
            runs = []
            for noise in (None, 35):
                for scene in SCENES:
                    if self.fold_of(scene) not in (ABLATION_FOLD, None):
                        continue
                    method = {"name": PLUS, "model": model, "checkpoint": checkpoint, "cache": cache,
                              **change.get("fuse", {})}
                    config = experiment(scene, 4, noise, [method])
                    runs.append((config, f"ablations/{name}/{config['name']}"))
            self.run_all(runs)
            if own_inputs:
                shutil.rmtree(cache, ignore_errors=True)

    def published(self):
        for scene in SPLITS:
            for how in LESSONS:
                config = lesson(scene, *how)
                self.run(config, f"published/{config['name']}")

    def report(self):
        write_report(self)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", required=True)
    parser.add_argument("--work", default=str(ROOT / "results" / "benchmark"))
    parser.add_argument("--run", default=str(ROOT / "run_experiment"), help="the program")
    parser.add_argument("--jobs", type=int, default=1, help="pairs at a time, which share the processors")
    parser.add_argument("--part", action="append", choices=PARTS)
    args = parser.parse_args()
    bench = Bench(args)
    for part in args.part or PARTS:
        getattr(bench, part)()


if __name__ == "__main__":
    sys.exit(main())
