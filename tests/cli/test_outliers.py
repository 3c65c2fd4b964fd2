#!/usr/bin/env python3
"""Values of a pair that cannot have been measured: test_outliers.py RUN_EXPERIMENT MAKE_BAD_FILES    Needs NumPy and h5py."""
import importlib.util
import unittest

from program import ProgramTest, experiment, main

if all(importlib.util.find_spec(package) for package in ("h5py", "numpy")):
    import h5py
    import numpy as np

RATIO, BANDS = 4, 12
WRAPPED = {"hsi": [(0, 3, 2), (16, 4, 7), (16, 5, 7), (23, 0, 11)], "msi": [(5, 90, 1), (60, 61, 0)]}


def psnr(image, truth):
    return 10 * np.log10(truth.max() ** 2 / ((image - truth) ** 2).mean())


@unittest.skipUnless("np" in globals(), "needs NumPy and h5py")
class Outliers(ProgramTest):
    def setUp(self):
        super().setUp()
        rng = np.random.default_rng(1)
        parcels = np.kron(rng.integers(0, 6, (24, 24)), np.ones((4, 4), int))
        spectra = 500 + 400 * np.sin(rng.uniform(0, 3, (6, 1)) + np.arange(BANDS) / 3)
        self.truth = spectra[parcels] * (1 + 0.1 * rng.standard_normal((96, 96, 1)))
        self.truth += 20 * rng.standard_normal(self.truth.shape)  # which no method can know
        self.truth[40:42, 40:42] *= 30  # a glint, which is in both
        srf = np.kron(np.eye(3), np.full(4, 0.25))
        self.images = {"hsi": self.truth.reshape(24, RATIO, 24, RATIO, BANDS).mean((1, 3)), "msi": self.truth @ srf.T}
        self.write("clean.h5", srf, ())
        self.write("wrapped.h5", srf, ("hsi", "msi"))

    def write(self, name, srf, wrapped):
        with h5py.File(self.folder / name, "w") as pair:
            for key, image in self.images.items():
                pair[key] = image.astype("f4")
                for place in WRAPPED[key] if key in wrapped else ():
                    pair[key][place] = 65533
            pair["reference"], pair["srf"] = self.truth.astype("f4"), srf

    def fuse(self, pair, *options, **data):
        """Warnings, PSNR and the image of the file."""
        config = experiment(data={"pair": pair, **data}, methods=[{"name": "linear_injection"}],
                            degrade={"ratio": RATIO, "psf": {"type": "box"}})
        metrics = self.succeeded(self.run_config(config, "--overwrite", *options))
        with h5py.File(self.out / "linear_injection" / "fused.h5") as fused:
            image = fused["cube"][()]
        said = [text for text in metrics["warnings"] if "cannot have been measured" in text]
        return said, metrics["methods"][0]["metrics"]["psnr_global_db"], image

    def test_wrapped_values_are_named_and_cost_little(self):
        warnings, clean, _ = self.fuse("clean.h5")
        self.assertEqual(warnings, [])
        for options in ((), ("--memory", "500M")):
            warnings, score, image = self.fuse("wrapped.h5", *options)
            self.assertEqual(len(warnings), 2)
            self.assertIn("4 values of the HSI (bands 3, 8, 12; the first 65533 in band 3 at row 0, column 3)", warnings[0])
            self.assertIn("2 values of the MSI (bands 1, 2; the first 65533 in band 2 at row 5, column 90)", warnings[1])
            self.assertGreater(score, clean - 1)
            # The file has those of the HSI as they are, and all else as it should be.
            elsewhere = np.ones(image.shape, bool)
            for row, col, band in WRAPPED["hsi"]:
                block = np.s_[RATIO * row:RATIO * (row + 1), RATIO * col:RATIO * (col + 1), band]
                self.assertTrue((image[block] == 65533).all())
                elsewhere[block] = False
            self.assertGreater(psnr(image[elsewhere], self.truth[elsewhere]), clean - 1)

    def test_they_can_be_kept(self):
        warnings, score, _ = self.fuse("wrapped.h5", outliers="keep")
        self.assertEqual(warnings, [])
        self.assertLess(score, self.fuse("clean.h5")[1] - 10)

    def test_a_simulated_pair_has_none(self):
        config = experiment(data={"scene": "good.h5", "outliers": "keep"})
        self.refused(2, "`data.outliers` is valid only with `data.pair` or `data.hsi`", self.run_config(config))


if __name__ == "__main__":
    main()
