#!/usr/bin/env python3
"""Products of agencies as they come: test_products.py RUN_EXPERIMENT MAKE_BAD_FILES

Each is made to its specification (product_maker.py) of a ground that is known, and what the program reads is held against
what NumPy, h5py and GDAL make of the same files. Needs these and a program with GDAL.
"""
import importlib.util
import json
import re
import shutil
import unittest

from program import ProgramTest, experiment, main

if all(importlib.util.find_spec(package) for package in ("h5py", "numpy", "osgeo")):
    import h5py
    import numpy as np

    import product_maker as make

    GROUND = make.Ground(72)
    S2 = {"B2": (459.4, 525.4), "B3": (541.8, 577.8), "B4": (649.1, 680.1), "B5": (696.6, 711.6), "B6": (733, 748),
          "B7": (772.8, 792.8), "B8": (779.8, 885.8), "B8A": (854.2, 875.2), "B11": (1568.2, 1659.2), "B12": (2114.9, 2289.9)}
    # Two detectors that overlap from 900 to 1000 nm, where the second is a little brighter.
    CENTRES = np.concatenate([np.arange(420, 1000, 12.0), np.arange(907, 2440, 30.0)])
    SWIR = CENTRES[:-1] > CENTRES[1:]
    FIRST_SWIR = int(np.argmax(SWIR)) + 1


def two_detectors(factor, brighter=1.03):
    image = GROUND.at(CENTRES, factor)
    image[..., FIRST_SWIR:] *= brighter
    return image


@unittest.skipUnless("np" in globals(), "needs NumPy, h5py and GDAL's Python")
class Products(ProgramTest):
    def setUp(self):
        super().setUp()
        if "built without" in self.run_program("--import", make_probe(self.folder), "probe.h5").stderr:
            self.skipTest("built without GDAL")

    def read(self, path, *settings):
        """The image that the program makes of a product, and what it says."""
        settings = [argument for setting in settings for argument in ("--set", setting)]
        run = self.run_program("--import", path, "read.h5", "--overwrite", *settings)
        self.assertEqual(run.returncode, 0, run.stderr)
        with h5py.File(self.folder / "read.h5") as file:
            attributes = {name: value.decode() if isinstance(value, bytes) else value for name, value in file.attrs.items()}
            wavelengths = file["wavelength_nm"][()] if "wavelength_nm" in file else None
            return file["cube"][()], wavelengths, attributes, run.stdout + run.stderr

    def lies(self, attributes, pixel, epsg=make.EPSG):
        self.assertEqual(list(attributes["geotransform"]), [make.EAST, pixel, 0, make.NORTH, 0, -pixel])
        self.assertIn(f'"EPSG","{epsg}"' if isinstance(attributes["projection"], str) else "", attributes["projection"])

    def fails(self, pattern, path, *settings):
        settings = [argument for setting in settings for argument in ("--set", setting)]
        self.refused(3, pattern, self.run_program("--import", path, "bad.h5", *settings))

    def test_enmap_by_its_image_metadata_or_folder(self):
        image = two_detectors(3)
        order = np.argsort(CENTRES)
        image[:3, :5] = np.nan
        image[..., 7] = np.nan  # as bands that are dropped from L2A
        (self.folder / "scene").mkdir()
        widths = np.linspace(6, 11, len(CENTRES))
        swir = [i + 1 for i in range(len(order)) if order[i] >= FIRST_SWIR]
        path = make.enmap(self.folder / "scene", image[..., order], CENTRES[order], widths, swir)
        for way in (path, str(path).replace("SPECTRAL_IMAGE.TIF", "METADATA.XML"), path.parent):
            cube, wavelengths, attributes, said = self.read(way)
            kept = np.flatnonzero(order != 7)
            np.testing.assert_allclose(wavelengths, CENTRES[order][kept])
            np.testing.assert_allclose(attributes["fwhm_nm"], widths[kept])
            self.assertTrue(np.isnan(cube[:3, :5]).all() or (cube[:3, :5] == attributes["nodata"]).all())
            np.testing.assert_allclose(cube[3:], image[3:, :, order][..., kept], atol=6e-5)
            self.lies(attributes, 30)
            self.assertEqual(attributes["sensor"], "enmap")
            jump = re.search(r"VNIR and SWIR both see 907 to 967 nm, where SWIR is ([\d.]+) % brighter", said)
            self.assertAlmostEqual(float(jump.group(1)), 3, delta=0.5)
            self.assertRegex(said, "left out .*band 8 of .* without data in any pixel|left out .* without data")
        part, *_ = self.read(path, 'crop={"row": 5, "col": 4, "rows": 11, "cols": 9}')
        np.testing.assert_array_equal(part, cube[5:16, 4:13])
        (self.folder / "scene" / str(path).rsplit("/", 1)[1].replace("SPECTRAL_IMAGE.TIF", "METADATA.XML")).unlink()
        self.fails("SPECTRAL_IMAGE.TIF: expected the metadata of the product beside it", path)

    def test_desis_by_its_metadata(self):
        centres = np.arange(402, 1000, 10.0)
        image = GROUND.at(centres, 3)
        cube, wavelengths, attributes, _ = self.read(make.desis(self.folder, image, centres, np.full(len(centres), 3.5)))
        np.testing.assert_allclose(wavelengths, centres)
        np.testing.assert_allclose(cube, image, atol=6e-5)
        self.lies(attributes, 30)
        self.assertEqual(attributes["sensor"], "desis")

    def bands(self, *names, pixel=10):
        return {(name, pixel): GROUND.inside([S2[name]], pixel // 10)[..., 0] for name in names}

    def test_sentinel2_by_folder_zip_metadata_or_band(self):
        bands = self.bands("B2", "B3", "B4", "B8")
        bands.update(self.bands("B5", "B6", "B7", "B8A", "B11", "B12", pixel=20))
        bands["B3", 10][60:, 66:] = np.nan
        safe = make.sentinel2(self.folder, bands)
        band = next(safe.rglob("*B03_10m.jp2"))
        expected = np.stack([bands[name, 10] for name in ("B2", "B3", "B4", "B8")], 2)
        for way in (safe, make.zipped(safe), safe / "MTD_MSIL2A.xml", band):
            cube, wavelengths, attributes, said = self.read(way)
            np.testing.assert_allclose(wavelengths, [492.4, 559.8, 664.6, 832.8])
            self.assertEqual((attributes["band_names"], attributes["sensor"]), ("B2, B3, B4, B8", "sentinel2a"))
            np.testing.assert_allclose(cube[:60], expected[:60], atol=6e-5)
            self.assertIn("no data      72 of", said)  # where one band has none
            self.lies(attributes, 10)
        cube, wavelengths, attributes, _ = self.read(safe, "dataset=/10m+20m")
        self.assertEqual(attributes["band_names"], "B2, B3, B4, B5, B6, B7, B8, B8A, B11, B12")
        np.testing.assert_allclose(cube[:60, :, [0, 1, 2, 6]], expected[:60], atol=6e-5)
        for at, name in ((3, "B5"), (8, "B11")):  # interpolated, and near the means of their pixels
            np.testing.assert_allclose(make.means(cube[..., at:at + 1], 2)[1:29, 1:-1, 0], bands[name, 20][1:29, 1:-1], atol=0.05)
        part, *_ = self.read(safe, "dataset=/10m+20m", 'crop={"row": 11, "col": 5, "rows": 20, "cols": 31}')
        np.testing.assert_array_equal(part, cube[11:31, 5:36])
        self.fails("dataset: expected one of /10m, /10m.20m, /20m", safe, "dataset=/60m")

    def test_sentinel2_of_an_earlier_baseline_or_without_metadata(self):
        bands = self.bands("B2", "B3", "B4", "B8")
        safe = make.sentinel2(self.folder, bands, offset=None, craft="Sentinel-2B")
        cube, _, attributes, _ = self.read(safe)
        np.testing.assert_allclose(cube[..., 0], bands["B2", 10], atol=6e-5)
        self.assertEqual(attributes["sensor"], "sentinel2b")
        alone = self.folder / "bands"
        shutil.copytree(next(safe.rglob("R10m")), alone)
        cube, *_, said = self.read(alone)
        np.testing.assert_allclose(cube[..., 3], bands["B8", 10], atol=6e-5)
        self.assertIn("no MTD_MSIL2A.xml", said)
        next(alone.glob("*B04*")).unlink()
        self.fails("bands: expected one file of band B4 with pixels of 10m .* got none", alone)

    def prisma(self):
        """Falling wavelengths, and bands without data at the ends as the product has them."""
        vnir, swir = CENTRES[:FIRST_SWIR][::-1], CENTRES[FIRST_SWIR:][::-1]
        image = two_detectors(3)
        cubes = [image[..., :FIRST_SWIR][..., ::-1], image[..., FIRST_SWIR:][..., ::-1]]
        detectors = []
        for centres, cube in zip((vnir, swir), cubes):
            empty = np.zeros(cube.shape[:2] + (3,))
            detectors.append((np.append(centres, [0] * 3), np.append(np.full(len(centres), 12.0), [0] * 3),
                              np.concatenate([cube, empty], 2)))
        for _, _, cube in detectors:
            cube[-2:, :4] = np.nan
        return image, make.prisma(self.folder / "PRS_L2D_STD_20220724101404_20220724101408_0001.he5", *detectors)

    def test_prisma(self):
        image, path = self.prisma()
        order = np.argsort(CENTRES)
        cube, wavelengths, attributes, said = self.read(path)
        np.testing.assert_allclose(wavelengths, CENTRES[order])
        np.testing.assert_allclose(cube[:-2], image[:-2, :, order], atol=1e-5)
        self.assertIn("no data      8 of", said)
        self.assertRegex(said, r"6 of \d+ bands are not measured or not calibrated")
        self.assertRegex(said, "VNIR and SWIR both see 907 to 967 nm, where SWIR is [23].* % brighter")
        self.assertEqual(list(attributes["geotransform"]), [make.EAST, 30, 0, make.NORTH, 0, -30])
        self.assertIn("UTM zone 33N", attributes["projection"])
        part, *_ = self.read(path, 'crop={"row": 3, "col": 2, "rows": 10, "cols": 9}')
        np.testing.assert_array_equal(part, cube[3:13, 2:11])
        with h5py.File(path, "a") as file:
            del file.attrs["L2ScaleSwirMax"]
        self.fails("attribute L2ScaleSwirMax: expected 1 number, got 0; the file is not complete", path)

    def test_emit_is_put_on_its_grid(self):
        rng = np.random.default_rng(5)
        centres, good = np.arange(381, 2490, 37.0), np.ones(57, int)
        good[20:23] = 0
        swath = GROUND.at(centres, 3)
        swath[2, 3] = -9999
        right, down = rng.integers(0, 25, (30, 28)), rng.integers(0, 25, (30, 28))
        path = make.emit(self.folder / "EMIT_L2A_RFL_001_20220903T163129_2224611_012.nc", swath, centres,
                         np.full(57, 8.5), good, (right, down))
        expected = swath[down - 1, right - 1][..., good == 1]
        missing = (right == 0) | (down == 0) | (expected[..., 0] == -9999)
        cube, wavelengths, attributes, said = self.read(path)
        np.testing.assert_allclose(wavelengths, centres[good == 1])
        np.testing.assert_allclose(cube[~missing], expected[~missing].astype("f4"))
        self.assertIn(f"no data      {missing.sum()} of", said)
        self.assertEqual(attributes["geotransform"][0], 13.0)
        self.assertIn("WGS 84", attributes["projection"])
        part, *_ = self.read(path, 'crop={"row": 7, "col": 5, "rows": 12, "cols": 11}')
        inside = ~missing[7:19, 5:16]
        np.testing.assert_array_equal(part[inside], cube[7:19, 5:16][inside])
        with h5py.File(path, "a") as file:
            file["location/glt_x"][4, 4] = 99
        self.fails("glt_x and glt_y: expected pixels of the 24 x 24 of /reflectance, got column 99", path)

    def test_landsat_by_metadata_band_or_folder(self):
        edges = {1: (435, 451), 2: (452, 512), 3: (533, 590), 4: (636, 673), 5: (851, 879), 6: (1566, 1651), 7: (2107, 2294)}
        bands = {number: GROUND.inside([edge], 3)[..., 0] for number, edge in edges.items()}
        fill = np.zeros((24, 24), bool)
        fill[20:, :6] = True
        bands[3][0, 0] = np.nan
        path = make.landsat(self.folder, bands, fill=fill)
        expected = np.stack(list(bands.values()), 2)
        for way in (path, next(self.folder.glob("*SR_B4.TIF")), self.folder):
            cube, _, attributes, said = self.read(way)
            np.testing.assert_allclose(cube[1:20], expected[1:20], atol=2e-5)
            self.assertIn("no data      25 of", said)
            self.assertEqual((attributes["sensor"], attributes["band_names"]),
                             ("landsat8", "coastal, blue, green, red, nir, swir1, swir2"))
            self.lies(attributes, 30)
        next(self.folder.glob("*SR_B4.TIF")).unlink()
        self.fails("MTL.txt: expected LC08_.*SR_B4.TIF beside it, got none", path)

    def test_hyperion_and_ali(self):
        stored = {number: 40 * (number + np.arange(144).reshape(12, 12)) for number in range(1, 243)}
        (self.folder / "hyperion").mkdir()
        path = make.eo1(self.folder / "hyperion", {number: stored[number] for number in stored})
        cube, wavelengths, attributes, said = self.read(path)
        numbers = np.array([*range(8, 58), *range(77, 225)])
        expected = np.where(numbers <= 70, 355.59 + 10.17522 * (numbers - 1), 851.92 + 10.08865 * (numbers - 71))
        order = np.argsort(expected)
        np.testing.assert_allclose(wavelengths, expected[order], atol=0.01)
        scaled = np.stack([stored[n] / (40 if n <= 70 else 80) for n in numbers[order]], 2)
        np.testing.assert_allclose(cube, scaled, rtol=1e-6)
        self.assertRegex(said, "44 of 242 bands are not measured or not calibrated")
        (self.folder / "ali").mkdir()
        factors = [f"BAND{n}_SCALING_FACTOR = 0.0{n}" for n in range(1, 10)] + ["BAND10_SCALING_FACTOR = 0.1"]
        path = make.eo1(self.folder / "ali", {number: stored[number] for number in range(2, 11)}, "EO1A1930232010163110KF",
                        factors + [f"BAND{n}_OFFSET = -1" for n in range(1, 11)])
        cube, _, attributes, _ = self.read(path)
        self.assertEqual(attributes["band_names"], "MS-1', MS-1, MS-2, MS-3, MS-4, MS-4', MS-5', MS-5, MS-7")
        np.testing.assert_allclose(cube[..., 3], stored[5] * 0.05 - 1, rtol=1e-5)

    def test_planetscope_and_worldview(self):
        image = GROUND.at([442, 490, 531, 565, 610, 665, 705, 865], 1)
        image[:2, :3] = np.nan
        for folder, kind, bands in (("sr", "_SR", 8), ("top", "", 4)):
            (self.folder / folder).mkdir()
            path = make.planetscope(self.folder / folder, image[..., [1, 3, 5, 7] if bands == 4 else slice(None)], kind=kind)
            cube, _, attributes, said = self.read(path)
            np.testing.assert_allclose(cube[2:, :, -1], image[2:, :, 7], atol=6e-5)
            self.assertEqual((attributes["sensor"], len(attributes["band_names"].split(", "))), ("superdove", bands))
            self.assertEqual("top of the atmosphere" in said, kind == "")
        stored = np.arange(36 * 36 * 8).reshape(36, 36, 8) % 2000 + 1
        path = make.worldview(self.folder, stored, ("C", "B", "G", "Y", "R", "RE", "N", "N2"))
        cube, _, attributes, _ = self.read(path)
        order = np.argsort([425, 480, 545, 605, 660, 725, 832.5, 950])
        np.testing.assert_allclose(cube, stored[..., order] / 5, rtol=1e-6)
        self.assertEqual(attributes["sensor"], "worldview2")

    def wrong(self, path, file, cases):
        """Each case is what is replaced in a file of the product, by what, and what is said of it then."""
        kept = file.read_text()
        for old, made, pattern in cases:
            with self.subTest(pattern):
                self.assertIn(old, kept)
                file.write_text(kept.replace(old, made))
                self.fails(pattern, path)
        file.write_text(kept)

    def test_wrong_metadata_get_one_line(self):
        centres = np.arange(420, 900, 20.0)
        image = make.enmap(self.folder, GROUND.at(centres, 3), centres, np.full(24, 9.0), [])
        self.wrong(image, self.folder / image.name.replace("SPECTRAL_IMAGE.TIF", "METADATA.XML"), [
            ("</specific>", "", "METADATA.XML: expected XML, got none"),
            ("bandCharacterisation", "bands", "METADATA.XML: expected an element bandCharacterisation, got none"),
            ("<GainOfBand>0.0001", "<GainOfBand>x", 'METADATA.XML: GainOfBand: expected a number, got "x"'),
            ("<GainOfBand>0.0001", "<GainOfBand>0", "scale_factor, add_offset: expected finite numbers and no scale of 0"),
            ("<wavelengthCenterOfBand>420.0</wavelengthCenterOfBand>", "", "expected one band in bandCharacterisation for each of 24")])
        safe = make.sentinel2(self.folder / "s2", self.bands("B2", "B3", "B4", "B8"))
        self.wrong(safe, safe / "MTD_MSIL2A.xml", [
            ("Sentinel-2A", "Sentinel-3A", "SPACECRAFT_NAME: expected Sentinel-2A, 2B or 2C, got Sentinel-3A"),
            (">10000<", ">0<", "BOA_QUANTIFICATION_VALUE: expected a number above 0"),
            ("BOA_QUANTIFICATION_VALUE", "VALUE", "MTD_MSIL2A.xml: expected an element BOA_QUANTIFICATION_VALUE"),
            ('band_id="3"', 'band_id="13"', "BOA_ADD_OFFSET: expected a band_id from 0 to 12")])
        landsat = make.landsat(self.folder, {number: GROUND.at([500], 3)[..., 0] for number in range(1, 8)})
        self.wrong(landsat, landsat, [
            ("LANDSAT_8", "LANDSAT_3", "SPACECRAFT_ID: expected LANDSAT_4, 5, 7, 8 or 9, got LANDSAT_3"),
            ("GROUP = PRODUCT_CONTENTS", "GROUP = PRODUCT_METADATA", "expected metadata of Collection 2"),
            ("_ADD_BAND_4 = -0.2", "_ADD_BAND_4 = none", "REFLECTANCE_ADD_BAND_4 in LEVEL2_.*: expected a number, got none"),
            ("REFLECTANCE_MULT_BAND_7", "OTHER", "expected REFLECTANCE_MULT_BAND_7 in LEVEL2_SURFACE_REFLECTANCE_PARAMETERS")])
        stack = make.worldview(self.folder, np.ones((12, 12, 4)), ("B", "G", "R", "N"))
        self.wrong(stack, self.folder / stack.name.replace("TIF", "IMD"), [
            ("WV02", "GE01", "satId: expected WV02 or WV03, got GE01"),
            ("BAND_N", "BAND_X", "expected a group .* for each of 4 bands of .*, got 3"),
            ("absCalFactor", "calFactor", "expected absCalFactor in BAND_B, got none")])
        scene = make.planetscope(self.folder, GROUND.at([490, 560, 665, 865], 1), "PS2")
        self.wrong(scene, next(self.folder.glob("*AnalyticMS_metadata.xml")), [
            (">PS2<", ">HAL<", "Instrument: expected PS2, PS2.SD or PSB.SD, got HAL")])

    def test_wrong_folders_and_files_get_one_line(self):
        one, other = (make.sentinel2(self.folder / name, self.bands("B2", "B3", "B4", "B8"), craft=f"Sentinel-2{name}")
                      for name in "AB")
        shutil.copytree(other, one.parent / other.name)
        self.fails("expected one product, got several, .*SAFE and .*SAFE among them", one.parent)
        archive = make.zipped(other)
        archive.write_bytes(archive.read_bytes()[:2000])
        self.fails("expected a scene in a format that is known", archive)
        (self.folder / "empty").mkdir()
        self.fails("empty: expected a file, or a folder with a product that is known .*enmap, sentinel2.*, got a folder", self.folder / "empty")
        centres = np.arange(420, 900, 20.0)
        make.enmap(other.parent, GROUND.at(centres, 3), centres, np.full(24, 9.0), [])
        self.fails("expected one product in this folder, got some of enmap and sentinel2; name a file", other.parent)
        make.geotiff(next(other.rglob("*B04_10m.jp2")), np.ones((50, 72), "uint16"), 10, driver="JP2OpenJPEG")
        self.fails("expected images of one place, as large as the first", other)
        image, path = self.prisma()
        with h5py.File(path, "a") as file:
            del file["HDFEOS/SWATHS/PRS_L2D_HCO/Data Fields/SWIR_Cube"]
        self.fails("no dataset /HDFEOS/SWATHS/PRS_L2D_HCO/Data Fields/SWIR_Cube", path)
        table = np.ones((2, 8, 8), int)
        path = make.emit(self.folder / "emit.nc", image, np.arange(image.shape[2]) + 400, np.ones(3), [1] * 3, table)
        self.fails("sensor_band_parameters/fwhm: expected .* numbers, one for each band, got 3", path)

    def fused(self, hsi, msi, **degrade):
        config = experiment(data={"hsi": {"file": str(hsi)}, "msi": {"file": str(msi)}}, methods=[{"name": "gsa"}],
                            degrade={"ratio": 3, **degrade})
        metrics = self.succeeded(self.run_config(config))
        with h5py.File(self.out / "gsa" / "fused.h5") as file:
            return file["cube"][()], file["wavelength_nm"][()], metrics

    def test_products_fuse_with_no_more_than_their_names(self):
        bands = self.bands("B2", "B3", "B4", "B8")
        safe = make.sentinel2(self.folder, bands)
        order = np.argsort(CENTRES)
        (self.folder / "enmap").mkdir()
        swir = [i + 1 for i in range(len(order)) if order[i] >= FIRST_SWIR]
        enmap = make.enmap(self.folder / "enmap", two_detectors(3)[..., order], CENTRES[order], np.full(len(order), 9.0), swir)
        _, prisma = self.prisma()
        for hsi in (enmap, prisma):
            cube, wavelengths, metrics = self.fused(hsi, safe)
            self.assertIn("sentinel2a (B2, B3, B4, B8), as the file of the MSI says", json.dumps(metrics))
            shutil.rmtree(self.out)
            known, *_ = self.fused(hsi, safe, srf={"sensor": "sentinel2a", "bands": ["B2", "B3", "B4", "B8"]},
                                   psf={"type": "box"})
            shutil.rmtree(self.out)
            truth = GROUND.at(wavelengths, 1)
            valid = np.isfinite(cube[..., 0]) & np.isfinite(known[..., 0])
            errors = [10 * np.log10(((one - truth)[valid] ** 2).mean()) for one in (cube, known)]
            self.assertLess(errors[0], errors[1] + 0.3)


def make_probe(folder):
    """A header that only a program with GDAL reads."""
    (folder / "probe.hdr").write_text("ENVI\n")
    return "probe.hdr"


if __name__ == "__main__":
    main()
