#!/usr/bin/env python3
"""Two files in, one sharp file out: test_fuse_command.py RUN_EXPERIMENT MAKE_BAD_FILES

An EnMAP-like and a Sentinel-2-like product are made of one scene that is known, as GeoTIFF, ENVI, HDF5 and NumPy files.
Needs NumPy, h5py, GDAL's module and a program with GDAL.
"""
import importlib.util
import json
import re
import unittest

from fuse_pair import BANDS, FILL, HAS_ALL, QUICK, RATIO, SIDE, X, Y, FusePairTest, psnr, tiff
from program import main
from report_numbers import missing_numbers, shown_texts

if HAS_ALL:
    import h5py
    import numpy as np
    from osgeo import gdal
    from odd_files import envi


class FuseCommand(FusePairTest):
    def test_two_products_and_nothing_else(self):
        said = self.fuse()
        for what, pattern in {
                "HSI": "20 x 20 pixels of 60 bands; pixels of 30 m, 430 to 2400 nm, int16, scale 0.0001",
                "MSI": "60 x 60 pixels of 4 bands; pixels of 10 m", "method": "two_cnn_fu_plus .*--method names another",
                "ratio": "3 HSI pixels of 30 m over MSI pixels of 10 m", "grid": "MSI as it is its pixels divide", "common part": "20 x 20 of 20 x 20",
                "MSI bands": "sentinel2a B2, B3, B4, B8 S2B_10m.tif is named after it", "no data, HSI": "-32768 as its file says",
                "no data, MSI": "none", "bad bands": "none", "output": "geotiff, int16, scale 0.0001", "PSF": "fine pixels",
                "extrapolated": "bands, outside of 4.. to 8.. nm", "gain": r"gains 99\d\d.* 10[01]\d.*found in the pair", "parts": "all in memory", "time": "seconds"}.items():
            self.assertRegex(self.decided(said, what), pattern, what)
        closing = " ".join(said[said.index("\nDegraded to"):said.index("\nfused image")].split())
        self.assertRegex(closing, r"agrees closely with the HSI \(\d+ dB\) and (closely|well) with the MSI \(\d+ dB\)\. "
                         r"There was no warning\. The method expects errors \(sigma\) of [\d.]+ on average, [\d.]+ % of the mean of the HSI: about 68 % of the "
                         r"values lie within sigma of the truth, 95 % within \d\.\d sigma\. Not seen by the MSI are \d+ of 60 bands, outside of 4\d\d to 8\d\d nm: trust their fine detail least\.$")
        self.assertLessEqual(max(map(len, said.splitlines())), 80)
        self.assertTrue(said.endswith("experiment   made/fused.json\nreport       made/fused_run/report.html\n"), said)
        raster, stored = self.opened("made/fused.tif")
        self.assertEqual((stored.dtype, raster.GetRasterBand(1).GetScale(), raster.GetRasterBand(1).GetNoDataValue()), ("i2", 1e-4, FILL))
        self.assertEqual((list(raster.GetGeoTransform()), raster.GetSpatialRef().GetAuthorityCode(None)), ([X, 10, 0, Y, 0, -10], "32633"))
        self.assertGreater(psnr(1e-4 * stored, self.scene), 38)
        shown = {gdal.GetColorInterpretationName(raster.GetRasterBand(b + 1).GetColorInterpretation()): self.nm[b] for b in range(BANDS)}
        self.assertTrue(640 < shown["Red"] < 680 and 540 < shown["Green"] < 580 and 460 < shown["Blue"] < 500, shown)
        self.assertEqual(raster.GetRasterBand(3).GetDescription(), f"{self.nm[2]:.6g} nm")
        sigma = self.opened("made/fused_sigma.tif")[1]
        inside = (np.abs(1e-4 * stored - self.scene) < sigma).mean()
        self.assertTrue(0.5 < inside < 0.95, inside)
        # The experiment beside it does the same.
        config = json.loads((self.folder / "made/fused.json").read_text())
        self.assertEqual(config["degrade"]["ratio"], RATIO)
        # The report says the same, first of all, and why.
        page, metrics = ((self.folder / "made/fused_run" / name).read_text() for name in ("report.html", "metrics.json"))
        texts = shown_texts(page)
        sentences = re.split(r"(?<=\.) (?=[A-Z])", closing)
        self.assertTrue(all(sentence in texts for sentence in sentences), sentences)
        self.assertEqual(missing_numbers(page, json.loads(metrics)), [])
        for row in json.loads(metrics)["decisions"]:
            for cell in row.values():
                self.assertIn(cell, texts)
        run = self.run_program("made/fused.json", "--out", "again", "--quiet")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn(sentences[-1], (self.folder / "again/report.html").read_text())  # on unseen bands
        for mine, theirs in {"fused": "two_cnn_fu_plus/fused", "fused_sigma": "two_cnn_fu_plus/sigma", "fused_quality": "quality"}.items():
            self.assertEqual((self.folder / f"made/{mine}.tif").read_bytes(), (self.folder / f"again/{theirs}.tif").read_bytes())

    @unittest.skipUnless(importlib.util.find_spec("osgeo_utils"), "needs GDAL's samples")
    def test_geotiffs_are_cloud_optimised(self):
        from osgeo_utils.samples import validate_cloud_optimized_geotiff
        tiff(self.folder / "large.tif", np.kron(self.seen[..., :1].astype("f4"), np.ones((10, 10, 1), "f4")))
        self.assertEqual(self.run_program("--import", "large.tif", "ours.tif").returncode, 0)
        self.assertEqual(validate_cloud_optimized_geotiff.validate(str(self.folder / "ours.tif"), full_check=True)[:2], ([], []))
        raster, _ = self.opened("ours.tif")
        self.assertEqual(raster.GetRasterBand(1).GetOverviewCount(), 2)
        self.assertEqual(sorted(path.name for path in self.folder.glob("ours*")), ["ours.png", "ours.tif"])

    def test_values_that_do_not_fit_their_integers(self):
        # Of the scale 0.00001 they reach 0.32.
        said = self.run_program("--fuse", "hsi.tif", "S2B_10m.tif", "--out", "fused.tif", *QUICK, "--set", "output.int16.scale=0.00001")
        self.assertRegex(said.stderr, r"warning: fused.tif: \d+ of 216000 values lie beyond what its integers hold, and are clipped")
        stored = self.opened("fused.tif")[1]
        self.assertEqual(stored.max(), 32767)
        self.assertEqual(self.decided(self.fuse("hsi.tif", "S2B_10m.tif", *QUICK, "--set", "output.int16=null", out="b.tif"), "output"),
                         "geotiff, float32 as given")
        np.testing.assert_allclose(np.minimum(self.opened("b.tif")[1], 0.32767), stored * 1e-5, atol=6e-6)

    def test_files_in_the_other_order(self):
        said = self.fuse("S2B_10m.tif", "hsi.tif", *QUICK)
        self.assertIn("the second file is the HSI it has 60 bands and the coarser pixels; the first has 4", self.decided(said, "order"))
        self.assertEqual(self.opened("made/fused.tif")[0].RasterCount, BANDS)

    def test_files_that_lie_nowhere(self):
        np.save(self.folder / "hsi.npy", self.coarse.astype("f4"))
        np.save(self.folder / "msi.npy", self.fine.astype("f4"))
        said = self.fuse("hsi.npy", "msi.npy", *QUICK, out="made/fused.h5")
        self.assertEqual(self.decided(said, "ratio"), "3 HSI of 20 and MSI of 60 pixels across, of the same ground")
        self.assertIn("of no sensor that is known", self.decided(said, "MSI bands"))
        with h5py.File(self.folder / "made/fused.h5") as file:
            expected = file["cube"][()]
        # Three pixels more at the ends: the ratio is told, and both begin at one corner.
        np.save(self.folder / "more.npy", np.pad(self.fine, ((0, 2), (0, 1), (0, 0)), mode="edge").astype("f4"))
        said = self.fuse("hsi.npy", "more.npy", *QUICK, "--set", "degrade.ratio=3", out="made/more.h5")
        self.assertIn("20 x 20 of 20 x 20 HSI pixels", self.decided(said, "common part"))
        with h5py.File(self.folder / "made/more.h5") as file:
            np.testing.assert_allclose(file["cube"][()], expected, rtol=1e-5)
        # One of the two lies somewhere, and the other with it.
        self.fuse("hsi.tif", "more.npy", *QUICK, "--set", "degrade.ratio=3", out="made/placed.tif")
        self.assertEqual(list(self.opened("made/placed.tif")[0].GetGeoTransform()), [X, 10, 0, Y, 0, -10])

    def test_images_that_overlap_too_little(self):
        self.msi("beside.tif", self.fine[:, 54:], corner=(X + 540, Y))
        run = self.run_program("--fuse", "hsi.tif", "beside.tif", "--out", "fused.tif", *QUICK)
        self.assertEqual((run.returncode, run.stderr), (2, "run_experiment: error: --fuse: linear_injection on what both images cover: expected an HSI of "
                                                        "at least 3 x 3 pixels, to learn one scale down at ratio 3, got 20 x 2: take a larger part, or a method that learns nothing, such as gsa\n"))
        self.fuse("hsi.tif", "beside.tif", "--method", "gsa", out="fused.tif")

    def test_one_file_that_lies_nowhere(self):
        self.msi("nowhere.tif", code=None)
        run = self.run_program("--fuse", "hsi.tif", "nowhere.tif", "--out", "fused.tif", *QUICK)
        warning = "nowhere.tif has no georeference: the MSI is taken to show exactly the ground that the HSI shows"
        self.assertIn("warning: " + warning, run.stderr)
        self.assertIn("There was one warning", run.stdout)
        metrics = json.loads((self.folder / "fused_run/metrics.json").read_text())
        self.assertEqual([said.split(";")[0] for said in metrics["warnings"]], [warning])
        self.assertIn(warning, (self.folder / "fused_run/report.html").read_text())
        self.assertEqual(list(self.opened("fused.tif")[0].GetGeoTransform()), [X, 10, 0, Y, 0, -10])

    def test_a_pair_in_one_file(self):
        with h5py.File(self.folder / "both.h5", "w") as file:
            file["hsi"], file["msi"], file["wavelength_nm"] = self.coarse, self.fine, self.nm
        self.fuse("both.h5", "both.h5", *QUICK, out="fused.h5")
        config = json.loads((self.folder / "fused.json").read_text())
        self.assertEqual([config["data"][name]["dataset"] for name in ("hsi", "msi")], ["/hsi", "/msi"])

    def test_envi_files(self):
        lists = "wavelength = {" + ", ".join(f"{nm:.3f}" for nm in self.nm) + "}\nwavelength units = Nanometers\n"
        place = f"map info = {{UTM, 1, 1, {X}, {Y}, 30, 30, 33, North, WGS-84}}\n"
        envi(self.folder, self.coarse, lists + place, name="hsi")
        self.assertIn("envi, float32", self.decided(self.fuse("hsi.hdr", "S2B_10m.tif", *QUICK, out="made/fused.img"), "output"))
        raster, image = self.opened("made/fused.img")
        self.assertEqual(raster.GetDriver().ShortName, "ENVI")
        self.assertRegex((self.folder / "made/fused.hdr").read_text(), r"default bands = \{\d+, \d+, \d+\}")
        self.assertGreater(psnr(1e-4 * image, self.scene), 30)

    def test_another_projection(self):
        self.fuse("hsi.tif", "S2B_10m.tif", *QUICK, "--set", "output.int16=null", out="same.tif")
        best = psnr(self.opened("same.tif")[1], self.scene)
        for code in 32632, 4326:
            gdal.Warp(str(self.folder / "S2B_other.tif"), str(self.folder / "S2B_10m.tif"), dstSRS=f"EPSG:{code}", resampleAlg="cubic",
                      srcNodata=0, dstNodata=0)
            said = self.fuse("hsi.tif", "S2B_other.tif", *QUICK, "--set", "output.int16=null", "--overwrite", out="other.tif")
            self.assertRegex(self.decided(said, "grid"), "MSI resampled once MSI brought from WGS 84.* to WGS 84 / UTM zone 33N")
            raster, image = self.opened("other.tif")
            self.assertEqual((list(raster.GetGeoTransform()), image.shape), ([X, 10, 0, Y, 0, -10], self.scene.shape))
            valid = np.isfinite(image).all(2) & (image != raster.GetRasterBand(1).GetNoDataValue()).all(2)
            self.assertGreater(valid.mean(), 0.7)
            self.assertGreater(psnr(image[valid], self.scene[valid]), best - 8)

    def test_ratios_that_are_not_whole_and_a_part_in_common(self):
        self.msi("S2B_9m.tif", metres=9.09, corner=(X + 60, Y - 30))
        said = self.fuse("hsi.tif", "S2B_9m.tif", *QUICK)
        self.assertIn("3 HSI pixels of 30 m over MSI pixels of 9.09 m are 3.3: the nearest", self.decided(said, "ratio"))
        self.assertIn("18 x 18 of 20 x 20 HSI pixels those that the MSI covers wholly", self.decided(said, "common part"))
        self.assertIn("MSI resampled from 9.09 m to 10 m", self.decided(said, "grid"))

    def test_one_band_and_a_photo_with_alpha(self):
        self.msi("pan.tif", self.fine.mean(2, keepdims=True).astype("u2"))
        self.fuse("hsi.tif", "pan.tif", *QUICK, out="pan/fused.tif")
        photo = np.concatenate([255 * self.seen[..., 2::-1] / self.seen.max(), np.full((60, 60, 1), 255)], 2).astype("u1")
        photo[:6, :6, 3] = 0
        self.msi("photo.tif", photo, alpha=True)
        said = self.fuse("hsi.tif", "photo.tif", *QUICK, out="rgb/fused.tif")
        self.assertIn("60 x 60 pixels of 3 bands", self.decided(said, "MSI"))
        self.assertIn("1 % of the HSI and 1 % of the MSI have none", self.decided(said, "gaps"))
        self.assertTrue((self.opened("rgb/fused.tif")[1][:6, :6] == FILL).all())

    def test_no_data_that_no_file_names(self):
        coarse, fine = self.coarse.astype("f4"), self.fine.copy()
        coarse[2, 3], fine[30:33, 30:33] = np.nan, 0
        self.hsi("nan.tif", coarse, nodata=None)
        self.msi("S2B_zeros.tif", fine)
        said = self.fuse("nan.tif", "S2B_zeros.tif", *QUICK)
        self.assertEqual(self.decided(said, "no data, HSI"), "NaN its file names none, and 1 of 400 pixels are NaN")
        self.assertEqual(self.decided(said, "no data, MSI"), "0 its file names none, and 0 stands in all bands of 9 of 3600 pixels")
        quality, expected = self.opened("made/fused_quality.tif")[1][..., 0], np.ones((60, 60))
        for row, col in (6, 9), (30, 30):
            expected[row - 3:row + 6, col - 3:col + 6] = 3
            expected[row:row + 3, col:col + 3] = 0
        np.testing.assert_array_equal(quality & 3, expected)
        metrics = json.loads((self.folder / "made/fused_run/metrics.json").read_text())
        for one in metrics["quality"].values():
            self.assertAlmostEqual(one["share"], (quality & one["flag"] > 0).mean() if one["flag"] else (quality == 0).mean())
        self.assertIn("figures/quality.png", metrics["files"])
        self.hsi("filled.tif", np.where(np.arange(SIDE)[:, None, None] < 2, FILL, self.coarse).astype("i2"), nodata=None)
        said = self.fuse("filled.tif", "S2B_10m.tif", *QUICK, "--overwrite")
        self.assertEqual(self.decided(said, "no data, HSI"), "-32768 its file names none, and -32768 stands in all bands of 40 of 400 pixels")
        self.assertTrue((self.opened("made/fused.tif")[1][:6] == FILL).all())

    def test_sensors_by_wavelengths_and_by_names_of_bands(self):
        self.msi("wl.tif")
        raster = gdal.Open(str(self.folder / "wl.tif"), gdal.GA_Update)
        for b, nm in enumerate((492, 560, 665, 833)):
            raster.GetRasterBand(b + 1).SetMetadataItem("wavelength", str(nm))
        raster = None
        self.msi("named.tif", names=["B04 red", "B03", "Band 2", "B8, central wavelength 842 nm"])
        for name, pattern in {"wl.tif": "B2, B3, B4, B8 its wavelengths in wl.tif are those", "named.tif": "B4, B3, B2, B8 its bands are called B04"}.items():
            self.assertRegex(self.decided(self.fuse("hsi.tif", name, *QUICK, "--dry-run"), "MSI bands"), "sentinel2a " + pattern)
        self.assertIn("response given", self.decided(self.fuse("hsi.tif", "wl.tif", *QUICK, "--dry-run", "--set",
                                                               "degrade.srf.ranges=[[1,2],[3,4],[6,7],[11,13]]"), "MSI bands"))

    def test_nothing_is_written_by_a_dry_run_or_replaced(self):
        before = sorted(self.folder.rglob("*"))
        said = self.fuse("hsi.tif", "S2B_10m.tif", *QUICK, "--dry-run")
        self.assertEqual(sorted(self.folder.rglob("*")), before)
        config = json.loads(said[said.index("\n{"):])
        self.assertEqual(config["methods"], [{"name": "linear_injection"}])
        self.fuse("hsi.tif", "S2B_10m.tif", *QUICK)
        run = self.run_program("--fuse", "hsi.tif", "S2B_10m.tif", "--out", "made/fused.tif", *QUICK)
        self.assertEqual((run.returncode, run.stderr), (2, "run_experiment: error: made/fused.tif is there already; --overwrite replaces it\n"))
        self.fuse("hsi.tif", "S2B_10m.tif", *QUICK, "--overwrite")


if __name__ == "__main__":
    main()
