#!/usr/bin/env python3
"""Files that are odd, or contradict themselves: test_odd_files.py RUN_EXPERIMENT MAKE_BAD_FILES

Each line of FILES is one file: how it is made (odd_files.py), what is said of it in `data`, and what has to come, be it
the values as NumPy has them, or one line that refuses it. Each is imported and run, and both have to read the same;
PAIRS are run whole and with --memory. A file is made and read by other libraries than the program's readers were
written against; without h5py, NumPy or GDAL's module what needs them is skipped.
"""
import importlib.util
import json
import shutil
import unittest

from program import ProgramTest, experiment, main

if all(importlib.util.find_spec(package) for package in ("h5py", "numpy")):
    import h5py
    import numpy as np
    from odd_files import (BANDS, COLS, IMAGE, NM, ROWS, braces, envi, gaps, hdf5, matlab, npy, scene, tiff,
                           vrt_with_masks, with_nan)

HAS_NUMPY = "np" in globals()
HAS_GDAL = HAS_NUMPY and importlib.util.find_spec("osgeo") is not None
HOLE = (5, 4)
SOME = "1 of 120 pixels have no data in some of their bands, and count as having none in any"


def good(make, values=None, nm=None, warns=None, left=None, **data):
    """Comes out as `values` (NaN: no data; none: as the image is), with these wavelengths."""
    return {"make": make, "values": IMAGE if values is None else values, "nm": nm, "warns": warns, "left": left, "data": data}


def bad(make, pattern, code=3, **data):
    return {"make": make, "error": pattern, "code": code, "data": data}


def lists():
    """Lists of an ENVI header that are as they should be."""
    return f"wavelength = {braces(NM)}\nwavelength units = Nanometers\n"


if HAS_NUMPY:
    HOLED = with_nan(IMAGE, HOLE)
    EMPTY = gaps(IMAGE, bands=2, *[(r, c) for r in range(ROWS) for c in range(COLS)])  # its third band
    WITHOUT, NM_WITHOUT = np.delete(IMAGE, 2, 2), np.delete(NM, 2).tolist()
    MASK = np.full((ROWS, COLS), 255, "u1")
    MASK[HOLE] = 0
    MASKS = np.full((ROWS, COLS, BANDS), 255, "u1")
    MASKS[HOLE][3] = 0
    PLACE = (350000, 30, 0, 5830000, 0, -30)


def envi_files():
    """What is good comes out as it is, however it is stored."""
    return {
        "ENVI": good(lambda f: envi(f, more=lists()), nm=NM),
        "ENVI, BIL, big end first": good(lambda f: envi(f, IMAGE.astype(">i2"), interleave="bil")),
        "ENVI, BIP": good(lambda f: envi(f, interleave="bip")),
        "ENVI, uint32": good(lambda f: envi(f, IMAGE.astype("<u4"))),
        "ENVI, double": good(lambda f: envi(f, IMAGE.astype("<f8"))),
        "ENVI, fields in capitals": good(lambda f: envi(f, edit=lambda t: t.replace("samples", "SAMPLES").replace("lines", "Lines"),
                                               more=f"WAVELENGTH = {braces(NM)}\nWAVELENGTH UNITS = NANOMETERS\n"), nm=NM),
        "ENVI, micrometres in capitals": good(lambda f: envi(f, more=f"Wavelength = {braces(np.array(NM) / 1000)}\nWavelength Units = MICROMETERS\n"), nm=NM),
        "ENVI, micrometres without unit": good(lambda f: envi(f, more=f"wavelength = {braces(np.array(NM) / 1000)}\n"), nm=NM),
        "ENVI, wavelengths that count bands": good(lambda f: envi(f, more="wavelength = {1, 2, 3, 4, 5, 6}\n")),
        "ENVI, unit UNKNOWN": good(lambda f: envi(f, more=f"wavelength = {braces(NM)}\nwavelength units = UNKNOWN\n"), nm=NM),
        "ENVI, numbers of bands as INDEX": good(lambda f: envi(f, more="wavelength = {1, 2, 3, 4, 5, 6}\nwavelength units = INDEX\n")),
        "ENVI, lines of Windows": good(lambda f: envi(f, more=lists(), edit=lambda t: t.replace("\n", "\r\n")), nm=NM),
        "ENVI, a list over lines, a comment": good(lambda f: envi(f, more="; made by hand\n" + lists().replace(", ", ",\n  ")), nm=NM),
        "ENVI, falling wavelengths": good(lambda f: envi(f, more=lists().replace(braces(NM), braces(NM[::-1]))), nm=NM[::-1]),
        "ENVI, a wavelength twice": good(lambda f: envi(f, more=lists().replace("550.0", "450.0")), nm=[450.0, 450.0] + NM[2:]),
        "ENVI, an offset": good(lambda f: envi(f, edit=lambda t: t.replace("header offset = 0", "header offset = 7"), data=lambda d: b"7 bytes" + d)),
        "ENVI, scene.img.hdr": good(lambda f: envi(f, header=".img.hdr")),
        "ENVI, an image of another header beside": good(lambda f: [envi(f, ending=".dat"), (f / "scene.img").write_bytes(b"x"), (f / "scene.img.hdr").write_text("ENVI\n")][0]),
        "ENVI, names of Windows": good(lambda f: envi(f, header=".HDR", ending=".IMG", more=lists()), nm=NM),
        "ENVI, no data": good(lambda f: envi(f, gaps(IMAGE, HOLE), more="Data Ignore Value = -9999\n"), HOLED),
        "ENVI, no data in braces": good(lambda f: envi(f, gaps(IMAGE, HOLE), more="data ignore value = {-9999}\n"), HOLED),
        "ENVI, classes": good(lambda f: envi(f, edit=lambda t: t.replace("Standard", "Classification") + "classes = 2\nclass lookup = {0, 0, 0, 9, 9, 9}\nclass names = {a, b}\n"), warns="numbers of classes or of colours"),
        "ENVI, no data in one band": good(lambda f: envi(f, gaps(IMAGE, HOLE, bands=1), more="data ignore value = -9999\n"), HOLED, warns=SOME),
        "ENVI, a bad band": good(lambda f: envi(f, more=lists() + "bbl = {1, 1, 0, 1, 1, 1}\n"), WITHOUT, NM_WITHOUT, left="band 3 of 6 .650 nm. is bad"),
        "ENVI, BBL in capitals, on lines": good(lambda f: envi(f, more="BBL = {\n1.0, 1.0, 0.0,\n1.0, 1.0, 1.0}\n"), WITHOUT, left="band 3 of 6 is bad"),
        "ENVI, a bad band of fill": good(lambda f: envi(f, EMPTY, more="bbl = {1, 1, 0, 1, 1, 1}\n"), WITHOUT, left="band 3 of 6 is bad"),
        "ENVI, a bad band of fill that is declared": good(lambda f: envi(f, EMPTY, more="bbl = {1, 1, 0, 1, 1, 1}\ndata ignore value = -9999\n"), WITHOUT, left="band 3 of 6 is bad"),
        "ENVI, a bad band without a wavelength": good(lambda f: envi(f, more=lists().replace("650.0", "0") + "bbl = {1, 1, 0, 1, 1, 1}\n"), WITHOUT, NM_WITHOUT, left="is bad"),
        "ENVI, a band without data": good(lambda f: envi(f, EMPTY, more=lists() + "data ignore value = -9999\n"), WITHOUT, NM_WITHOUT, left="band 3 of 6 .650 nm. is without data"),
        "ENVI, a band without data, told in the experiment": good(lambda f: envi(f, EMPTY, more=lists()), WITHOUT, NM_WITHOUT, left="is without data", nodata=-9999),
        "ENVI, a band without data outside data.bands": good(lambda f: envi(f, EMPTY, more=lists() + "data ignore value = -9999\n"), IMAGE[..., 3:], NM[3:], bands=[3, 3]),
        "ENVI, gains and offsets": good(lambda f: envi(f, gaps(IMAGE, HOLE), more=f"data gain values = {braces([0.01] * BANDS)}\ndata offset values = {braces(range(BANDS))}\ndata ignore value = -9999\n"),
                                        HOLED * 0.01 + np.arange(BANDS)),
        "ENVI, reflectance scale factor": good(lambda f: envi(f, gaps(IMAGE, HOLE), more="reflectance scale factor = 10000\ndata ignore value = -9999\n"), HOLED / 10000),
        "ENVI, two scales": good(lambda f: envi(f, more=f"reflectance scale factor = 10000\ndata gain values = {braces([0.01] * BANDS)}\n"), IMAGE * 0.01, warns="scales the values .* in more than one way"),
        "ENVI, wavelengths that are none": good(lambda f: envi(f, more="wavelength = {0, 0, 0, 0, 0, 0}\n"), warns="its wavelengths, whose unit it does not say, are none"),
    }


def envi_contradictions():
    """ENVI files of which header and data, or two fields, do not fit."""
    return {
        "ENVI, short": bad(lambda f: envi(f, data=lambda d: d[:-2]), "expected 1440 bytes in .*scene.img by its header .*got 1438"),
        "ENVI, long": bad(lambda f: envi(f, data=lambda d: d + b"12"), "expected 1440 bytes in .*scene.img by its header .*got 1442"),
        "ENVI, fewer bands than the data": bad(lambda f: envi(f, edit=lambda t: t.replace("bands = 6", "bands = 5")), "expected 1200 bytes in .*got 1440"),
        "ENVI, another type than the data": bad(lambda f: envi(f, edit=lambda t: t.replace("data type = 2", "data type = 4")), "expected 2880 bytes in .*got 1440"),
        "ENVI, no data file": bad(lambda f: [envi(f), (f / "scene.img").unlink()][0], "expected the data of this header beside it"),
        "ENVI, an empty data file": bad(lambda f: envi(f, data=lambda d: b""), "expected 1440 bytes in .*got 0|expected an image, got none"),
        "ENVI, a stale data file beside": bad(lambda f: [envi(f), (f / "scene.dat").write_bytes(b"0" * 1440)][0], "expected one data file beside this header, got .*scene.dat and .*scene.img; name"),
        "ENVI, a field twice": bad(lambda f: envi(f, more="Samples = 10\n"), "expected each field of the header once, got `samples` twice"),
        "ENVI, wavelengths of fewer bands": bad(lambda f: envi(f, more=lists().replace("450.0, ", "")), "wavelength: expected 6 numbers, one for each band, got 5; correct the header"),
        "ENVI, widths of more bands": bad(lambda f: envi(f, more=f"fwhm = {braces([10] * 7)}\n"), "fwhm: expected 6 numbers, one for each band, got 7"),
        "ENVI, bad bands of fewer bands": bad(lambda f: envi(f, more="bbl = {1, 0, 1}\n"), "bbl: expected 6 numbers, one for each band, got 3"),
        "ENVI, bad bands in words": bad(lambda f: envi(f, more="bbl = {good, good, bad, good, good, good}\n"), "bbl: expected 6 numbers, one for each band, got 0"),
        "ENVI, bad bands in other numbers": bad(lambda f: envi(f, more="bbl = {1, 1, 2, 1, 1, 1}\n"), "expected 1 for a good band and 0 for a bad one, got 2 of band 3"),
        "ENVI, all bands bad": bad(lambda f: envi(f, more="bbl = {0, 0, 0, 0, 0, 0}\n"), "expected a good band among those to be used, got none"),
        "ENVI, wavelengths of zero nanometres": bad(lambda f: envi(f, more=lists().replace(braces(NM), braces([0] * 6))), "expected nanometres from 100 to 100000, got 0"),
        "ENVI, nanometres that are micrometres": bad(lambda f: envi(f, more=f"wavelength = {braces(np.array(NM) / 1000)}\nwavelength units = nm\n"), "expected nanometres from 100 .* these may be micrometres"),
        "ENVI, a wavelength of NaN": bad(lambda f: envi(f, more=lists().replace("550.0", "nan")), "expected nanometres from 100 to 100000, got nan"),
        "ENVI, complex": bad(lambda f: envi(f, IMAGE.astype("<c8")), "expected real values, got complex ones in band 1"),
        "ENVI, fill that nothing declares": bad(lambda f: envi(f, gaps(IMAGE, HOLE, bands=1)), "data.nodata: expected it for an image with -9999 in band 2 of 1 of 120 pixels", 2),
        "ENVI, the value to ignore in words": bad(lambda f: envi(f, more="data ignore value = none\n"), "data ignore value: expected one number, got none"),
        "ENVI, gains of other bands": bad(lambda f: envi(f, more="data gain values = {0.5}\n"), "data_gain_values: expected 6 numbers, one for each band, got 1"),
        "ENVI, no order of bytes": bad(lambda f: envi(f, edit=lambda t: t.replace("byte order = 0", "byte order = 3")), "byte order: expected 0 or 1, got 3"),
        "ENVI, no order of values": bad(lambda f: envi(f, edit=lambda t: t.replace("= bsq", "= xyz")), "interleave: expected bsq, bil or bip, got xyz"),
        "ENVI, no interleave": bad(lambda f: envi(f, edit=lambda t: t.replace("interleave = bsq\n", "")), "interleave: expected bsq, bil or bip, got nothing"),
        "ENVI, no samples": bad(lambda f: envi(f, edit=lambda t: t.replace("samples = 10", "samples = 0")), "expected an image, got none: .*samples"),
        "ENVI, no type": bad(lambda f: envi(f, edit=lambda t: t.replace("data type = 2\n", "")), "expected 720 bytes in .*got 1440"),
        "ENVI, a byte-order mark": bad(lambda f: envi(f, edit=lambda t: "\xef\xbb\xbf" + t), "expected an image, got none: the header does not begin with ENVI"),
        "ENVI, a spectral library": bad(lambda f: envi(f, edit=lambda t: t.replace("ENVI Standard", "ENVI Spectral Library")), "expected an image, got none: .*Spectral Library"),
        "ENVI, a place of zero size": good(lambda f: envi(f, more="map info = {UTM, 1, 1, 350000, 5830000, 0, 0, 33, North, WGS-84}\n"), warns="its geotransform places no area on earth"),
    }


def numpy_files():
    """Arrays of NumPy."""
    return {
        "NumPy": good(npy),
        "NumPy, Fortran's order": good(lambda f: npy(f, np.asfortranarray(IMAGE))),
        "NumPy, big end first": good(lambda f: npy(f, IMAGE.astype(">f8"))),
        "NumPy, int64": good(lambda f: npy(f, IMAGE.astype("i8"))),
        "NumPy, two dimensions": good(lambda f: npy(f, IMAGE[..., 0]), IMAGE[..., :1]),
        "NumPy, NaN": good(lambda f: npy(f, with_nan(IMAGE, HOLE)), HOLED, nodata={"nan": True}),
        "NumPy, NaN that nothing declares": bad(lambda f: npy(f, with_nan(IMAGE, HOLE)), "expected finite float32 values, got nan at row 5, col 4, band 0"),
        "NumPy, the least float": good(lambda f: npy(f, gaps(IMAGE.astype("f4"), HOLE, fill=-3.4028235e38)), HOLED, nodata=-3.4e38),
        "NumPy, 255 in one band": good(lambda f: npy(f, gaps((IMAGE // 40).astype("u1"), HOLE, fill=255, bands=1)), with_nan((IMAGE // 40).astype("u1"), HOLE), nodata=255, warns=SOME),
        "NumPy, 0 in some bands": good(lambda f: npy(f, gaps(IMAGE, HOLE, fill=0, bands=1)), gaps(IMAGE, HOLE, fill=0, bands=1), nodata=0, warns="1 of 120 pixels have 0, which stands for no data, in some bands only"),
        "NumPy, 0 in all bands": good(lambda f: npy(f, gaps(IMAGE, HOLE, fill=0)), HOLED, nodata=0),
        "NumPy, a band of zeros": good(lambda f: npy(f, gaps(IMAGE, fill=0, bands=2, *[(r, c) for r in range(ROWS) for c in range(COLS)])), WITHOUT, nodata=0, left="band 3 of 6 is without data"),
        "NumPy, a band of zeros that nothing declares": good(lambda f: npy(f, IMAGE * (np.arange(BANDS) != 2).astype("i2")), IMAGE * (np.arange(BANDS) != 2), warns="1 of 6 bands have one value in all pixels, the first of them band 3, which is 0"),
        "NumPy, truncated": bad(lambda f: npy(f, cut=2), "expected 1440 bytes of values, got 1438"),
        "NumPy, too long": bad(lambda f: npy(f, more=b"12"), "expected 1440 bytes of values, got 1442"),
        "NumPy, complex": bad(lambda f: npy(f, IMAGE.astype("c8")), "expected an array of integers or of floats .*got <c8"),
        "NumPy, booleans": bad(lambda f: npy(f, IMAGE > 0), "expected an array of integers or of floats .*got .b1"),
        "NumPy, half floats": bad(lambda f: npy(f, (IMAGE / 1000).astype("f2")), "expected an array of integers or of floats .*got <f2"),
        "NumPy, fields": bad(lambda f: npy(f, np.zeros((2, 2, 2), [("a", "f4")])), "expected an array of integers or floats"),
        "NumPy, objects": bad(lambda f: npy(f, np.array([[[None]]]), allow_pickle=True), "expected an array of integers or "),
        "NumPy, no pixels": bad(lambda f: npy(f, IMAGE[:0]), "expected as many values as its shape says"),
    }


def hdf5_files():
    """HDF5 as h5py and netCDF write it."""
    return {
        "HDF5": good(lambda f: hdf5(f, nm=NM), nm=NM),
        "HDF5, packed, in chunks": good(lambda f: hdf5(f, chunks=(5, 3, 2), compression="gzip", shuffle=True, fletcher32=True)),
        "HDF5, half floats": good(lambda f: hdf5(f, (IMAGE // 8).astype("f2")), (IMAGE // 8).astype("f2")),
        "HDF5, big end first": good(lambda f: hdf5(f, IMAGE.astype(">i4"))),
        "HDF5, two dimensions": good(lambda f: hdf5(f, IMAGE[..., 0]), IMAGE[..., :1]),
        "HDF5, CF packed": good(lambda f: hdf5(f, gaps(IMAGE, HOLE), {"scale_factor": 0.0001, "add_offset": 0.5, "_FillValue": np.int16(-9999)}), HOLED * 0.0001 + 0.5),
        "HDF5, CF packed, with NaN for no data of floats": good(lambda f: hdf5(f, with_nan(IMAGE, HOLE), {"_FillValue": np.float32(np.nan)}), HOLED),
        "HDF5, CF missing_value and _FillValue": good(lambda f: hdf5(f, gaps(gaps(IMAGE, HOLE), (0, 0), fill=-1), {"_FillValue": np.int16(-9999), "missing_value": np.int16(-1)}), with_nan(IMAGE, HOLE, (0, 0))),
        "HDF5, CF valid_range": good(lambda f: hdf5(f, gaps(IMAGE, HOLE, fill=20000, bands=0), {"valid_range": np.int16([0, 10000])}), HOLED, warns=SOME),
        "HDF5, CF valid_min": good(lambda f: hdf5(f, gaps(IMAGE, HOLE, fill=-7, bands=0), {"valid_min": np.int16(0)}), HOLED, warns=SOME),
        "HDF5, scale for each band": good(lambda f: hdf5(f, attributes={"scale_factor": np.arange(1, 7) / 10}), IMAGE * np.arange(1, 7) / 10),
        "HDF5, the file's own fill": good(lambda f: hdf5(f, gaps(IMAGE, HOLE), fillvalue=-9999), HOLED),
        "HDF5, chunks never written": good(lambda f: hdf5(f, None, more=lambda h: h["cube"].write_direct(IMAGE[2:], dest_sel=np.s_[2:]), shape=IMAGE.shape, dtype="i2", fillvalue=-9999, chunks=(1, 10, 6)),
                                           np.where(np.arange(ROWS)[:, None, None] < 2, np.nan, IMAGE)),
        "HDF5, no data of NEON": good(lambda f: hdf5(f, gaps(IMAGE, HOLE), {"Data_Ignore_Value": -9999.0}), HOLED),
        "HDF5, an attribute in Latin-1": good(lambda f: hdf5(f, more=lambda h: h5py.h5a.create(h["cube"].id, b"Gain \xe9", h5py.h5t.NATIVE_DOUBLE, h5py.h5s.create(h5py.h5s.SCALAR))), warns="attribute Gain \u00e9 is not understood"),
        "HDF5, a scale in other words": good(lambda f: hdf5(f, attributes={"Scale_Factor": 10000.0}), warns="attribute Scale_Factor is not understood"),
        "HDF5, a range of one number": bad(lambda f: hdf5(f, attributes={"valid_range": [0.0]}), "valid_range: expected two numbers"),
        "HDF5, a range backwards": bad(lambda f: hdf5(f, attributes={"valid_min": 9.0, "valid_max": 3.0}), "valid_range: expected two numbers, the first not above the second"),
        "HDF5, wavelengths of the file": good(lambda f: hdf5(f, root={"wavelength": NM}), nm=NM),
        "HDF5, wavelengths that count bands": good(lambda f: hdf5(f, attributes={"wavelength": np.arange(1.0, 7)})),
        "HDF5, bad bands as a dataset": good(lambda f: hdf5(f, nm=NM, more=lambda h: h.__setitem__("bbl", [1, 1, 0, 1, 1, 1])), WITHOUT, NM_WITHOUT, left="is bad"),
        "HDF5, no data for other bands": bad(lambda f: hdf5(f, attributes={"nodata": [-1.0, -2.0]}), "nodata: expected 1 or 6 numbers, got 2"),
        "HDF5, wavelengths by another name": good(lambda f: hdf5(f, more=lambda h: h.__setitem__("wavelength", np.array(NM) / 1000)), nm=NM),
        "HDF5, netCDF's axes": good(lambda f: hdf5(f, IMAGE.transpose(2, 0, 1)), axes="brc"),
        "HDF5, a fill value as text": good(lambda f: hdf5(f, attributes={"_FillValue": "-1"}), warns="attribute _FillValue is not understood"),
        "HDF5, a band without data": good(lambda f: hdf5(f, EMPTY, {"nodata": -9999}, NM), WITHOUT, NM_WITHOUT, left="band 3 of 6 .650 nm. is without data"),
        "HDF5, bad bands and wavelengths as attributes": good(lambda f: hdf5(f, attributes={"bbl": [1, 1, 0, 1, 1, 1], "wavelength": np.array(NM) / 1000}), WITHOUT, NM_WITHOUT, left="is bad"),
        "HDF5, a place that is none": good(lambda f: hdf5(f, root={"geotransform": [0.0] * 6}), warns="its geotransform places no area on earth"),
        "HDF5, a place of NaN": good(lambda f: hdf5(f, root={"geotransform": [1.0, np.nan, 0, 1, 0, -1]}), warns="places no area"),
        "HDF5, a place of four numbers": good(lambda f: hdf5(f, root={"geotransform": [1.0, 2, 3, 4]}), warns="places no area"),
        "HDF5, int8 that is unsigned": bad(lambda f: hdf5(f, (IMAGE // 80).astype("i1"), {"_Unsigned": "true"}), "got signed ones that `_Unsigned` says are others"),
        "HDF5, scale for other bands": bad(lambda f: hdf5(f, attributes={"scale_factor": [1.0, 2.0]}), "scale_factor: expected 1 or 6 numbers, got 2"),
        "HDF5, a scale of 0": bad(lambda f: hdf5(f, attributes={"scale_factor": 0.0}), "expected finite numbers and no scale of 0"),
        "HDF5, wavelengths of other bands": bad(lambda f: hdf5(f, nm=NM[1:]), "/wavelength_nm has 5 values but /cube has 6 bands"),
        "HDF5, bad bands of other bands": bad(lambda f: hdf5(f, attributes={"bbl": [1, 0]}), "good_bands has 2 values but /cube has 6 bands"),
        "HDF5, wavelengths of micrometres": bad(lambda f: hdf5(f, nm=np.array(NM) / 1000), "expected nanometres .*these may be micrometres"),
        "HDF5, complex": bad(lambda f: hdf5(f, IMAGE.astype("c8")), "/cube is not numeric"),
        "HDF5, booleans": bad(lambda f: hdf5(f, IMAGE > 0), "/cube is not numeric"),
        "HDF5, four dimensions": bad(lambda f: hdf5(f, IMAGE[None]), "expected 3 dimensions, got 4"),
        "HDF5, fill that nothing declares": bad(lambda f: hdf5(f, gaps(IMAGE, HOLE, fill=-32768, bands=5)), "data.nodata: expected it .* -32768 in band 6", 2),
    }


def other_files():
    """MATLAB, tables, and what is no file of any kind."""
    return {
        "MATLAB": good(lambda f: matlab_cube(f, wavelength=NM), nm=NM),
        "MATLAB, two dimensions": good(lambda f: matlab(f, pan=IMAGE[..., 0]), IMAGE[..., :1]),
        "MATLAB, wavelengths of other bands": good(lambda f: matlab_cube(f, wavelength=NM[1:]), warns="its wavelength of 5 numbers are no wavelengths of the 6 bands"),
        "MATLAB, bad bands": good(lambda f: matlab_cube(f, bbl=[1, 1, 0, 1, 1, 1]), WITHOUT, left="is bad"),
        "MATLAB, packed": good(lambda f: matlab_cube(f, cube=gaps(IMAGE, HOLE), nodata=[-9999], scale_factor=[0.0001]), HOLED * 0.0001),
        "MATLAB, truncated": bad(lambda f: matlab_cube(f, cut=5000), "expected at least .* bytes by what it says of them, got .*: it is cut off"),
        "a directory": bad(lambda f: [(f / "scene.img").mkdir(), "scene.img"][1], "scene.img"),
        "an empty file": bad(lambda f: [(f / "scene.tif").write_bytes(b""), "scene.tif"][1], "expected a scene in a format that is known"),
        "wavelengths from Excel": good(lambda f: [npy(f), (f / "nm.csv").write_bytes(b"\xef\xbb\xbf" + nm_table())][0], nm=NM, wavelength_nm={"file": "nm.csv"}),
        "wavelengths in UTF-16": bad(lambda f: [npy(f), (f / "nm.csv").write_bytes(nm_table().decode().encode("utf-16"))][0], "nm.csv: expected a text in UTF-8, got one in UTF-16", wavelength_nm={"file": "nm.csv"}),
        "wavelengths in micrometres": bad(lambda f: [npy(f), (f / "nm.csv").write_bytes(nm_table(1000))][0], "nm.csv line 2: expected a wavelength in nanometres, from 100 to 100000, got 0.45", wavelength_nm={"file": "nm.csv"}),
        "wavelengths of the bands that are left": bad(lambda f: envi(f, more="bbl = {1, 1, 0, 1, 1, 1}\n"), "data.wavelength_nm: expected 6 values, one for each band of the file, got 5", 2, wavelength_nm={"values": NM_WITHOUT}),
        "wavelengths of all bands where one leaves": good(lambda f: envi(f, more="bbl = {1, 1, 0, 1, 1, 1}\n"), WITHOUT, NM_WITHOUT, left="band 3 of 6 .650 nm.", wavelength_nm={"values": NM}),
    }


def gdal_files():
    """GeoTIFF and virtual files."""
    return {
        "GeoTIFF": good(lambda f: tiff(f, place=PLACE)),
        "GeoTIFF, tiled, packed, by pixel": good(lambda f: tiff(f, options=["TILED=YES", "COMPRESS=LZW", "INTERLEAVE=PIXEL"])),
        "GeoTIFF, one band": good(lambda f: tiff(f, IMAGE[..., :1]), IMAGE[..., :1]),
        "GeoTIFF, no data": good(lambda f: tiff(f, gaps(IMAGE, HOLE), nodata=-9999), HOLED),
        "GeoTIFF, 65535 in one band": good(lambda f: tiff(f, gaps(IMAGE.astype("<u2"), HOLE, fill=65535, bands=1), nodata=65535), HOLED, warns=SOME),
        "GeoTIFF, a band without data": good(lambda f: tiff(f, EMPTY, nodata=-9999), WITHOUT, left="band 3 of 6 is without data"),
        "GeoTIFF, a mask inside": good(lambda f: tiff(f, mask=MASK), HOLED),
        "GeoTIFF, a mask beside": good(lambda f: tiff(f, mask=MASK, sidecar=True), HOLED),
        "GeoTIFF, a mask over no data": good(lambda f: tiff(f, gaps(IMAGE, (0, 0)), nodata=-9999, mask=MASK), with_nan(IMAGE, HOLE, (0, 0))),
        "GeoTIFF, alpha": good(lambda f: tiff(f, IMAGE.astype("<u2"), alpha=MASK), HOLED, warns="its band 7 is an alpha band"),
        "GeoTIFF, scale and offset": good(lambda f: tiff(f, gaps(IMAGE, HOLE), nodata=-9999, SetScale=[0.1] * 6, SetOffset=[-100.0] * 6), HOLED * 0.1 - 100),
        "GeoTIFF, scale, 0 in some bands": good(lambda f: tiff(f, gaps(IMAGE, HOLE, fill=0, bands=1), nodata=0, SetScale=[0.1] * 6), gaps(IMAGE, HOLE, fill=0, bands=1) * 0.1),
        "GeoTIFF, wavelengths of each band": good(lambda f: tiff(f, SetMetadata=[{"wavelength": str(nm), "wavelength_units": "Nanometers"} for nm in NM]), nm=NM),
        "GeoTIFF, wavelengths of GDAL 3.10": good(lambda f: tiff(f, SetMetadata=[({"CENTRAL_WAVELENGTH_UM": str(nm / 1000)}, "IMAGERY") for nm in NM]), nm=NM),
        "GeoTIFF, wavelengths of some bands": good(lambda f: tiff(f, SetMetadata=[{"wavelength": str(nm)} if nm < 2000 else {} for nm in NM]), warns="only 5 of its bands say their wavelength"),
        "GeoTIFF, turned": good(lambda f: tiff(f, place=(0, 3, 4, 0, 4, -3))),
        "GeoTIFF, a place that is none": good(lambda f: tiff(f, place=(1, 0, 0, 1, 0, 0)), warns="places no area"),
        "GeoTIFF, control points alone": good(lambda f: tiff(f, metadata={"RPC": rpc()}), warns="placed by control points or a sensor model alone"),
        "GeoTIFF, several images": good(pages, IMAGE[..., :1], warns="it holds several images, and the first alone is used"),
        "GeoTIFF, truncated": bad(lambda f: tiff(f, cut=900), "scene.tif"),
        "GeoTIFF, complex": bad(lambda f: tiff(f, IMAGE.astype("c8")), "expected real values, got complex ones"),
        "VRT, masks of bands": good(lambda f: vrt_with_masks(f, IMAGE, MASKS), HOLED, warns=SOME),
        "VRT, a band that is masked": good(lambda f: vrt_with_masks(f, IMAGE, MASKS * (np.arange(BANDS) != 2).astype("u1")), np.delete(HOLED, 2, 2), left="band 3 of 6 is without data", warns=SOME),
        "VRT, its file is gone": bad(lambda f: [vrt_with_masks(f, IMAGE, MASKS), (f / "values.tif").unlink()][0], "scene.vrt"),
    }


def files():
    table = envi_files() | envi_contradictions() | numpy_files() | hdf5_files() | other_files()
    return table | gdal_files() if HAS_GDAL else table


def pages(folder):
    """Each band an image of its own, as ImageJ and tifffile write them."""
    from osgeo import gdal
    tiff(folder, IMAGE[..., :1])
    for band in range(1, BANDS):
        tiff(folder, IMAGE[..., band:band + 1], name="scene_page.tif")
        gdal.Translate(str(folder / "scene.tif"), str(folder / "scene_page.tif"), creationOptions=["APPEND_SUBDATASET=YES"])
    return "scene.tif"


def nm_table(by=1):
    return b"wavelength_nm\n" + b"".join(b"%g\n" % (nm / by) for nm in NM)


def rpc():
    numbers = {name: "1" for name in ("LINE_OFF", "SAMP_OFF", "LAT_OFF", "LONG_OFF", "HEIGHT_OFF", "LINE_SCALE", "SAMP_SCALE",
                                      "LAT_SCALE", "LONG_SCALE", "HEIGHT_SCALE")}
    return numbers | {f"{axis}_{part}_COEFF": " ".join(["1"] + ["0"] * 19) for axis in ("LINE", "SAMP") for part in ("NUM", "DEN")}


def matlab_cube(folder, cut=0, cube=None, **more):
    return matlab(folder, cut=cut, cube=IMAGE if cube is None else cube, **more)


@unittest.skipUnless(HAS_NUMPY, "needs NumPy and h5py")
class OddFiles(ProgramTest):
    def setUp(self):
        super().setUp()
        envi(self.folder)
        if "built without" in self.run_program("--import", "scene.hdr", "probe.h5").stderr:
            self.skipTest("built without GDAL")

    def settings(self, data):
        return [f"--set={key}={json.dumps(value)}" for key, value in data.items()]

    def run_scene(self, name, data):
        config = experiment(data={"scene": name, **data}, methods=[{"name": "bicubic"}],
                            degrade={"ratio": 2, "srf": {"fractions": [[0, 0.2], [0.8, 1]]}})
        return self.run_config(config, "--overwrite")

    def imported(self, name, data, case):
        run = self.run_program("--import", name, "imported.h5", "--overwrite", *self.settings(data))
        self.assertEqual(run.returncode, 0, run.stderr)
        warned = run.stderr.splitlines()
        self.assertTrue(all(line.startswith("warning: ") for line in warned), run.stderr)
        if case["warns"]:
            self.assertRegex("\n".join(warned), case["warns"])
        else:
            self.assertEqual(warned, [])
        left = [line for line in run.stdout.splitlines() if line.startswith("left out")]
        self.assertRegex("\n".join(left), case["left"] or r"\A\Z")
        with h5py.File(self.folder / "imported.h5") as file:
            cube = file["cube"][()]
            if "nodata" in file.attrs:
                cube[(cube == np.float32(file.attrs["nodata"])).all(2) | np.isnan(cube).any(2)] = np.nan
            values = np.array(case["values"], "f8")
            values[np.isnan(values).any(2)] = np.nan
            np.testing.assert_allclose(cube, values, rtol=1e-6)
            nm = file["wavelength_nm"][()].tolist() if "wavelength_nm" in file else None
        self.assertEqual(nm is None, case["nm"] is None, nm)
        if nm:
            np.testing.assert_allclose(nm, case["nm"])

    def ran(self, name, data, case):
        metrics = self.succeeded(self.run_scene(name, data))
        said = "\n".join(metrics["warnings"])
        for pattern in (case["left"], case["warns"]):
            if pattern:
                self.assertRegex(said, pattern)
        hashed = metrics["data_hash"]
        self.assertEqual(self.succeeded(self.run_scene("imported.h5", {}))["data_hash"], hashed)

    def test_files(self):
        for title, case in files().items():
            with self.subTest(title):
                for path in [*self.folder.glob("scene*"), *self.folder.glob("refused*")]:
                    path.rmdir() if path.is_dir() else path.unlink()
                shutil.rmtree(self.out, ignore_errors=True)
                name = case["make"](self.folder)
                if "error" in case:
                    self.refused(case["code"], case["error"],
                                 self.run_program("--import", name, "refused.h5", *self.settings(case["data"])))
                    self.assertFalse((self.folder / "refused.h5").exists())
                    self.refused(case["code"], case["error"], self.run_scene(name, case["data"]))
                    continue
                self.imported(name, case["data"], case)
                if case["values"].shape[2] > 1:
                    self.ran(name, case["data"], case)


if __name__ == "__main__":
    main()
