#!/usr/bin/env python3
"""Pairs whose sensors are not what is told of them, as the field has them, and what each method makes of them.

    bench/field.py --data-dir DIR --stage before|after [--scene FILE]... [--kind KIND]... [--noise DB]... [--method NAME]...
    bench/field.py --data-dir DIR --pairs FOLDER [...]    only makes the pairs

Of every scene (a file of DIR with /cube) and kind of mismatch one pair is made and run with all defaults; PSNR, SAM and
ERGAS go to field.json among the records, which bench/benchmark.py --part report shows. Whatever has its record is not run
again. Told of each pair is its /srf and, by default, a Gaussian PSF as wide as a coarse pixel. A scene that the shipped
weights learned from is fused with those of a fold that leaves it out. Needs python3-numpy and python3-h5py.
"""
import argparse
import pathlib
import sys

import h5py
import numpy as np

from benchmark import Bench, ROOT
from benchmark_setting import CLASSICS, FIELD_KINDS, PLUS, SCENES, STAGES, field_name, fold_of

# Bands of the MSI at fractions of the band count.
FRACTIONS = ((.03, .07), (.08, .12), (.135, .165), (.19, .25), (.58, .66), (.84, .93))


def degraded(image, ratio, fwhm):
    """By a Gaussian PSF centred on blocks of ratio x ratio pixels, edges mirrored."""
    taps = 2 * ratio - ratio % 2
    weights = np.exp(-(np.arange(taps) - (taps - 1) / 2) ** 2 / 2 / (fwhm / 2.35482) ** 2)
    weights /= weights.sum()
    margin = (taps - ratio) // 2
    for axis in (0, 1):
        size = image.shape[axis]
        wide = np.pad(image, [(margin, margin) if other == axis else (0, 0) for other in range(3)], "symmetric")
        wide = np.moveaxis(wide, axis, 0)
        image = np.moveaxis(sum(weight * wide[tap:tap + size:ratio] for tap, weight in enumerate(weights)), 0, axis)
    return image


def moved(image, down, right):
    """By fractions of a pixel without blur, as a sensor that points elsewhere: a phase in the mirrored image's spectrum."""
    rows, cols = image.shape[:2]
    mirrored = np.pad(image, ((0, rows), (0, cols), (0, 0)), "symmetric")
    phase = np.fft.fftfreq(2 * rows)[:, None] * down + np.fft.fftfreq(2 * cols)[None] * right
    spectrum = np.fft.fft2(mirrored, axes=(0, 1)) * np.exp(-2j * np.pi * phase)[..., None]
    return np.fft.ifft2(spectrum, axes=(0, 1)).real[:rows, :cols]


def read_beside(image, by, axis):
    """Each pixel read `by` of one further along an axis, by a sinc under a Lanczos window of 32 pixels; edges mirrored."""
    image, by = np.moveaxis(image, axis, 0), np.moveaxis(by, axis, 0)
    rows, result, total = len(image), 0, 0
    place = np.arange(rows)[:, None] + by
    for step in range(-31, 33):
        near = np.floor(place).astype(int) + step
        weight = np.sinc(place - near) * np.sinc((place - near) / 32) * (np.abs(place - near) < 32)
        near = np.where(near % (2 * rows) < rows, near % (2 * rows), 2 * rows - 1 - near % (2 * rows))
        result = result + weight[..., None] * image[near, np.arange(by.shape[1])]
        total = total + weight
    return np.moveaxis(result / total[..., None], 0, axis)


def sheared(image, down, right):
    """Moved by fractions of a pixel that change from the first to the last corner, as by an attitude that drifts."""
    along = sum(np.meshgrid(*(np.linspace(0, .5, size) for size in image.shape[:2]), indexing="ij"))
    down, right = (first + (last - first) * along for first, last in (down, right))
    return read_beside(read_beside(image, down, 0), right, 1)


def responses(bands, draws, most):
    """Boxes, whose edges are off by up to `most` bands."""
    rows = np.zeros((len(FRACTIONS), bands))
    for row, (low, high) in zip(rows, FRACTIONS):
        first, end = int(low * bands), max(int(low * bands) + 1, int(high * bands))
        if most:
            first = max(0, first + draws.integers(-most, most + 1))
            end = min(bands, end + draws.integers(-most, most + 1))
        row[min(first, end - 1):max(end, first + 1)] = 1
    return rows / rows.sum(1, keepdims=True)


def pair_of(cube, ratio, kind, noise):
    """hsi and msi of sensors that differ from the nominal ones as the kind says; what is drawn is drawn in this order."""
    how = FIELD_KINDS[kind]
    draws = np.random.default_rng(7)
    hsi = degraded(cube, ratio, ratio * how.get("fwhm", 1))
    msi = cube @ responses(cube.shape[2], draws, how.get("edges", 0)).T
    if "shift" in how:
        msi = moved(msi, *how["shift"])
    if "varying" in how:
        msi = sheared(msi, *how["varying"])
    if "gain" in how:
        msi = msi * draws.uniform(*how["gain"], msi.shape[2]) + how["offset"] * msi.mean((0, 1))
    if "change" in how:
        rows, cols = msi.shape[:2]
        msi[rows // 3:rows // 3 + rows // 4, cols // 4:cols // 4 + cols // 3] *= how["change"]
    noise = noise or how.get("noise")
    if noise:
        hsi, msi = (image + draws.standard_normal(image.shape) * np.sqrt((image ** 2).mean((0, 1)) / 10 ** (noise / 10))
                    for image in (hsi, msi))
    return hsi, msi


def write_pair(file, scene, ratio, kind, noise):
    with h5py.File(scene) as source:
        cube = np.clip(source["cube"][()].astype(float), 0, None)
    cube = cube[:cube.shape[0] // ratio * ratio, :cube.shape[1] // ratio * ratio]
    cube /= cube.max()
    file.parent.mkdir(parents=True, exist_ok=True)
    hsi, msi = pair_of(cube, ratio, kind, noise)
    with h5py.File(file, "w") as pair:
        for name, image in (("hsi", hsi), ("msi", msi), ("reference", cube)):
            pair[name] = image.astype("f4")
        pair["srf"] = responses(cube.shape[2], None, 0)
        pair.attrs["ratio"] = ratio


class Field:
    def __init__(self, args):
        self.args, self.bench = args, Bench(args)

    def scenes(self):
        for file in sorted(self.bench.data.glob("*.h5")):
            with h5py.File(file) as scene:
                if "cube" in scene and (not self.args.scene or file.name in self.args.scene):
                    yield file

    def methods(self, scene):
        known = next((name for name, (file, _) in SCENES.items() if file == scene.name), None)
        fold = known and fold_of(known)
        weights = {"checkpoint": str(self.bench.records.folder / f"{fold}.h5")} if fold else {}
        names = self.args.method or (*CLASSICS, "local_injection", PLUS)
        return [{"name": name, **(weights if name == PLUS else {})} for name in names]

    def measure(self, work):
        """One scene, kind and noise: the pair is made, run and removed."""
        scene, kind, noise = work
        name = field_name(self.args.stage, scene.stem, self.args.ratio, kind, noise)
        pair = (self.args.pairs or self.bench.work / "field_pairs") / f"{name.replace('/', '_')}.h5"
        if not self.args.pairs and name in self.bench.records.of("field"):
            return
        write_pair(pair, scene, self.args.ratio, kind, noise)
        if not self.args.pairs:
            config = {"name": pair.stem, "data": {"pair": str(pair)}, "methods": self.methods(scene)}
            self.bench.record("field", name, config)
            pair.unlink()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", default=str(ROOT / "data"))
    parser.add_argument("--work", default=str(ROOT / "results" / "benchmark"), help="the folder of the runs")
    parser.add_argument("--records", default=str(ROOT / "bench" / "records"), help="the folder of what is kept of them")
    parser.add_argument("--run", default=str(ROOT / "run_experiment"), help="the program")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time, which share the processors")
    parser.add_argument("--stage", choices=STAGES, default=STAGES[-1], help="of the program: %(choices)s")
    parser.add_argument("--pairs", type=pathlib.Path, help="a folder for the pairs; nothing is run")
    parser.add_argument("--scene", action="append", help="a file's name; default all")
    parser.add_argument("--kind", action="append", choices=FIELD_KINDS, help="default all")
    parser.add_argument("--noise", action="append", type=int, help="dB in both images, 0 for none; default 0")
    parser.add_argument("--ratio", type=int, default=4)
    parser.add_argument("--method", action="append", help="default all but networks trained on the pair")
    args = parser.parse_args()
    field = Field(args)
    field.bench.at_once(field.measure, [(scene, kind, noise) for scene in field.scenes() for noise in args.noise or (0,)
                                        for kind in args.kind or FIELD_KINDS])


if __name__ == "__main__":
    sys.exit(main())
