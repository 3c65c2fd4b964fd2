#!/usr/bin/env python3
"""Pairs of two files on grids of their own: test_grids.py RUN_EXPERIMENT MAKE_BAD_FILES

The images are means of one fine scene over pixels of any size, made here, so that what the resampling has to find is
known. Needs NumPy, h5py and a program with GDAL; GDAL's own programs are used where they are there.
"""
import functools
import importlib.util
import json
import shutil
import subprocess
import unittest

from program import ProgramTest, experiment, main

if all(importlib.util.find_spec(package) for package in ("h5py", "numpy")):
    import h5py
    import numpy as np

BANDS, HSI = 12, 24
RESPONSE = [[0.0, 0.3], [0.35, 0.6], [0.65, 1.0]]


def fine_scene(sharp):
    """Parcels with spectra of their own and some texture, in pixels of 0.6 m, 1200 x 1200, as optics show it that are as
    sharp as an MSI with pixels of `sharp`: what is finer than these no resampling knows."""
    rng = np.random.default_rng(1)
    parcels = np.kron(rng.integers(0, 9, (60, 60)), np.ones((20, 20), int))
    spectra = 500 + 400 * np.sin(rng.uniform(0, 3, (9, 1)) + np.arange(BANDS) / rng.uniform(2, 5, (9, 1)))
    texture = 1 + 0.1 * np.kron(rng.standard_normal((300, 300)), np.ones((4, 4)))
    scene = spectra[parcels] * texture[..., None]
    for axis in (0, 1, 0, 1, 0, 1):
        sums = np.concatenate([0 * scene.take([0], axis), scene, scene.take(range(sharp - 1), axis)], axis).cumsum(axis)
        scene = (sums.take(range(sharp, sums.shape[axis]), axis) - sums.take(range(scene.shape[axis]), axis)) / sharp
    return scene


def means(scene, begin, size, count):
    """Over `count` pixels along each axis that are `size` of those of the scene wide and begin at `begin`."""
    for axis, (first, pixels) in enumerate(zip(begin, count)):
        sums = np.concatenate([np.zeros_like(scene.take([0], axis)), scene.cumsum(axis)], axis)
        edges = first + size * np.arange(pixels + 1)
        left = np.minimum(edges.astype(int), scene.shape[axis] - 1)
        part = (edges - left).reshape([-1 if i == axis else 1 for i in range(3)])
        at_edges = sums.take(left, axis) * (1 - part) + sums.take(left + 1, axis) * part
        scene = np.diff(at_edges, axis=axis) / size
    return scene


def psnr(image, truth):
    return 10 * np.log10((truth.max() - truth.min()) ** 2 / ((image - truth) ** 2).mean())


@functools.cache
def seen_of(sharp):
    """A scene, what an MSI sees of it in pixels of 0.6 m, and an HSI of 24 m."""
    scene = fine_scene(sharp)
    groups = [range(round(low * (BANDS - 1)), round(high * (BANDS - 1)) + 1) for low, high in RESPONSE]
    seen = np.stack([scene[..., list(group)].mean(2) for group in groups], 2)
    return scene, seen, means(scene, (100, 100), 40, (HSI, HSI)).astype("<f4")


@unittest.skipUnless("np" in globals(), "needs NumPy and h5py")
class Grids(ProgramTest):
    def setUp(self):
        super().setUp()
        self.look_at(5)
        probe = self.run_program("--import", "hsi.hdr", "probe.h5")
        if "built without" in probe.stderr:
            self.skipTest("built without GDAL")

    def look_at(self, sharp):
        self.scene, self.seen, self.hsi = seen_of(sharp)
        self.envi("hsi", self.hsi, (100, 100), 40)

    def envi(self, name, image, begin, size, zone=33, more=""):
        """The scene begins at 350000, 5830000; `begin` (down, right) and `size` are in its pixels of 0.6 m."""
        rows, cols, bands = image.shape
        x, y, metres = 350000 + 0.6 * begin[1], 5830000 - 0.6 * begin[0], 0.6 * size
        place = f"map info = {{UTM, 1, 1, {x:.12g}, {y:.12g}, {metres:.12g}, {metres:.12g}, {zone}, North, WGS-84{more}}}\n"
        (self.folder / f"{name}.hdr").write_text(
            f"ENVI\nsamples = {cols}\nlines = {rows}\nbands = {bands}\ndata type = 4\ninterleave = bip\nbyte order = 0\n"
            + (place if zone else ""))
        (self.folder / f"{name}.img").write_bytes(image.astype("<f4").tobytes())

    def msi(self, begin, size, count, name="msi"):
        self.envi(name, means(self.seen, begin, size, count), begin, size)

    def pair_file(self, name, hsi, msi, places={}):
        with h5py.File(self.folder / name, "w") as file:
            file["hsi"], file["msi"] = hsi, msi
            for dataset, place in places.items():
                file[dataset].attrs["geotransform"] = place

    def config(self, ratio, msi="msi.hdr", hsi="hsi.hdr", methods=("linear_injection",), **changes):
        image = lambda given: given if isinstance(given, dict) else {"file": given}
        return experiment(data={"hsi": image(hsi), "msi": image(msi)}, methods=[{"name": name} for name in methods],
                          degrade={"ratio": ratio, "psf": {"type": "box"}, "estimate": {"psf": False}}, **changes)

    def fused(self, config, method="linear_injection"):
        metrics = self.succeeded(self.run_config(config, "--overwrite"))
        with h5py.File(self.out / method / "fused.h5") as file:
            return file["cube"][()], dict(file.attrs), metrics

    def resampled(self, config):
        """The MSI as a method is given it."""
        config["methods"] = [{"name": "external", "command": ["sh", "-c", 'cp "$1" pair_seen.h5; exit 1', "sh", "{pair}", "{fused}"]}]
        self.assertEqual(self.run_config(config, "--overwrite").returncode, 1)
        with h5py.File(self.folder / "pair_seen.h5") as file:
            return file["msi"][()]

    def direct(self, ratio):
        """The pair that the scene gives on one grid, and what it is of."""
        fine, count = 40 / ratio, (HSI * ratio, HSI * ratio)
        return means(self.seen, (100, 100), fine, count), means(self.scene, (100, 100), fine, count)

    def test_two_files_become_a_report_nearly_as_good_as_that_of_one_grid(self):
        # Pixels of 24 m with those of 2.88 m (8.33 of them).
        ratio, size = 8, 4.8
        msi, truth = self.direct(ratio)
        self.pair_file("direct.h5", self.hsi, msi)
        self.msi((97.1, 98.3), size, (210, 210))
        best = psnr(self.fused(self.config(ratio) | {"data": {"pair": "direct.h5"}})[0], truth)
        # As an ENVI file, as the program's own GeoTIFF and ENVI, and as GDAL's.
        names = ["ours.tif", "ours.img"]
        for name in names:
            self.assertEqual(self.run_program("--import", "msi.hdr", name).stderr, "")
        if shutil.which("gdal_translate"):
            subprocess.run(["gdal_translate", "-q", "msi.img", "gdal.tif"], cwd=self.folder, check=True)
            names.append("gdal.tif")
        hashes = set()
        for name in ["msi.hdr", *names]:
            image, attributes, metrics = self.fused(self.config(ratio, name))
            hashes.add(metrics["data_hash"])
        self.assertEqual(len(hashes), 1)
        said = f"MSI resampled from {0.6 * size:.3g} m to {24 / ratio:.3g} m, ratio {ratio}, rows 0-23, cols 0-23 of the HSI"
        self.assertEqual(metrics["grids"], said)
        self.assertIn(said, (self.out / "report.html").read_text())
        np.testing.assert_allclose(attributes["geotransform"], [350060, 24 / ratio, 0, 5829940, 0, -24 / ratio])
        self.assertEqual(image.shape, truth.shape)
        got = psnr(image, truth)
        print(f"ratio {ratio}: linear_injection {got:.2f} dB resampled, {best:.2f} dB of one grid")
        self.assertGreater(got, best - 1)
        self.compare_with_gdalwarp(ratio, msi)

    def test_an_msi_half_a_pixel_beside_the_hsi_is_not_resampled(self):
        self.look_at(13)
        self.msi((100 - 20 / 3, 100 - 20 / 3), 40 / 3, (75, 75))
        _, attributes, metrics = self.fused(self.config(3))
        said = ("MSI not resampled (8 m), ratio 3, rows 0-23, cols 0-23 of the HSI and rows 1-72, cols 1-72 of the MSI; its pixels "
                "lie -0.5 down and -0.5 right of one beside those of the HSI, and the PSF is moved by that")
        self.assertEqual(metrics["grids"], said)
        self.assertIn(said, (self.out / "report.html").read_text())
        np.testing.assert_allclose(attributes["geotransform"], [350064, 8, 0, 5829936, 0, -8])

    def compare_with_gdalwarp(self, ratio, truth):
        ours = self.resampled(self.config(ratio))
        self.assertEqual(ours.shape, truth.shape)
        print(f"ratio {ratio}: MSI {psnr(ours, truth):.2f} dB")
        if not shutil.which("gdalwarp"):
            return
        size = HSI * ratio
        subprocess.run(["gdalwarp", "-q", "-overwrite", "-r", "cubic", "-te", "350060", "5829364", "350636", "5829940",
                        "-ts", f"{size}", f"{size}", "-of", "ENVI", "msi.img", "warped.img"], cwd=self.folder, check=True)
        theirs = np.fromfile(self.folder / "warped.img", "<f4").reshape(3, size, size).transpose(1, 2, 0)
        print(f"ratio {ratio}: gdalwarp {psnr(theirs, truth):.2f} dB, the two {psnr(ours, theirs):.2f} dB apart")
        self.assertGreater(psnr(ours, truth), psnr(theirs, truth))
        self.assertGreater(psnr(ours, theirs), psnr(theirs, truth))

    def test_grids_that_meet_are_cut_to_the_bit(self):
        # An MSI of 6 m that begins at row 2 and column 1 of the HSI and ends in the middle of a pixel.
        msi = means(self.seen, (180, 140), 10, (79, 84)).astype("<f4")
        self.envi("msi", msi, (180, 140), 10)
        self.pair_file("direct.h5", self.hsi[2:21, 1:22], msi[:76])
        metrics = self.fused(self.config(4))[2]
        self.assertEqual(metrics["grids"], "MSI not resampled (6 m), ratio 4, rows 2-20, cols 1-21 of the HSI and "
                         "rows 0-75, cols 0-83 of the MSI")
        self.assertEqual(metrics["data_hash"], self.fused(self.config(4) | {"data": {"pair": "direct.h5"}})[2]["data_hash"])
        # Of exactly one ground there is nothing to say, with and without georeferences.
        msi = means(self.seen, (100, 100), 10, (96, 96)).astype("<f4")
        self.envi("msi", msi, (100, 100), 10)
        self.envi("nowhere", msi, (0, 0), 10, zone=None)
        with_place, without = (self.fused(self.config(4, name))[2] for name in ("msi.hdr", "nowhere.hdr"))
        self.assertEqual((with_place["grids"], without["grids"]), (None, None))
        self.assertEqual(with_place["data_hash"], without["data_hash"])

    def test_a_pair_file_and_stated_geotransforms_go_the_same_way(self):
        self.msi((97.1, 98.3), 4.8, (210, 210))
        expected = self.fused(self.config(8))[2]
        msi = np.fromfile(self.folder / "msi.img", "<f4").reshape(210, 210, 3)
        places = {"hsi": [350060, 24, 0, 5829940, 0, -24],
                  "msi": [350000 + 0.6 * 98.3, 2.88, 0, 5830000 - 0.6 * 97.1, 0, -2.88]}
        self.pair_file("pair.h5", self.hsi, msi, places)
        metrics = self.fused(self.config(8) | {"data": {"pair": "pair.h5"}})[2]
        self.assertEqual(metrics["data_hash"], expected["data_hash"])
        self.assertEqual(metrics["grids"], expected["grids"].replace(" m", ""))  # of no known projection
        self.pair_file("unplaced.h5", self.hsi, msi)
        images = [{"file": "unplaced.h5", "dataset": f"/{name}", "geotransform": places[name]} for name in ("msi", "hsi")]
        self.assertEqual(self.fused(self.config(8, *images))[2]["data_hash"], expected["data_hash"])
        with h5py.File(self.folder / "pair.h5", "a") as file:
            file["reference"] = np.ones((192, 192, BANDS), "f4")
        self.out = self.folder / "none"
        self.refused(3, "pair.h5: expected no /reference beside images on grids that have to be brought together",
                     self.run_config(self.config(8) | {"data": {"pair": "pair.h5"}}))

    def test_two_geotiffs_stream_through_with_their_place(self):
        # On a grid of its own, and on that of the HSI; the second result takes more than one block of a file.
        for begin, size, count, ratio in ((97.1, 98.3), 4.8, (210, 210), 8), ((100, 100), 40 / 12, (288, 288), 12):
            self.msi(begin, size, count)
            for name in ("hsi", "msi"):
                self.assertEqual(self.run_program("--import", f"{name}.hdr", f"{name}.tif", "--overwrite").stderr, "")
            config = self.config(ratio, "msi.tif", "hsi.tif", ("linear_injection", "gsa"))
            (self.folder / "config.json").write_text(json.dumps(config))
            images = {}
            images["linear_injection"], _, expected = self.fused(config)
            with h5py.File(self.out / "gsa" / "fused.h5") as file:
                images["gsa"] = file["cube"][()]
            run = self.run_config(config | {"output": {"format": "geotiff"}}, "--memory", "400MiB", "--overwrite")
            metrics = self.succeeded(run)
            self.assertEqual(metrics["grids"], expected["grids"])
            for one, other in zip(expected["methods"], metrics["methods"], strict=True):
                self.assertIn("qnr", one["no_reference"])
                for score, value in one["no_reference"].items():
                    self.assertAlmostEqual(value, other["no_reference"][score], delta=1e-4 * abs(value), msg=score)
            for name, image in images.items():
                with h5py.File(self.out / name / "fused.h5") as file:
                    np.testing.assert_allclose(file["cube"][()], image, rtol=1e-4)
                    place, cube = list(file.attrs["geotransform"]), file["cube"][()]
                np.testing.assert_allclose(place, [350060, 24 / ratio, 0, 5829940, 0, -24 / ratio])
                back = self.run_program("--import", self.out / name / "fused.tif", "back.h5", "--overwrite")
                self.assertEqual(back.stderr, "")
                with h5py.File(self.folder / "back.h5") as file:
                    np.testing.assert_array_equal(file["cube"][()], cube)
                    self.assertEqual(list(file.attrs["geotransform"]), place)
                    self.assertIn("zone 33N", file.attrs["projection"])
        config = self.config(12, {"file": "msi.tif", "nodata": {"mask": "/valid"}}, "hsi.tif")
        self.out = self.folder / "none"
        self.refused(3, "msi.tif: nodata.mask is valid only with an image in HDF5", self.run_config(config, "--memory", "400MiB"))

    def test_what_is_said_before_and_with_an_estimated_shift(self):
        self.msi((97.1, 98.3), 4.8, (210, 210))
        config = self.config(8)
        said = "MSI resampled from 2.88 m to 3 m, ratio 8, rows 0-23, cols 0-23 of the HSI"
        (self.folder / "config.json").write_text(json.dumps(config))
        self.assertIn(f"grid       {said}\n", self.run_program("config.json", "--dry-run", "--data-dir", self.folder).stderr)
        run = self.run_program("config.json", "--out", "loud", "--data-dir", self.folder)
        self.assertIn(f"{said}\n", run.stderr)
        config["degrade"]["estimate"] = {"shift": True}
        (self.folder / "config.json").write_text(json.dumps(config))
        plan = self.run_program("config.json", "--dry-run", "--data-dir", self.folder).stderr
        self.assertRegex(plan, r"(?m)^estimate   shift: .*fine pixels")
        self.assertRegex(plan, r"(?m)^shift of the MSI +-?0\.\d+ +-?0\.\d+")
        metrics = self.fused(config)[2]
        self.assertEqual(metrics["grids"], said)  # the shift is part of the PSF: nothing is resampled again
        self.assertLess(max(map(abs, metrics["estimates"][0]["shift"])), 0.2)

    def test_gaps_and_changed_values_of_streamed_pairs(self):
        msi = means(self.seen, (100, 100), 10, (96, 96)).astype("<f4")
        msi[40:52, 30:45] = -99
        self.envi("msi", msi, (100, 100), 10)
        config = self.config(4, {"file": "msi.hdr", "nodata": {"value": -99}}) | {"output": {"format": "geotiff"}}
        whole = self.fused(config)[0]
        self.assertEqual((whole == -99).all(2).sum(), 12 * 15)
        hashes = []
        for change in range(2):
            hashes.append(self.succeeded(self.run_config(config, "--memory", "400MiB", "--overwrite"))["data_hash"])
            # What a GIS is told of no data is what stands there.
            self.run_program("--import", self.out / "linear_injection/fused.tif", "back.h5", "--overwrite")
            with h5py.File(self.folder / "back.h5") as file:
                self.assertEqual(file.attrs["nodata"], -99)
                self.assertEqual(((file["cube"][()] == -99) != (whole == -99)).sum(), 0)
            msi[95, 95] += 1
            self.envi("msi", msi, (100, 100), 10)
        self.assertNotEqual(*hashes)

    def test_saturated_pixels_are_counted_over_all_parts(self):
        msi = means(self.seen, (97.1, 98.3), 4.8, (210, 210)).astype("<f4")
        msi[0, :2] = 65535
        self.envi("msi", msi, (97.1, 98.3), 4.8)
        for options in [], ["--memory", "400MiB"]:
            self.succeeded(self.run_config(self.config(8), "--overwrite", *options))
        msi[:3] = 65535
        self.envi("msi", msi, (97.1, 98.3), 4.8)
        self.out = self.folder / "none"
        for options in [], ["--memory", "400MiB"]:
            self.refused(2, r"data.msi.nodata: expected it for an image with 65535 in all bands of \d+ of \d+ pixels",
                         self.run_config(self.config(8), *options))

    def test_no_data_stays_no_data(self):
        msi = means(self.seen, (97.1, 98.3), 4.8, (210, 210)).astype("<f4")
        msi[100:104, 50:53] = -99
        self.envi("msi", msi, (97.1, 98.3), 4.8)
        image = self.fused(self.config(8, {"file": "msi.hdr", "nodata": {"value": -99}}))[0]
        rows, cols = np.nonzero(np.isnan(image[..., 0]) | (image[..., 0] == -99))
        # Fine pixel i covers (2.9 + 5 i) / 4.8 and on; the gap, three edges on either side of it, and part of a pixel.
        self.assertGreaterEqual(rows.min(), 100 * 0.96 - 0.6 - 4)
        self.assertLessEqual(rows.min(), 100 * 0.96 - 0.6 - 1)
        self.assertLessEqual(rows.max(), 104 * 0.96 - 0.6 + 4)
        self.assertLessEqual(cols.max(), 53 * 0.96 - 0.35 + 4)
        self.assertEqual(len(rows), (np.ptp(rows) + 1) * (np.ptp(cols) + 1))
        msi[:70] = -99
        self.envi("msi", msi, (97.1, 98.3), 4.8)
        self.out = self.folder / "none"
        self.refused(2, r"data.msi.nodata: expected it for an image with .* data.msi.nodata.value says",
                     self.run_config(self.config(8)))
        self.refused(2, r"data.msi.nodata: expected it for an image with .* data.msi.nodata.value says",
                     self.run_config(self.config(8), "--memory", "400MiB"))

    def test_what_cannot_be_brought_together_is_refused(self):
        self.msi((97.1, 98.3), 4.8, (210, 210))
        msi = means(self.seen, (97.1, 98.3), 4.8, (210, 210))

        def refused(code, pattern, ratio=8, **images):
            self.refused(code, pattern, self.run_config(self.config(ratio, **images)))

        refused(2, "degrade.ratio: expected 8 as in hsi.hdr and msi.hdr, got 4", ratio=4)
        self.envi("zone", msi, (97.1, 98.3), 4.8, zone=32)
        refused(3, "hsi.hdr and zone.hdr: expected images of one place, got no HSI pixel that the MSI covers", msi="zone.hdr")
        self.pair_file("zones.h5", self.hsi, msi, {"hsi": [350060, 24, 0, 5829940, 0, -24], "msi": [350059, 2.88, 0, 5829942, 0, -2.88]})
        with h5py.File(self.folder / "zones.h5", "a") as file:
            for name, meridian in ("hsi", 15), ("msi", 9):
                file[name].attrs["projection"] = f'PROJCS["one",GEOGCS["WGS 84"],PARAMETER["central_meridian",{meridian}]]'
        self.refused(3, "zones.h5: expected HSI and MSI on one projection, got PARAMETER.\"central_meridian\",15 and "
                     'PARAMETER."central_meridian",9; reproject the MSI with gdalwarp',
                     self.run_config(self.config(8) | {"data": {"pair": "zones.h5"}}))
        self.envi("turned", self.hsi, (100, 100), 40, more=", rotation=10")
        refused(3, "turned.hdr and msi.hdr: expected the HSI to lie along the axes of its projection, got a geotransform turned by",
                hsi="turned.hdr")
        self.envi("away", msi, (2000, 98.3), 4.8)
        refused(3, "away.hdr: expected images of one place, got no HSI pixel that the MSI covers", msi="away.hdr")
        self.envi("coarse", msi[:40, :40], (90, 90), 30)
        refused(3, "coarse.hdr: expected HSI pixels of 1.5 to 64 MSI pixels", msi="coarse.hdr")
        self.envi("nowhere", msi, (0, 0), 4.8, zone=None)
        refused(3, "nowhere.hdr: expected an MSI larger than the HSI by one whole ratio on both axes, or a geotransform of "
                "each image, got an HSI of 24 x 24 and an MSI of 210 x 210 pixels", msi="nowhere.hdr")
        refused(2, "data.msi.geotransform: expected none, as the file has its own",
                msi={"file": "msi.hdr", "geotransform": [0, 1, 0, 0, 0, -1]})
        refused(2, "data.msi.bands: expected some of 3 bands, got 4 from 0", msi={"file": "msi.hdr", "bands": [0, 4]})
        refused(2, "data.msi.file: expected the file of the image, got nothing", msi={})
        refused(2, "data.hsi.wavelength_nm: expected exactly one of values, range and file, got 0",
                hsi={"file": "hsi.hdr", "wavelength_nm": {}})
        alone = self.config(8)
        del alone["data"]["msi"]
        self.refused(2, "`data.hsi` requires `data.msi`", self.run_config(alone))
        alone["data"] |= {"pair": "pair.h5", "msi": {"file": "msi.hdr"}}
        self.refused(2, "data: expected exactly one of scene, pair, synthetic, and hsi with msi, got 2", self.run_config(alone))


if __name__ == "__main__":
    main()
