#!/usr/bin/env python3
"""Two files in, one sharp file out: test_fuse_command.py RUN_EXPERIMENT MAKE_BAD_FILES

An EnMAP-like and a Sentinel-2-like product are made of one scene that is known, as GeoTIFF, ENVI, HDF5 and NumPy files.
Needs NumPy, h5py, GDAL's module and a program with GDAL.
"""
import importlib.util
import json
import unittest

from program import ProgramTest, main

HAS_ALL = all(importlib.util.find_spec(package) for package in ("h5py", "numpy", "osgeo"))
if HAS_ALL:
    import h5py
    import numpy as np
    from osgeo import gdal, osr
    from odd_files import envi
    gdal.UseExceptions()

RATIO, SIDE, BANDS, FILL = 3, 20, 60, -32768
X, Y = 350000, 5830000
EDGES = {"B2": (459.4, 525.4), "B3": (541.8, 577.8), "B4": (649.1, 680.1), "B8": (779.8, 885.8)}
QUICK = ("--method", "linear_injection")


def psnr(image, truth):
    return 10 * np.log10(truth.max() ** 2 / ((image - truth) ** 2).mean())


def truth():
    """Reflectance of parcels of three materials with texture, [rows, cols, bands] of 10 m, and its wavelengths."""
    rng = np.random.default_rng(3)
    nm = np.linspace(430, 2400, BANDS)
    parcels = np.kron(rng.dirichlet([0.4] * 3, (10, 10)), np.ones((6, 6, 1)))
    texture = 1 + 0.1 * np.kron(rng.standard_normal((30, 30)), np.ones((2, 2)))
    spectra = np.stack([0.05 + 0.25 / (1 + np.exp((720 - nm) / 20)), 0.1 + nm / 12000, 0.25 - 0.1 * np.cos(nm / 300)])
    return (parcels @ spectra) * texture[..., None] + rng.normal(0, 0.0005, (60, 60, BANDS)), nm


def tiff(path, image, metres=10, corner=(X, Y), code=32633, nodata=None, names=None, nm=None, scale=None, alpha=False,
         turned=0, high=None):
    rows, cols, bands = image.shape
    kind = {"i2": gdal.GDT_Int16, "u2": gdal.GDT_UInt16, "u1": gdal.GDT_Byte, "f4": gdal.GDT_Float32, "c8": gdal.GDT_CFloat32}
    raster = gdal.GetDriverByName("GTiff").Create(str(path), cols, rows, bands, kind[image.dtype.str[1:]])
    if code:
        raster.SetGeoTransform([corner[0], metres, turned, corner[1], -turned, -(high or metres)])
        system = osr.SpatialReference()
        system.ImportFromEPSG(code)
        raster.SetProjection(system.ExportToWkt())
    for b in range(bands):
        band = raster.GetRasterBand(b + 1)
        band.WriteArray(image[..., b])
        if nodata is not None:
            band.SetNoDataValue(nodata)
        if names:
            band.SetDescription(names[b])
        if nm is not None:
            band.SetMetadataItem("wavelength", str(nm[b]))
            band.SetMetadataItem("wavelength_units", "Nanometers")
        if scale:
            band.SetScale(scale)
    if alpha:
        raster.GetRasterBand(bands).SetColorInterpretation(gdal.GCI_AlphaBand)


@unittest.skipUnless(HAS_ALL, "needs NumPy, h5py and GDAL's module for Python")
class FuseCommand(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.scene, cls.nm = truth()
        coarse = cls.scene.reshape(SIDE, RATIO, SIDE, RATIO, BANDS).mean((1, 3))
        cls.coarse = (1e4 * coarse).round().astype("i2")
        seen = [cls.scene[..., (cls.nm >= low) & (cls.nm <= high)].mean(2) for low, high in EDGES.values()]
        cls.seen = np.stack(seen, 2)
        cls.fine = (1e4 * cls.seen + 1000).round().astype("u2")

    def setUp(self):
        super().setUp()
        self.hsi("hsi.tif")
        self.msi("S2B_10m.tif")
        if "built without" in self.run_program("--import", "hsi.tif", "probe.h5").stderr:
            self.skipTest("built without GDAL")

    def hsi(self, name, image=None, metres=30, nodata=FILL, **more):
        image = self.coarse if image is None else image
        tiff(self.folder / name, image, metres, nodata=nodata, nm=self.nm, scale=1e-4 if image.dtype == "i2" else None, **more)

    def msi(self, name, image=None, metres=10, **more):
        tiff(self.folder / name, self.fine if image is None else image, metres, **more)

    def fuse(self, hsi="hsi.tif", msi="S2B_10m.tif", *more, out="made/fused.tif"):
        run = self.run_program("--fuse", hsi, msi, "--out", out, "--quiet", *more)
        self.assertEqual((run.returncode, run.stderr.count("error")), (0, 0), run.stderr)
        return run.stdout

    def decided(self, text, what):
        """The row of the table, on one line."""
        lines = text.splitlines()
        first = next(i for i, line in enumerate(lines) if line.startswith(what.ljust(12)))
        row = [lines[first][12:]]
        for line in lines[first + 1:]:
            if not line.startswith(" " * 12):
                break
            row.append(line)
        return " ".join(" ".join(row).split())

    def opened(self, path):
        raster = gdal.Open(str(self.folder / path))
        return raster, raster.ReadAsArray().reshape(raster.RasterCount, raster.RasterYSize, -1).transpose(1, 2, 0)

    def test_two_products_and_nothing_else(self):
        said = self.fuse()
        for what, pattern in {
                "HSI": "20 x 20 pixels of 60 bands; pixels of 30 m, 430 to 2400 nm, int16, scale 0.0001",
                "MSI": "60 x 60 pixels of 4 bands; pixels of 10 m", "method": "two_cnn_fu_plus .*--method names another",
                "ratio": "3 HSI pixels of 30 m over MSI pixels of 10 m", "grid": "MSI not resampled", "common part": "20 x 20 of 20 x 20",
                "MSI bands": "sentinel2a B2, B3, B4, B8 S2B_10m.tif is named after it", "no data, HSI": "-32768 as its file says",
                "no data, MSI": "none", "bad bands": "none", "output": "geotiff, int16, scale 0.0001", "PSF": "fine pixels",
                "extrapolated": "bands, outside of 4.. to 8.. nm", "gain": r"gains 99\d\d.* both images agree .* 10[01]\d", "parts": "all in memory", "time": "seconds"}.items():
            self.assertRegex(self.decided(said, what), pattern, what)
        self.assertRegex(said, r"agrees closely with the HSI \(\d+ dB\) and (closely|well) with the MSI \(\d+ dB\)\.\n"
                         r"There was no warning\.\nAbout 68 % of the values are expected within made/fused_sigma.tif of the truth, and 95 % "
                         r"within \d\.\d times that: it is [\d.]+ on average, [\d.]+ % of the mean of the HSI\.\n")
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
        run = self.run_program("made/fused.json", "--out", "again", "--quiet")
        self.assertEqual(run.returncode, 0, run.stderr)
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

    def make_odd_files(self):
        (self.folder / "text.txt").touch()
        (self.folder / "cut.tif").write_bytes((self.folder / "hsi.tif").read_bytes()[:5000])
        for metres in 30, 90:
            self.msi(f"msi_{metres}m.tif", self.fine[::metres // 10, ::metres // 10], metres)
        self.msi("far.tif", corner=(X + 90000, Y))
        self.msi("fine.tif", metres=0.4)
        self.msi("complex.tif", self.fine.astype("c8"))
        self.msi("unequal.tif", self.fine[::2], high=20)
        self.msi("south_up.tif", high=-10, corner=(X, Y - 600))
        self.msi("empty.tif", np.full_like(self.fine, 7), nodata=7)
        self.hsi("turned.tif", turned=3)
        np.save(self.folder / "hsi.npy", self.coarse)
        np.save(self.folder / "msi.npy", self.fine[:, :-1])
        np.save(self.folder / "four.npy", self.fine[None])
        with h5py.File(self.folder / "two.h5", "w") as file:
            file["a"], file["b"] = self.fine, self.fine
        h5py.File(self.folder / "none.h5", "w").close()
        (self.folder / "there.tif").touch()

    def test_thirty_odd_requests_get_one_line_each(self):
        self.make_odd_files()
        pair = ("hsi.tif", "S2B_10m.tif")
        to = ("--out", "no/fused.tif")
        requests = [
            (2, "--fuse requires --out", (*pair,)),
            (2, "expected the MSI behind the HSI, got --out", ("hsi.tif", *to)),
            (2, "expected one CONFIG.json, got also more.tif", (*pair, "more.tif", *to)),
            (2, "--out: expected a file such as .*fused.tif, got a folder", (*pair, "--out", self.folder)),
            (2, "--out: expected a file such as new/fused.tif, got", (*pair, "--out", "new/")),
            (2, r'expected a file ending in .*, got ".png"', (*pair, "--out", "fused.png")),
            (2, "there.tif is there already; --overwrite replaces it", (*pair, "--out", "there.tif")),
            (2, "hsi.tif would be written, and is part of the inputs", (*pair, "--out", "hsi.tif", "--overwrite")),
            (2, "--jobs is valid only with a sweep", (*pair, *to, "--jobs", "2")),
            (2, "expected an HSI and an MSI, got hsi.tif twice", ("hsi.tif", "hsi.tif", *to)),
            (3, "nope.tif: not found", ("nope.tif", "S2B_10m.tif", *to)),
            (3, "nope.tif: not found", ("hsi.tif", "nope.tif", *to)),
            (3, self.folder.name, (self.folder, "S2B_10m.tif", *to)),
            (3, "text.txt: expected a scene in a format that is known", ("hsi.tif", "text.txt", *to)),
            (3, "cut.tif", ("cut.tif", "S2B_10m.tif", *to)),
            (3, "complex.tif: expected real values", ("hsi.tif", "complex.tif", *to)),
            (3, "four.npy", ("hsi.npy", "four.npy", *to)),
            (3, "empty.tif: .*expected data, got none", ("hsi.tif", "empty.tif", *to)),
            (2, "expected an MSI with finer pixels than the HSI, got pixels of 30 and 30", ("hsi.tif", "msi_30m.tif", *to)),
            (2, "expected an MSI with finer pixels than the HSI, got pixels of 30 and 90: there is nothing to sharpen", ("hsi.tif", "msi_90m.tif", *to)),
            (3, "expected HSI pixels of 1.5 to 64 MSI pixels", ("hsi.tif", "fine.tif", *to)),
            (3, "expected HSI pixels of 1.5 to 64 MSI pixels, nearest to one whole number on both axes", ("hsi.tif", "unequal.tif", *to)),
            (3, "expected images of one place", ("hsi.tif", "far.tif", *to)),
            (3, "expected rows and columns of HSI and MSI to go the same way", ("hsi.tif", "south_up.tif", *to)),
            (3, "expected the HSI to lie along the axes of its projection", ("turned.tif", "S2B_10m.tif", *to)),
            (2, "how many MSI pixels wide is one of the HSI. --set degrade.ratio=3 would say so", ("hsi.npy", "msi.npy", *to)),
            (2, "degrade.ratio: expected 3 as in", (*pair, *to, "--set", "degrade.ratio=4")),
            (2, "which dataset is the MSI, of /a, /b. --set data.msi.dataset=... says so", ("hsi.tif", "two.h5", *to)),
            (2, "which dataset is the HSI, of none that are images", ("none.h5", "S2B_10m.tif", *to)),
            (2, "methods.0.name: expected one of", (*pair, *to, "--method", "best")),
            (2, "frobnicate: unknown key", (*pair, *to, "--set", "frobnicate=1")),
            (2, "data.hsi.bands: expected some of 60 bands, got 10 from 55", (*pair, *to, "--set", "data.hsi.bands=[55,10]")),
            (2, "output.int16.* is valid only with", (*pair, "--out", "no/fused.h5", "--set", "output.int16.scale=0.1")),
            (2, "memory", (*pair, *to, "--memory", "1MiB")),
        ]
        before = sorted(self.folder.rglob("*"))
        for code, pattern, request in requests:
            with self.subTest(pattern):
                method = () if "--method" in request else QUICK
                run = self.run_program("--fuse", *request, *method, "--quiet")
                said = [line for line in run.stderr.splitlines() if not line.startswith("warning: ")]
                self.assertEqual((run.returncode, len(said)), (code, 1), run.stderr)
                self.assertRegex(said[0], "run_experiment: error: .*" + pattern)
                self.assertEqual(sorted(self.folder.rglob("*")), before)


if __name__ == "__main__":
    main()
