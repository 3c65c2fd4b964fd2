#!/usr/bin/env python3
"""Fusion of arrays in Python against the program: test_python_arrays.py RUN_EXPERIMENT MAKE_BAD_FILES

Needs the compiled part of the package, h5py, and for a test each scikit-image and xarray (Debian: pybind11-dev,
python3-dev, python3-h5py, python3-skimage, python3-xarray); without the first two it ends with 77: skipped.
"""
import signal
import subprocess
import sys
import time
import types
import unittest
import unittest.mock
import warnings

from program import PROGRAM, SMALL_NETWORK, ProgramTest, main

PACKAGE = PROGRAM.parent.parent / "python"  # as it was built
sys.path.insert(0, str(PACKAGE))
try:
    import numpy as np
    import specfuse
    from specfuse import _core
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)
try:
    import xarray
except ImportError:
    xarray = None

specfuse.experiments.PROGRAM = PROGRAM
WAVELENGTHS = np.linspace(420, 2400, 44)


def scene(rows=48, cols=40, seed=1):
    """Smooth spectra of three materials in random amounts."""
    amounts = np.random.default_rng(seed).uniform(0.1, 1, (rows, cols, 3))
    spectra = 1 + np.sin(WAVELENGTHS / np.array([[300.0], [500], [900]]))
    return (100 * (amounts / amounts.sum(2, keepdims=True)) @ spectra).astype(np.float32)


def quietly(function, *arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", specfuse.SpecfuseWarning)
        return function(*arguments, **options)


class Arrays(ProgramTest):
    def setUp(self):
        super().setUp()
        self.scene = scene()
        self.hsi, self.msi = quietly(specfuse.degrade, self.scene, ratio=4, snr_db=40, wavelengths=WAVELENGTHS)

    def fuse(self, *arguments, **options):
        return quietly(specfuse.fuse, *arguments, **{"wavelengths": WAVELENGTHS, "method": "linear_injection"} | options)

    def test_a_fusion_is_that_of_the_program_to_the_bit(self):
        specfuse.write_pair(self.folder / "pair.h5", specfuse.Pair(self.hsi, self.msi, wavelength_nm=WAVELENGTHS))
        for method, options in [("linear_injection", {}), ("two_cnn_fu_plus", {}), ("cnmf", {"endmembers": 5})]:
            config = {"name": "small", "data": {"pair": str(self.folder / "pair.h5")}, "degrade": {"ratio": 4},
                      "methods": [{"name": method, **options}]}
            metrics = quietly(specfuse.run, config, out=self.folder / method)
            saved = specfuse.read_results(self.folder / method).fused(method)
            fused = self.fuse(self.hsi, self.msi, method=method, options=options)
            np.testing.assert_array_equal(fused.image, saved.cube)
            self.assertEqual(fused.sigma is None, saved.sigma is None)
            if saved.sigma is not None:
                np.testing.assert_array_equal(fused.sigma, saved.sigma)
                self.assertEqual(fused.width_95, saved.width_95)
            np.testing.assert_allclose(fused.wavelength_nm, WAVELENGTHS)
            self.assertEqual(fused.warnings, metrics["warnings"])
            self.assertEqual(fused.sensors.findings, metrics["estimates"][0]["findings"])
            self.assertEqual(quietly(specfuse.estimate, self.hsi, self.msi, wavelengths=WAVELENGTHS).findings, fused.sensors.findings)

    def test_what_is_given_of_the_sensors_is_used(self):
        response = quietly(specfuse.degrade, np.eye(44, dtype=np.float32).reshape(4, 11, 44).repeat(4, 0).repeat(4, 1), ratio=4,
                           wavelengths=WAVELENGTHS)[1][::4, ::4].reshape(44, 6).T
        told = {"estimate": dict.fromkeys(["psf", "shift", "srf", "gain"], "false"), "harmonise": False}
        right = self.fuse(self.hsi, self.msi, srf=response, psf=4, degrade=told)
        named = self.fuse(self.hsi, self.msi, srf="landsat7", psf=4, degrade=told)
        np.testing.assert_allclose(right.image, named.image, rtol=1e-5)
        kernel = np.exp(-4 * np.log(2) * ((np.mgrid[:8, :8] - 3.5) ** 2).sum(0) / 16)
        np.testing.assert_allclose(self.fuse(self.hsi, self.msi, srf="landsat7", psf=kernel, degrade=told).image, named.image, rtol=1e-5)
        self.assertFalse(np.allclose(self.fuse(self.hsi, self.msi, srf="landsat7", psf="box", degrade=told).image, named.image, rtol=1e-4))

    def test_a_fusion_sharpens(self):
        fused = self.fuse(self.hsi, self.msi)
        scores = specfuse.evaluate(self.scene, fused, ratio=4)
        coarse = specfuse.evaluate(self.scene, self.hsi.repeat(4, 0).repeat(4, 1), ratio=4)
        self.assertGreater(scores["psnr_db"], coarse["psnr_db"] + 10)
        self.assertEqual(np.asarray(fused).shape, self.scene.shape)
        self.assertEqual(repr(fused).split(",")[0].rstrip(">"), "<Fusion of 48 x 40 x 44 by linear_injection")
        self.assertIn('<img src="data:image/png;base64,iVBOR', fused._repr_html_())

    def test_metrics_are_what_their_definitions_say(self):
        reference, fused = self.scene.astype(float), self.scene + np.random.default_rng(3).normal(size=self.scene.shape)
        fused = fused.astype(np.float32).astype(float)
        error = ((reference - fused) ** 2).mean((0, 1))
        peak = reference.max((0, 1))
        self.assertAlmostEqual(specfuse.metrics.psnr_db(reference, fused), (10 * np.log10(peak ** 2 / error)).mean(), 4)
        angles = np.arccos((reference * fused).sum(2) / np.linalg.norm(reference, axis=2) / np.linalg.norm(fused, axis=2))
        self.assertAlmostEqual(specfuse.metrics.sam_deg(reference, fused), np.degrees(angles).mean(), 5)
        ergas = 100 / 4 * np.sqrt((error / reference.mean((0, 1)) ** 2).mean())
        self.assertAlmostEqual(specfuse.metrics.ergas(reference, fused, ratio=4), ergas, 5)
        self.assertEqual(specfuse.evaluate(reference, fused, ratio=4)["ergas"], specfuse.metrics.ergas(reference, fused, ratio=4))
        self.assertIn("ssim", dir(specfuse.metrics))
        gaps = fused.copy()
        gaps[:20] = np.nan
        self.assertAlmostEqual(specfuse.metrics.sam_deg(reference, gaps), np.degrees(angles[20:]).mean(), 5)

    def test_the_peak_signal_to_noise_ratio_is_that_of_scikit_image(self):
        try:
            from skimage.metrics import peak_signal_noise_ratio
        except ImportError as missing:
            self.skipTest(str(missing))
        fused = self.scene + np.random.default_rng(3).normal(size=self.scene.shape).astype(np.float32)
        expected = np.mean([peak_signal_noise_ratio(x, y, data_range=x.max()) for x, y in
                            zip(np.moveaxis(self.scene.astype(float), 2, 0), np.moveaxis(fused.astype(float), 2, 0))])
        self.assertAlmostEqual(specfuse.metrics.psnr_db(self.scene, fused), expected, 4)

    def test_what_is_not_a_number_is_no_data(self):
        hsi = self.hsi.copy()
        hsi[2, 3, 5] = np.nan
        fused = self.fuse(hsi, self.msi)
        self.assertTrue(np.isnan(fused.image[8:12, 12:16]).all())
        self.assertEqual(np.isnan(fused.image).any(2).sum(), 16)
        np.testing.assert_array_equal(np.isnan(self.fuse(np.ma.masked_invalid(hsi), self.msi).image), np.isnan(fused.image))
        minus = np.where(np.isnan(hsi), np.float32(-9999), hsi)
        np.testing.assert_array_equal(np.isnan(self.fuse(minus, self.msi, nodata=-9999).image), np.isnan(fused.image))

    @unittest.skipUnless(xarray, "needs xarray")
    def test_a_data_array_stays_one_with_its_coordinates(self):
        place = xarray.DataArray(0, attrs={"crs_wkt": 'LOCAL_CS["here"]', "GeoTransform": "1000 30 0 2000 0 -30"})
        fine = lambda values, step: xarray.DataArray(
            values.transpose(2, 0, 1), dims=("band", "y", "x"), attrs={"long_name": "radiance"},
            coords={"y": 2000 - step * (np.arange(values.shape[0]) + 0.5), "x": 1000 + step * (np.arange(values.shape[1]) + 0.5),
                    "spatial_ref": place})
        hsi = fine(self.hsi, 120.0).assign_coords(wavelength=("band", WAVELENGTHS / 1000, {"units": "um"}))
        fused = quietly(specfuse.fuse, hsi, fine(self.msi, 30.0), method="linear_injection")
        self.assertEqual((fused.image.dims, fused.image.shape), (("band", "y", "x"), (44, 48, 40)))
        np.testing.assert_allclose(fused.image.y, 2000 - 30 * (np.arange(48) + 0.5))
        np.testing.assert_allclose(fused.image.x, 1000 + 30 * (np.arange(40) + 0.5))
        self.assertEqual(fused.image.attrs, {"long_name": "radiance"})
        self.assertEqual(fused.image.spatial_ref.attrs["crs_wkt"], 'LOCAL_CS["here"]')
        np.testing.assert_allclose(fused.wavelength_nm, WAVELENGTHS)
        np.testing.assert_array_equal(fused.image.transpose("y", "x", "band").values, self.fuse(self.hsi, self.msi).image)
        with self.assertRaisesRegex(specfuse.DataError, "expected dimensions y, x and band"):
            specfuse.fuse(hsi.rename(y="up", x="along"), self.msi)

    def test_files_are_taken_as_they_are(self):
        specfuse.write_scene(self.folder / "hsi.h5", specfuse.Scene(self.hsi, WAVELENGTHS))
        np.save(self.folder / "msi.npy", self.msi)
        fused = self.fuse(self.folder / "hsi.h5", str(self.folder / "msi.npy"), wavelengths=None)
        np.testing.assert_array_equal(fused.image, self.fuse(self.hsi, self.msi).image)
        np.testing.assert_array_equal(quietly(specfuse.fuse, self.folder / "hsi.h5", self.folder / "msi.npy", method="linear_injection",
                                              ratio=4, nodata=1e9).image, fused.image)
        mixed = self.fuse(self.folder / "hsi.h5", self.msi, wavelengths=None)
        np.testing.assert_array_equal(mixed.image, fused.image)

    def test_a_fusion_is_written_as_the_program_writes_it(self):
        specfuse.write_scene(self.folder / "hsi.h5", specfuse.Scene(self.hsi, WAVELENGTHS, attributes={"geotransform": [1000, 40, 0, 2000, 0, -40]}))
        specfuse.write_scene(self.folder / "msi.h5", specfuse.Scene(self.msi, attributes={"geotransform": [1000, 10, 0, 2000, 0, -10]}))
        for method, ending in [("two_cnn_fu_plus", ".h5"), ("linear_injection", ".img"), ("two_cnn_fu_plus", ".tif")]:
            run = self.run_program("--fuse", "hsi.h5", "msi.h5", "--out", f"theirs/fused{ending}", "--method", method, "--overwrite")
            if "built without" in run.stderr:
                continue
            self.assertEqual(run.returncode, 0, run.stderr)
            fused = self.fuse(self.folder / "hsi.h5", self.folder / "msi.h5", method=method, wavelengths=None)
            (self.folder / "ours").mkdir(exist_ok=True)
            fused.write(self.folder / f"ours/fused{ending}")
            for name in {f"fused{ending}", f"fused_sigma{ending}", "fused.hdr"}:
                theirs, ours = (self.folder / folder / name for folder in ("theirs", "ours"))
                self.assertEqual(ours.exists(), theirs.exists(), name)
                self.assertTrue(not theirs.exists() or ours.read_bytes() == theirs.read_bytes(), name)
        self.assertTrue((self.folder / "ours/fused.h5").exists())
        with self.assertRaisesRegex(specfuse.ConfigError, "expected a file ending in .*got .jpeg"):
            fused.write(self.folder / "fused.jpeg")

    def test_progress_in_a_notebook_is_a_bar_of_tqdm(self):
        bars = []

        class Bar:
            def __init__(self, total, desc, unit):
                self.n, self.total, self.title, self.closed = 0, total, desc, False
                bars.append(self)

            def update(self, more):
                self.n += more

            def close(self):
                self.closed = True

        notebook = {"ipykernel": types.ModuleType("ipykernel"), "tqdm": types.ModuleType("tqdm"), "tqdm.auto": types.SimpleNamespace(tqdm=Bar)}
        with unittest.mock.patch.dict(sys.modules, notebook):
            self.fuse(self.hsi, self.msi, method="two_cnn_fu_plus", progress=True)
            self.assertTrue(bars and all(bar.closed and bar.n <= bar.total for bar in bars))
            self.assertIn("two_cnn_fu_plus", {bar.title for bar in bars})
            seen = len(bars)
            self.fuse(self.hsi, self.msi, method="two_cnn_fu_plus")
        self.assertEqual(len(bars), seen)

    def test_what_is_wrong_is_said_in_one_line(self):
        for call, problem, text in [
                (lambda: specfuse.fuse(self.hsi, self.msi[:-1]), specfuse.DataError, "msi: expected the 12 x 10 pixels of hsi times a whole ratio, got 47 x 40"),
                (lambda: specfuse.fuse(self.msi, self.hsi), specfuse.DataError, "msi: expected the 48 x 40 pixels of hsi times a whole ratio, got 12 x 10"),
                (lambda: specfuse.fuse("none.tif", self.msi), specfuse.DataError, "hsi: none.tif: no such file"),
                (lambda: specfuse.fuse(self.hsi, self.msi, wavelengths=[1]), specfuse.DataError, "hsi: expected 44 wavelengths"),
                (lambda: specfuse.fuse(self.hsi, np.array(["a"])), specfuse.DataError, "msi: expected numbers"),
                (lambda: specfuse.fuse(self.hsi, self.msi, method="best"), specfuse.ConfigError, "expected one of bicubic"),
                (lambda: specfuse.fuse(self.hsi, self.msi, method="cnmf", options={"members": 3}), specfuse.ConfigError, "members"),
                (lambda: specfuse.fuse(self.hsi, self.msi, ratio=2), specfuse.ConfigError, "degrade.ratio: expected 4"),
                (lambda: specfuse.fuse(self.hsi, self.msi, psf=np.ones((2, 4))), specfuse.ConfigError, "degrade.psf.weights: expected 2 numbers in each of as many rows, got 4"),
                (lambda: specfuse.degrade(self.scene, ratio=7, wavelengths=WAVELENGTHS), specfuse.ConfigError, "degrade.ratio: expected a divisor"),
                (lambda: specfuse.evaluate(self.scene, self.hsi), specfuse.DataError, "fused: expected")]:
            with self.assertRaisesRegex(problem, text) as caught:
                quietly(call)
            self.assertNotIn("\n", str(caught.exception))
        with self.assertRaisesRegex(AttributeError, "no metric"):
            specfuse.metrics.beauty

    def test_warnings_are_those_of_python_and_name_the_caller(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            fused = specfuse.fuse(self.hsi, self.msi, method="bicubic", srf="landsat7")
        self.assertEqual([str(one.message) for one in caught], fused.warnings)
        self.assertTrue(fused.warnings)
        self.assertEqual({one.filename for one in caught}, {__file__})

    def test_control_c_stops_a_fusion(self):
        options = SMALL_NETWORK | {"train": {"steps": 10000000}}
        fuse = f"specfuse.fuse(*pair, method='two_cnn_fu', options={options!r})"
        code = (f"import sys; sys.path.insert(0, {str(PACKAGE)!r}); import numpy, specfuse; "
                f"pair = [numpy.load(name) for name in sys.argv[1:]]; print('begins', flush=True); {fuse}")
        names = ["hsi.npy", "msi.npy"]
        for name, image in zip(names, (self.hsi, self.msi)):
            np.save(self.folder / name, image)
        with subprocess.Popen([sys.executable, "-c", code, *names], cwd=self.folder, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as run:
            self.assertEqual(run.stdout.readline(), "begins\n")
            time.sleep(1)
            run.send_signal(signal.SIGINT)
            self.assertIn("\nKeyboardInterrupt", run.communicate(timeout=60)[1])


if __name__ == "__main__":
    main()
