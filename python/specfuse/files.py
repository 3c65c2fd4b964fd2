"""Scenes and pairs in HDF5 as the program reads and writes them.

Images are float32 [rows, cols, bands], wavelengths in nanometres. A DataError names file, field and what was expected.
"""
from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np

from .errors import DataError


@dataclass
class Scene:
    """An image, and what is known of it; a fused.h5 is one, too."""
    cube: np.ndarray  # [rows, cols, bands], in the unit of the file
    wavelength_nm: np.ndarray | None = None  # [bands], the band centres
    sigma: np.ndarray | None = None  # as cube: the true value is within sigma of it in 68 % of all cases
    width_95: float | None = None  # and within this times sigma in 95 %
    nodata: float | None = None  # what stands for no data
    attributes: dict = field(default_factory=dict)  # of the file: sensor, licence and the like

    @property
    def valid(self):
        """[rows, cols], True where there is data."""
        if self.nodata is None:
            return np.ones(self.cube.shape[:2], bool)
        if np.isnan(self.nodata):
            return ~np.isnan(self.cube).any(2)
        missing = self.cube == np.float32(self.nodata)
        return ~(missing.all(2) if self.nodata == 0 else missing.any(2))  # zero may have been measured in one band


@dataclass
class Pair:
    """Two images of one place."""
    hsi: np.ndarray  # [rows, cols, bands], coarse
    msi: np.ndarray  # [rows * ratio, cols * ratio, msi bands], fine
    reference: np.ndarray | None = None  # [rows * ratio, cols * ratio, bands], for scores alone
    srf: np.ndarray | None = None  # [msi bands, bands], spectral response of the MSI on the bands of the HSI
    wavelength_nm: np.ndarray | None = None  # [bands]
    msi_wavelength_nm: np.ndarray | None = None  # [msi bands]
    nodata: float | None = None
    attributes: dict = field(default_factory=dict)  # of the file, which say where the HSI lies
    msi_attributes: dict = field(default_factory=dict)  # of the MSI alone, as its geotransform

    @property
    def ratio(self):
        """Edge of a pixel of the HSI in pixels of the MSI."""
        return self.msi.shape[0] // self.hsi.shape[0]


@contextmanager
def reading(path):
    if not Path(path).is_file():
        raise DataError(f"{path}: expected an HDF5 file, found none")
    try:
        file = h5py.File(path, "r")
    except OSError as problem:
        raise DataError(f"{path}: expected an HDF5 file: {problem}") from None
    with file:
        yield file


@contextmanager
def beside(path):
    """A name to write to, which becomes `path` when all is written."""
    new = f"{path}.new"
    try:
        yield new
        os.replace(new, path)
    finally:
        Path(new).unlink(missing_ok=True)


def _read(file, name, *axes, optional=False):
    """A dataset of these axes as float32."""
    if optional and name not in file:
        return None
    expected = f"{file.filename}: expected /{name} [{', '.join(axes)}]"
    if not isinstance(file.get(name), h5py.Dataset):
        raise DataError(f"{expected}, found {', '.join('/' + other for other in file) or 'nothing'}")
    values, turned = file[name][()], "MATLAB_class" in file[name].attrs  # MATLAB writes its first dimension fastest
    if values.ndim == 2 and len(axes) == 3:  # one band
        values = values[None] if turned else values[..., None]
    if values.ndim != len(axes) or values.dtype.kind not in "iuf":
        raise DataError(f"{expected} of numbers, got {values.dtype} {list(values.shape)}")
    return np.ascontiguousarray(values.T if turned else values, np.float32)


def _wavelengths(file, name):
    return file[name][()].astype(float).ravel() if name in file else None


def _own_attributes(item):
    known = {name: value.decode("utf-8", "replace") if isinstance(value, bytes) else value
             for name, value in item.attrs.items() if not name.startswith("MATLAB_")}
    return {name: value for name, value in known.items() if isinstance(value, str) or np.asarray(value).dtype.kind in "iuf"}


def _attributes(file, dataset):
    """The attributes of a file and before them those of its dataset, and what of them stands for no data."""
    attributes = {**_own_attributes(file), **(_own_attributes(file[dataset]) if dataset in file else {})}
    nodata = attributes.pop("nodata", None)
    return attributes, None if nodata is None else float(np.ravel(nodata)[0])


def _write(path, datasets, attributes, msi_attributes={}):
    """Datasets by name, those that are None left out."""
    with beside(path) as new, h5py.File(new, "w") as file:
        for name, values in datasets.items():
            if np.ma.is_masked(values):
                raise DataError(f"{path}: {name}: expected values without a mask; `filled(nodata)` makes them such")
            if values is not None:
                file.create_dataset(name, data=np.asarray(values, "f8" if name.endswith("wavelength_nm") else "f4"))
        for item, given in (file, attributes), (file.get("msi"), msi_attributes):
            if known := {name: value for name, value in given.items() if value is not None}:
                item.attrs.update(known)


def expect_shape(path, name, values, expected):
    """`expected` has None for an axis of any length; values that are None have any shape."""
    shape = expected if values is None else np.shape(values)
    if len(shape) != len(expected) or any(e not in (None, s) for s, e in zip(shape, expected)):
        words = ", ".join("any" if extent is None else str(extent) for extent in expected)
        raise DataError(f"{path}: {name}: expected [{words}], got {list(shape)}")


def read_scene(path, dataset="cube"):
    """A scene or a fused image as a Scene."""
    with reading(path) as file:
        attributes, nodata = _attributes(file, dataset)
        width = file["sigma"].attrs.get("width_95") if "sigma" in file else None
        scene = Scene(_read(file, dataset, "rows", "cols", "bands"), _wavelengths(file, "wavelength_nm"),
                      _read(file, "sigma", "rows", "cols", "bands", optional=True), None if width is None else float(width),
                      nodata, attributes)
    expect_shape(path, "wavelength_nm", scene.wavelength_nm, scene.cube.shape[2:])
    expect_shape(path, "sigma", scene.sigma, scene.cube.shape)
    return scene


def write_scene(path, scene):
    """A Scene as the program reads it; sigma, which no scene has, is left out."""
    expect_shape(path, "cube", scene.cube, (None, None, None))
    expect_shape(path, "wavelength_nm", scene.wavelength_nm, scene.cube.shape[2:])
    _write(path, {"cube": scene.cube, "wavelength_nm": scene.wavelength_nm},
           {**scene.attributes, "nodata": scene.nodata})


def _check_pair(path, pair):
    rows, cols, bands = pair.hsi.shape
    fine, few = (rows * pair.ratio, cols * pair.ratio), pair.msi.shape[2]
    if pair.ratio < 2 or pair.msi.shape[:2] != fine:
        raise DataError(f"{path}: msi: expected the {rows} x {cols} pixels of hsi times one whole ratio, got {pair.msi.shape[0]} x {pair.msi.shape[1]}")
    expect_shape(path, "reference", pair.reference, (*fine, bands))
    expect_shape(path, "srf", pair.srf, (few, bands))
    expect_shape(path, "wavelength_nm", pair.wavelength_nm, (bands,))
    expect_shape(path, "msi_wavelength_nm", pair.msi_wavelength_nm, (few,))


def read_pair(path):
    """A measured pair as a Pair."""
    with reading(path) as file:
        attributes, nodata = _attributes(file, "hsi")
        attributes.pop("ratio", None)
        axes = ("rows", "cols", "bands")
        pair = Pair(_read(file, "hsi", *axes), _read(file, "msi", *axes), _read(file, "reference", *axes, optional=True),
                    _read(file, "srf", "msi bands", "bands", optional=True), _wavelengths(file, "wavelength_nm"),
                    _wavelengths(file, "msi_wavelength_nm"), nodata, attributes, _own_attributes(file["msi"]))
    _check_pair(path, pair)
    return pair


def write_pair(path, pair):
    """A Pair as the program reads it."""
    expect_shape(path, "hsi", pair.hsi, (None, None, None))
    expect_shape(path, "msi", pair.msi, (None, None, None))
    _check_pair(path, pair)
    datasets = ("hsi", "msi", "reference", "srf", "wavelength_nm", "msi_wavelength_nm")
    _write(path, {name: getattr(pair, name) for name in datasets},
           {**pair.attributes, "nodata": pair.nodata, "ratio": pair.ratio}, pair.msi_attributes)
