#!/usr/bin/env python3
"""Measures what every method costs against size, and writes SIZE.md and its figures from the result files.

    bench/size.py [--work results/size] [--part PART]... [--largest 4096] [--patience SECONDS]

Whatever has its results in the work folder is not run again. Parts: pixels, bands, threads, ranks, report; without --part
all of them. A method is left out where its last size lets expect more than --patience seconds. Needs NumPy and h5py for
pairs that stay on disk, and matplotlib for the figures.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

from size_report import write_report

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Six MSI bands, as those of pairs on disk: what is learned in memory fuses them, too.
SENSOR = "landsat7"
RATIO, BANDS, SIDE = 4, 162, 256
SIDES, MANY_BANDS = (128, 256, 512, 1024, 2048, 4096), (50, 100, 200, 300, 450)
# In memory up to this side, on disk beyond.
IN_MEMORY = 1024
# The network learns for so many steps: its time against size is that of fusing.
NETWORK = {"name": "two_cnn_fu", "model": {"preset": "released"}, "train": {"steps": 50}}
NETWORK_BANDS = 133  # the fewest that its kernels fit into
METHODS = [{"name": name} for name in ("bicubic", "linear_injection", "local_injection", "gsa", "sfim_hs", "glp_hs", "cnmf",
                                       "hysure", "fuse", "csu", "two_cnn_fu_plus")] + [NETWORK]
STREAMED = ("bicubic", "linear_injection", "gsa", "sfim_hs", "glp_hs", "two_cnn_fu", "two_cnn_fu_plus")
MEMORY = "1.5GiB"
# A step of training, for ranks: tiles for each of them. Each number of ranks is timed in turn, so often.
TILES, ROUNDS = 32, 7


def degrade():
    return {"ratio": RATIO, "psf": {"type": "box"}, "srf": {"sensor": SENSOR}}


class Bench:
    def __init__(self, args):
        self.args = args
        self.work = pathlib.Path(args.work).resolve()
        self.failed = []

    def run(self, name, config, *options, launch=()):
        """The results of an experiment, made now or before; none where a method could not be run."""
        out = self.work / name
        if not (out / "metrics.json").exists():
            out.parent.mkdir(parents=True, exist_ok=True)
            file = out.parent / f"{out.name}.json"
            file.write_text(json.dumps(config, indent=2))
            command = [*launch, self.args.run, file, "--out", out, "--quiet", "--overwrite", *options]
            print(" ".join(map(str, command)), flush=True)
            if subprocess.run(list(map(str, command)), cwd=ROOT).returncode != 0:
                self.failed.append(name)
                return None
        return json.loads((out / "metrics.json").read_text())

    def one(self, folder, method, data, *options):
        """Fits and fuses one method: seconds of each, and memory in MiB."""
        config = {"name": "size", "data": data, "degrade": degrade(), "methods": [method]}
        if "pair" in data:
            config["degrade"].pop("srf")
        results = self.run(f"{folder}/{method['name']}", config, *options)
        return results and results["methods"][0]

    def scene(self, side, bands):
        return {"synthetic": {"rows": side, "cols": side, "bands": bands}}

    def pixels(self):
        for method in METHODS:
            before = 0
            for side in (side for side in SIDES if side <= self.args.largest):
                if 5 * before > self.args.patience:
                    break
                if side <= IN_MEMORY:
                    made = self.one(f"pixels/{side}", method, self.scene(side, BANDS))
                elif method["name"] in STREAMED:
                    made = self.on_disk(side, method)
                else:
                    break
                if made is None:
                    break
                before = made["fit_seconds"] + made["fuse_seconds"]

    def on_disk(self, side, method):
        data = {"pair": str(self.pair(side))}
        if method["name"] == "two_cnn_fu":
            # What it learned at the largest size in memory.
            learned = self.work / f"pixels/{IN_MEMORY}/two_cnn_fu/two_cnn_fu/checkpoint.h5"
            if not learned.exists():
                return None
            method = {"name": "two_cnn_fu", "checkpoint": str(learned)}
            config = {"name": "size", "data": data, "degrade": {"ratio": RATIO, "psf": {"type": "box"}},
                      "protocol": {"type": "apply"}, "methods": [method]}
            results = self.run(f"pixels/{side}/two_cnn_fu", config, "--memory", MEMORY)
            return results and results["methods"][0]
        return self.one(f"pixels/{side}", method, data, "--memory", MEMORY)

    def pair(self, side):
        """A pair of so many pixels, of mirrored copies of a synthetic scene, written part by part."""
        import h5py
        import numpy as np
        path = self.work / f"pair_{side}.h5"
        if path.exists():
            return path
        self.run("tile", {"name": "tile", "data": self.scene(512, BANDS), "degrade": degrade(),
                          "methods": [{"name": "bicubic"}]})
        with h5py.File(self.work / "tile/scene.h5") as file:
            tile = file["cube"][()]
        groups = np.array_split(np.arange(BANDS), 8)[1:7]
        msi = np.stack([tile[..., group].mean(2) for group in groups], 2)
        hsi = tile.reshape(512 // RATIO, RATIO, 512 // RATIO, RATIO, BANDS).mean((1, 3))
        part = path.with_suffix(".part")
        with h5py.File(part, "w") as file:
            images = [(file.create_dataset(name, (side // 512 * image.shape[0],) * 2 + image.shape[2:], "f4",
                                           chunks=(64, 64, image.shape[2])), image) for name, image in (("hsi", hsi), ("msi", msi))]
            file["srf"] = np.array([[(band in group) / len(group) for band in range(BANDS)] for group in groups], "f4")
            for down in range(side // 512):
                for across in range(side // 512):
                    for dataset, image in images:
                        n = image.shape[0]
                        dataset[down * n:(down + 1) * n, across * n:(across + 1) * n] = \
                            image[::(-1) ** down, ::(-1) ** across]
        part.rename(path)
        return path

    def bands(self):
        for method in METHODS:
            for bands in MANY_BANDS:
                if method is NETWORK and bands < NETWORK_BANDS:
                    continue
                if self.one(f"bands/{bands}", method, self.scene(SIDE, bands)) is None:
                    break

    def threads(self):
        count = 1
        while count <= os.cpu_count():
            for method in METHODS:
                self.one(f"threads/{count}", method, self.scene(SIDE, BANDS), "--threads", count)
            count *= 2

    def ranks(self):
        if shutil.which("mpirun") is None:
            return
        for turn in range(ROUNDS):
            count = 1
            while count <= os.cpu_count():
                train = {"steps": 30, "tile": 8, "tiles": TILES * count, "log_every": 2}
                config = {"name": "size", "data": self.scene(SIDE, BANDS), "degrade": degrade(),
                          "methods": [NETWORK | {"train": train}]}
                self.run(f"ranks/{count}/{turn}", config, "--threads", "1",
                         launch=["mpirun", "-n", count, "--allow-run-as-root", "--use-hwthread-cpus"])
                count *= 2


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", default=str(ROOT / "build/src/run_experiment"), help="the program")
    parser.add_argument("--work", default=str(ROOT / "results/size"))
    parser.add_argument("--part", action="append", choices=["pixels", "bands", "threads", "ranks", "report"])
    parser.add_argument("--largest", type=int, default=SIDES[-1], help="side of the largest image")
    parser.add_argument("--patience", type=float, default=1800)
    args = parser.parse_args()
    bench = Bench(args)
    for part in ("pixels", "bands", "threads", "ranks"):
        if args.part is None or part in args.part:
            getattr(bench, part)()
    if args.part is None or "report" in args.part:
        write_report(bench.work, ROOT / "bench", {"bands": BANDS, "side": SIDE, "ratio": RATIO, "tiles": TILES,
                                                  "rounds": ROUNDS, "memory": MEMORY, "in_memory": IN_MEMORY,
                                                  "network_bands": NETWORK_BANDS})
    for name in bench.failed:
        print(f"not measured, as the run failed: {name}")
    return len(bench.failed) > 0


if __name__ == "__main__":
    sys.exit(main())
