#!/usr/bin/env python3
"""Pairs as agencies ship them, whole and with --memory: test_odd_pairs.py RUN_EXPERIMENT MAKE_BAD_FILES

An EnMAP-like image (int16, 224 bands, six without data in any pixel, a border without data) with a Sentinel-2-like one
is made of one scene that is known. What the methods are given, bands, response and gaps, and what comes out is held
against NumPy. Needs NumPy, h5py and a program with GDAL; GeoTIFF needs GDAL's module, too.
"""
import importlib.util
import json
import shutil
import unittest

from program import ProgramTest, experiment, main

if all(importlib.util.find_spec(package) for package in ("h5py", "numpy")):
    import h5py
    import numpy as np
    from odd_files import braces, envi, tiff, vrt_with_masks

HAS_NUMPY = "np" in globals()
HAS_GDAL = HAS_NUMPY and importlib.util.find_spec("osgeo") is not None
RATIO, BANDS, ROWS, COLS = 3, 224, 24, 18
WATER = list(range(130, 136))
# Bands of the file, counted from 0, of which each band of the MSI is the mean: some before those of water, some behind.
# What is told of the sensors is what the tests look at.
TOLD = {"estimate": {"srf": False, "psf": False, "gain": False, "shift": False}, "harmonise": False}
RANGES = [[7, 15], [30, 40], [60, 80], [150, 190]]
FILL = -32768


def truth():
    """Reflectance times 10,000 of three materials, [rows * ratio, cols * ratio, bands]."""
    rng = np.random.default_rng(3)
    row, col = np.mgrid[:ROWS * RATIO, :COLS * RATIO]
    parts = np.stack([0.5 + 0.5 * np.sin(0.2 * row + 0.11 * col), ((row // 5 + col // 7) % 3 == 0) * 0.8, 0.3 + 0.2 * np.cos(0.3 * col)], 2)
    band = np.arange(BANDS)
    spectra = np.stack([2000 + 9 * band, 3500 + 900 * np.sin(band / 20), 900 + 30 * np.abs(band - 100)])
    return parts @ spectra + rng.uniform(0, 3, (ROWS * RATIO, COLS * RATIO, BANDS))


@unittest.skipUnless(HAS_NUMPY, "needs NumPy and h5py")
class OddPairs(ProgramTest):
    def setUp(self):
        super().setUp()
        envi(self.folder)
        if "built without" in self.run_program("--import", "scene.hdr", "probe.h5").stderr:
            self.skipTest("built without GDAL")
        self.scene = truth()
        self.nm = np.linspace(420, 2450, BANDS)
        self.kept = np.delete(np.arange(BANDS), WATER)
        self.coarse = self.scene.reshape(ROWS, RATIO, COLS, RATIO, BANDS).mean((1, 3)).round().astype("<i2")
        self.hsi = self.coarse.copy()
        self.hsi[..., WATER] = FILL
        self.hsi[:2] = FILL
        self.response = np.zeros((len(RANGES), BANDS))
        for row, (first, last) in enumerate(RANGES):
            self.response[row, first:last + 1] = 1 / (last + 1 - first)
        self.msi = (self.scene @ self.response.T).round().astype("<u2")

    def write_msi(self):
        return envi(self.folder, self.msi, name="msi")

    def lists(self, *more):
        return f"wavelength = {braces(self.nm.round(3))}\nwavelength units = Nanometers\n" + "".join(more)

    def config(self, data, **changes):
        return experiment(**({"data": data, "degrade": {"ratio": RATIO, **TOLD, "psf": {"type": "box"}, "srf": {"ranges": RANGES}},
                              "methods": [{"name": "linear_injection"}]} | changes))

    def fused(self, config, *options):
        metrics = self.succeeded(self.run_config(config, "--overwrite", *options))
        with h5py.File(self.out / "linear_injection/fused.h5") as file:
            nm = file["wavelength_nm"][()] if "wavelength_nm" in file else None
            return file["cube"][()], nm, dict(file.attrs), metrics["warnings"]

    def seen(self, config):
        """The response that a method is given, and the bands of the HSI."""
        changed = json.loads(json.dumps(config))
        changed["methods"] = [{"name": "external", "command": ["sh", "-c", 'cp "$1" pair_seen.h5; exit 1', "sh", "{pair}", "{fused}"]}]
        self.assertEqual(self.run_config(changed, "--overwrite").returncode, 1)
        with h5py.File(self.folder / "pair_seen.h5") as file:
            return file["srf"][()], file["hsi"].shape[2]

    def check(self, config, named="bands 131-136 of 224 .1603 to 1649 nm. are without data in any pixel", memory=True):
        srf, bands = self.seen(config)
        self.assertEqual(bands, len(self.kept))
        np.testing.assert_allclose(srf, self.response[:, self.kept], atol=1e-6)
        cube, nm, attributes, warnings = self.fused(config)
        np.testing.assert_allclose(nm, self.nm[self.kept], atol=1e-3)
        self.assertRegex("\n".join(warnings), named)
        nodata = attributes["nodata"]
        valid = ~np.isnan(cube).any(2) & (cube != nodata).all(2)
        expected = np.arange(ROWS * RATIO)[:, None] >= 2 * RATIO
        np.testing.assert_array_equal(valid, np.broadcast_to(expected, valid.shape))
        wanted = self.scene[..., self.kept]
        error = np.sqrt(((cube - wanted)[valid] ** 2).mean()) / wanted.mean()
        self.assertLess(error, 0.05)
        if memory:
            streamed, _, _, also = self.fused(config, "--memory", "400MiB")
            np.testing.assert_allclose(streamed[valid], cube[valid], rtol=1e-3, atol=2)
            np.testing.assert_array_equal(streamed[~valid], cube[~valid])
            self.assertRegex("\n".join(also), named)

    def test_an_envi_product_with_ignored_values(self):
        name = envi(self.folder, self.hsi, self.lists(f"data ignore value = {FILL}\n"), "bil", "hsi")
        self.check(self.config({"hsi": {"file": name}, "msi": {"file": self.write_msi()}}))

    def test_an_envi_product_whose_value_is_told(self):
        name = envi(self.folder, self.hsi, self.lists(), "bil", "hsi")
        self.check(self.config({"hsi": {"file": name, "nodata": FILL}, "msi": {"file": self.write_msi()}}), memory=False)

    def test_an_envi_product_with_bad_bands(self):
        bbl = [int(b not in WATER) for b in range(BANDS)]
        name = envi(self.folder, self.hsi, self.lists(f"data ignore value = {FILL}\n", f"bbl = {braces(bbl)}\n"), "bsq", "hsi")
        self.check(self.config({"hsi": {"file": name}, "msi": {"file": self.write_msi()}}),
                   "hsi.hdr: bands 131-136 of 224 .1603 to 1649 nm. are bad by the list of the file")

    @unittest.skipUnless(HAS_GDAL, "needs GDAL's module for Python")
    def test_a_geotiff_product(self):
        name = tiff(self.folder, self.hsi, nodata=FILL, name="hsi.tif", options=["TILED=YES", "COMPRESS=LZW"])
        wavelengths = {"values": self.nm.tolist()}
        self.check(self.config({"hsi": {"file": name, "wavelength_nm": wavelengths}, "msi": {"file": self.write_msi()}}))

    @unittest.skipUnless(HAS_GDAL, "needs GDAL's module for Python")
    def test_masks_of_bands(self):
        masks = np.where(self.hsi == FILL, 0, 255).astype("u1")
        name = vrt_with_masks(self.folder, self.hsi, masks)
        wavelengths = {"range": [420, 2450]}
        self.check(self.config({"hsi": {"file": name, "wavelength_nm": wavelengths}, "msi": {"file": self.write_msi()}}))

    def pair_file(self, response, reference=True):
        with h5py.File(self.folder / "pair.h5", "w") as file:
            file["hsi"], file["msi"], file["srf"] = self.hsi, self.msi, response
            file["wavelength_nm"] = self.nm
            file.attrs["nodata"] = FILL
            if reference:
                file["reference"] = self.scene.astype("f4")
        return {"pair": "pair.h5"}

    def test_a_pair_with_its_response_and_a_reference(self):
        config = self.config(self.pair_file(self.response), degrade={"ratio": RATIO, **TOLD, "psf": {"type": "box"}})
        self.check(config)
        metrics = json.loads((self.out / "metrics.json").read_text())
        self.assertGreater(metrics["methods"][0]["metrics"]["psnr_db"], 30)

    def test_a_response_that_loses_weights(self):
        wide = np.zeros((len(RANGES), BANDS))
        wide[:, :] = self.response
        wide[3] = 0
        wide[3, 126:146] = 1 / 20
        config = self.config(self.pair_file(wide, reference=False), degrade={"ratio": RATIO, **TOLD, "psf": {"type": "box"}})
        srf, _ = self.seen(config)
        np.testing.assert_allclose(srf.sum(1), 1, rtol=1e-5)
        np.testing.assert_allclose(srf[3], wide[3, self.kept] * 20 / 14, atol=1e-6)
        self.assertRegex("\n".join(self.fused(config)[3]), "pair.h5: bands of /hsi that are left out have 30 % of the weights in row 4 of /srf")
        wide[3] = 0
        wide[3, WATER] = 1
        self.refused(3, "/srf: expected a weight above 0 in row 3 .counted from 0. for a band of /hsi with data, got none",
                     self.after_clearing(self.config(self.pair_file(wide), degrade={"ratio": RATIO, **TOLD})))

    def test_a_bad_band_of_the_msi_takes_its_row_of_the_response_along(self):
        np.save(self.folder / "hsi.npy", self.coarse)
        envi(self.folder, self.msi, "bbl = {1, 0, 1, 1}\n", name="msi")
        for ranges in RANGES, RANGES[:1] + RANGES[2:]:
            config = self.config({"hsi": {"file": "hsi.npy"}, "msi": {"file": "msi.hdr"}}, degrade={"ratio": RATIO, **TOLD, "srf": {"ranges": ranges}})
            np.testing.assert_allclose(self.seen(config)[0], self.response[[0, 2, 3]], atol=1e-6)
        self.refused(2, "degrade.srf: expected 3 rows, one for each msi band of hsi.npy and msi.hdr, got 2",
                     self.after_clearing({**config, "degrade": {"ratio": RATIO, **TOLD, "srf": {"ranges": RANGES[:2]}}}))

    def after_clearing(self, config, *options):
        shutil.rmtree(self.out, ignore_errors=True)
        return self.run_config(config, *options)

    def test_a_panchromatic_image_of_two_dimensions(self):
        pan = self.msi[..., 0]
        np.save(self.folder / "pan.npy", pan)
        np.save(self.folder / "hsi.npy", self.coarse)
        srf = {"ratio": RATIO, **TOLD, "psf": {"type": "box"}, "srf": {"ranges": RANGES[:1]}}
        cube, *_ = self.fused({**self.config({"hsi": {"file": "hsi.npy"}, "msi": {"file": "pan.npy"}}), "degrade": srf})
        with h5py.File(self.folder / "pair.h5", "w") as file:
            file["hsi"], file["msi"] = self.coarse, pan
        one = {**self.config({"pair": "pair.h5"}), "degrade": srf}
        np.testing.assert_array_equal(self.fused(one)[0], cube)
        np.testing.assert_allclose(self.fused(one, "--memory", "400MiB")[0], cube, rtol=1e-3, atol=2)

    def test_undeclared_fill_and_zeros_in_the_msi(self):
        np.save(self.folder / "hsi.npy", self.coarse)
        fill = self.msi.astype("i4")
        fill[4, 5, 2] = -9999
        np.save(self.folder / "msi.npy", fill)
        config = self.config({"hsi": {"file": "hsi.npy"}, "msi": {"file": "msi.npy"}})
        self.refused(2, "data.msi.nodata: expected it for an image with -9999 in band 3 of 1 of 3888 pixels", self.run_config(config))
        fill = self.msi.copy()
        fill[:10] = 0
        np.save(self.folder / "msi.npy", fill)
        said = "data.msi: 540 of 3888 pixels are 0 in all bands: if nothing was measured there, data.msi.nodata=0 says so"
        self.assertIn(said, self.fused(config)[3])
        config["data"]["msi"]["nodata"] = 0
        self.assertNotIn(said, self.fused(config)[3])

    def test_the_same_is_said_with_little_memory(self):
        fill = self.msi.astype("i4")
        fill[:10] = 0
        envi(self.folder, fill, name="msi")
        envi(self.folder, self.coarse, name="hsi")
        config = self.config({"hsi": {"file": "hsi.hdr"}, "msi": {"file": "msi.hdr"}})
        self.assertIn("data.msi: 540 of 3888 pixels are 0 in all bands: if nothing was measured there, data.msi.nodata=0 says so",
                      self.fused(config, "--memory", "400MiB")[3])
        fill[4, 5, 2] = fill[50, 50, 2] = -9999
        envi(self.folder, fill, name="msi")
        self.refused(2, "data.msi.nodata: expected it for an image with -9999 in band 3 of 2 of 3888 pixels",
                     self.after_clearing(config, "--memory", "400MiB"))
        envi(self.folder, self.msi, name="msi", data=lambda d: d[:-2])
        self.refused(3, "msi.hdr: expected 31104 bytes", self.after_clearing(config, "--memory", "400MiB"))

    def test_responses_in_other_encodings(self):
        np.save(self.folder / "hsi.npy", self.coarse)
        lines = "wavelength_nm,gr\u00fcn\n" + "".join(f"{nm:.3f},{int(7 <= i <= 15)}\n" for i, nm in enumerate(self.nm))
        np.save(self.folder / "pan.npy", self.msi[..., :1])
        config = self.config({"hsi": {"file": "hsi.npy", "wavelength_nm": {"values": self.nm.tolist()}}, "msi": {"file": "pan.npy"}},
                             degrade={"ratio": RATIO, **TOLD, "srf": {"file": "srf.csv"}})
        for encoding in ("utf-8", "utf-8-sig", "latin-1"):
            with self.subTest(encoding):
                (self.folder / "srf.csv").write_bytes(lines.encode(encoding))
                self.fused(config)
                self.assertIn("gr\u00fcn", (self.out / "report.html").read_text())
        (self.folder / "srf.csv").write_bytes(lines.encode("utf-16"))
        self.refused(3, "srf.csv: expected a text in UTF-8, got one in UTF-16; save it as UTF-8", self.after_clearing(config))

    def test_an_experiment_with_a_byte_order_mark(self):
        np.save(self.folder / "hsi.npy", self.coarse)
        np.save(self.folder / "pan.npy", self.msi[..., :1])
        config = self.config({"hsi": {"file": "hsi.npy"}, "msi": {"file": "pan.npy"}}, degrade={"ratio": RATIO, **TOLD, "srf": {"ranges": RANGES[:1]}})
        self.succeeded(self.run_config("\ufeff" + json.dumps(config)))

    def test_a_file_that_another_program_writes(self):
        data = self.pair_file(self.response)
        with h5py.File(self.folder / "pair.h5", "r+"):
            self.refused(3, "pair.h5 as HDF5: .*: another program has it open to write, or ended without closing it; close it there",
                         self.run_config(self.config(data, degrade={"ratio": RATIO, **TOLD})))


if __name__ == "__main__":
    main()
