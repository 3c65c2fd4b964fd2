#!/usr/bin/env python3
"""Scenes of other formats: test_import.py RUN_EXPERIMENT MAKE_BAD_FILES

The files are written here, by hand, so that nothing but the program has to know their formats.
"""
import math
import struct

from program import ProgramTest, experiment, main

ROWS, COLS, BANDS = 24, 20, 8


def value(row, col, band):
    """Smooth along spectra, rough over the ground."""
    return int(4000 + 3000 * math.sin(band / 2) + 37 * (row * 7 + col * 3) % 211 + band * (row % 3))


def values(axes, form="<h"):
    """The bytes of the scene with its axes in this order, the last fastest."""
    extent = {"r": ROWS, "c": COLS, "b": BANDS}
    bytes_ = b""
    for i in range(extent[axes[0]]):
        for j in range(extent[axes[1]]):
            for k in range(extent[axes[2]]):
                place = dict(zip(axes, (i, j, k)))
                bytes_ += struct.pack(form, value(place["r"], place["c"], place["b"]))
    return bytes_


def npy(axes):
    extent = {"r": ROWS, "c": COLS, "b": BANDS}
    header = f"{{'descr': '<i2', 'fortran_order': False, 'shape': {tuple(extent[axis] for axis in axes)}, }}"
    header += " " * (63 - (len(header) + 10) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + values(axes)


ENVI = f"""ENVI
samples = {COLS}
lines = {ROWS}
bands = {BANDS}
data type = 2
interleave = bil
byte order = 1
map info = {{UTM, 1, 1, 350000, 5830000, 30, 30, 33, North, WGS-84, units=Meters}}
bbl = {{1, 1, 1, 0, 1, 1, 1, 1}}
wavelength = {{0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1}}
wavelength units = Micrometers
"""


class ImportedFiles(ProgramTest):
    def setUp(self):
        super().setUp()
        (self.folder / "scene.npy").write_bytes(npy("rcb"))
        (self.folder / "turned.npy").write_bytes(npy("brc"))
        (self.folder / "scene.hdr").write_text(ENVI)
        (self.folder / "scene.bil").write_bytes(values("rbc", ">h"))

    def config(self, scene, **data):
        return experiment(data={"scene": scene, **data}, methods=[{"name": "gsa"}],
                          degrade={"ratio": 2, "srf": {"fractions": [[0.0, 0.3], [0.5, 0.9]]}})

    def lines(self, run):
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return dict(line.split(maxsplit=1) for line in run.stdout.replace("no data ", "no_data ").splitlines())

    def test_an_imported_scene_is_the_scene_itself(self):
        told = self.lines(self.run_program("--import", "scene.npy", "scene.h5"))
        self.assertEqual(told["size"], f"{ROWS} x {COLS} x {BANDS} (rows, columns, bands)")
        self.assertTrue(told["wavelengths"].startswith("unknown"))
        self.assertTrue((self.folder / "scene.png").read_bytes().startswith(b"\x89PNG"))
        hashes = []
        for scene in ("scene.npy", "scene.h5"):
            self.out = self.folder / scene.replace(".", "_")
            hashes.append(self.succeeded(self.run_config(self.config(scene)))["data_hash"])
        self.assertEqual(hashes[0], hashes[1])
        self.out = self.folder / "turned"
        turned = self.succeeded(self.run_config(self.config("turned.npy", axes="brc")))
        self.assertEqual(turned["data_hash"], hashes[0])

    def test_an_orientation_turns_the_scene_that_is_imported(self):
        self.lines(self.run_program("--import", "scene.npy", "left.h5", "--set", "orientation=rotate_left"))
        told = self.lines(self.run_program("--import", "left.h5", "right.h5", "--set", "orientation=rotate_right"))
        self.assertEqual(told["size"], f"{ROWS} x {COLS} x {BANDS} (rows, columns, bands)")
        hashes = []
        for number, (scene, data) in enumerate({"scene.npy": {}, "right.h5": {}, "left.h5": {"orientation": "rotate_right"}}.items()):
            self.out = self.folder / str(number)
            hashes.append(self.succeeded(self.run_config(self.config(scene, **data)))["data_hash"])
        self.assertEqual(hashes, hashes[:1] * 3)

    def test_a_file_in_the_way_and_turned_axes_are_refused(self):
        self.refused(2, r"turned.npy: the scene is taken as 8 x 24 x 20 .* is data.axes brc or bcr\? --set axes=",
                     self.run_program("--import", "turned.npy", "brc.h5"))
        self.assertFalse((self.folder / "brc.h5").exists())
        self.lines(self.run_program("--import", "turned.npy", "brc.h5", "--set", "axes=brc"))
        self.refused(2, "brc.h5 is there already; --overwrite replaces it",
                     self.run_program("--import", "turned.npy", "brc.h5", "--set", "axes=brc"))
        self.lines(self.run_program("--import", "turned.npy", "brc.h5", "--set=axes=brc", "--overwrite"))
        (self.folder / "brc.h5").unlink()
        (self.folder / "brc.png").write_bytes((self.folder / "scene.npy").read_bytes())
        self.refused(2, "brc.png is there already; --overwrite replaces it",
                     self.run_program("--import", "turned.npy", "brc.h5", "--set=axes=brc"))
        self.assertFalse((self.folder / "brc.h5").exists())
        self.refused(2, "--import: expected the file to make behind the one to read, got nothing",
                     self.run_program("--import", "turned.npy"))
        self.refused(2, "--import: unknown key data.crop.row_count|data.crop",
                     self.run_program("--import", "scene.npy", "b.h5", "--set", "crop.row_count=2"))

    def test_what_is_read_is_not_written(self):
        self.lines(self.run_program("--import", "scene.npy", "scene.h5"))
        before = (self.folder / "scene.h5").read_bytes()
        self.refused(2, "scene.h5 would be written, and is what the scene is read from",
                     self.run_program("--import", "scene.h5", "./scene.h5", "--overwrite"))
        self.assertEqual((self.folder / "scene.h5").read_bytes(), before)
        if "built without" in self.run_program("--import", "scene.hdr", "envi.img").stderr:
            self.skipTest("built without GDAL")
        for source in ("scene.hdr", "scene.bil"):
            self.refused(2, "scene.hdr would be written, and is what the scene is read from",
                         self.run_program("--import", source, "scene.img", "--overwrite"))
        self.assertEqual((self.folder / "scene.hdr").read_text(), ENVI)
        for name in ("other.img", "other.img.hdr"):
            (self.folder / name).write_bytes((self.folder / name.replace("other.img.hdr", "scene.hdr").replace(
                "other.img", "scene.bil")).read_bytes())
        self.refused(2, "other.img would be written, and is what the scene is read from",
                     self.run_program("--import", "other.img.hdr", "other.img", "--overwrite"))
        (self.folder / "new.img.aux.xml").write_text("mine")
        self.refused(2, "new.img.aux.xml is there already", self.run_program("--import", "scene.hdr", "new.img"))
        self.refused(2, "envi.hdr is there already", self.after_removal("envi.img", "envi.png"))
        self.assertFalse((self.folder / "envi.img").exists())

    def after_removal(self, *names):
        """The import of the scene once more, without some of its files."""
        for name in names:
            (self.folder / name).unlink()
        return self.run_program("--import", "scene.hdr", "envi.img")

    def test_a_part_without_data_is_refused(self):
        whole, data = npy("rcb"), values("rcb")
        (self.folder / "scene.npy").write_bytes(whole[:-len(data)] + struct.pack("<h", -5) * BANDS + data[2 * BANDS:])
        self.refused(2, "data.crop: expected a part with data in scene.npy: /cube, got none in any pixel",
                     self.run_program("--import", "scene.npy", "gap.h5", "--set", 'nodata={"value": -5}', "--set",
                                      'crop={"row": 0, "col": 0, "rows": 1, "cols": 1}'))
        self.assertFalse((self.folder / "gap.h5").exists())

    def test_a_header_in_latin_1_goes_through(self):
        header = ENVI.encode() + b"description = {Caf\xe9}\n"
        (self.folder / "scene.hdr").write_bytes(header)
        run = self.run_config(self.config("scene.hdr"))
        if "built without" in run.stderr:
            self.skipTest("built without GDAL")
        self.assertEqual(self.succeeded(run)["figures"]["scene"], "Café")

    def test_an_envi_image_keeps_its_wavelengths_and_its_place(self):
        run = self.run_program("--import", "scene.hdr", "envi.h5", "--set", 'crop={"row": 2, "col": 4, "rows": 16, "cols": 8}')
        if "built without" in run.stderr:
            self.refused(3, "scene.hdr: needs GDAL, and this program was built without it; install it", run)
            self.skipTest("built without GDAL")
        told = self.lines(run)
        self.assertEqual(told["size"], "16 x 8 x 7 (rows, columns, bands)")
        self.assertEqual(told["left"], "out     scene.hdr: band 4 of 8 (700 nm) is bad by the list of the file (bbl)")
        self.assertEqual(told["wavelengths"], "400 to 1100 nm")
        self.assertEqual(told["place"], "upper left corner at 350120, 5829940, pixels of 30 x -30")
        # Results lie where the scene does.
        metrics = self.succeeded(self.run_config(self.config("envi.h5")))
        self.assertEqual(metrics["figures"]["wavelength_nm"][3], 800)
        told = self.lines(self.run_program("--import", self.out / "gsa/fused.h5", "again.h5"))
        self.assertEqual(told["place"], "upper left corner at 350120, 5829940, pixels of 30 x -30")
        # The result for other programs is the result, and what is imported from it is, too.
        for form, ending in (("geotiff", "tif"), ("envi", "img")):
            self.out = self.folder / form
            self.succeeded(self.run_config(self.config("envi.h5") | {"output": {"format": form}}))
            told = self.lines(self.run_program("--import", self.out / f"gsa/fused.{ending}", f"from_{form}.h5"))
            self.assertEqual((told["size"], told["wavelengths"], told["place"]),
                             ("16 x 8 x 7 (rows, columns, bands)", "400 to 1100 nm",
                              "upper left corner at 350120, 5829940, pixels of 30 x -30"))
            self.out = self.folder / f"score_{form}"
            scored = self.succeeded(self.run_config(self.config("envi.h5") | {"methods": [
                {"name": "gsa"}, {"name": "external", "file": f"from_{form}.h5"}]}))["methods"]
            self.assertEqual(scored[0]["metrics"], scored[1]["metrics"])

    def test_a_scene_becomes_a_file_of_another_format_by_its_ending(self):
        self.refused(2, r'scene.jpg: expected a file ending in .h5 \(hdf5\), .tif',
                     self.run_program("--import", "scene.npy", "scene.jpg"))
        run = self.run_program("--import", "scene.npy", "scene.mat")
        if "built without" in run.stderr:
            self.refused(2, "scene.mat: matlab needs matio .*, and this program was built without it", run)
        else:
            self.assertEqual(self.lines(run)["size"], f"{ROWS} x {COLS} x {BANDS} (rows, columns, bands)")
            self.lines(self.run_program("--import", "scene.mat", "again.h5"))
            self.lines(self.run_program("--import", "scene.npy", "scene.h5"))
            hashes = set()
            for scene in ("scene.h5", "again.h5"):
                self.out = self.folder / scene.replace(".", "_")
                hashes.add(self.succeeded(self.run_config(self.config(scene)))["data_hash"])
            self.assertEqual(len(hashes), 1)


if __name__ == "__main__":
    main()
