"""Images as Python has them, and as the library takes them."""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Union

import numpy as np

from .compiled import core
from .errors import DataError

# An array [rows, cols, bands], a DataArray, or the path of a file.
ImageLike = Union[np.ndarray, "xarray.DataArray", str, Path]  # noqa: F821, as xarray is loaded by whoever has one
BAND_NAMES = ("band", "bands", "wavelength", "wavelengths", "channel", "spectral")
ROW_NAMES, COLUMN_NAMES = ("y", "row", "rows", "lat", "latitude", "northing"), ("x", "col", "cols", "column", "lon", "longitude", "easting")
NANOMETRES = {"nm": 1, "nanometers": 1, "nanometres": 1, "nanometer": 1, "um": 1000, "µm": 1000, "micrometers": 1000, "micrometres": 1000}


@dataclass
class Image:
    """What the library is given: [rows, cols, bands], or a file."""
    label: str  # "hsi" or the like, for messages
    values: np.ndarray | None = None
    path: Path | None = None
    wavelength_nm: list = field(default_factory=list)
    attributes: dict = field(default_factory=dict)  # as those of a file: "geotransform", "projection", "nodata"
    like: object = None  # the DataArray that it came from
    held: object = None

    @property
    def fields(self):
        """Of an experiment."""
        fields = {"file": self.name}
        if self.path is not None and self.wavelength_nm:
            fields["wavelength_nm"] = {"values": self.wavelength_nm}
        if self.path is not None and "nodata" in self.attributes:
            fields["nodata"] = {"value": self.attributes["nodata"][0]}
        return fields

    @property
    def name(self):
        """As an experiment calls it."""
        if self.path is not None:
            return str(self.path)
        if self.held is None:
            self.held = core().HeldImage(self.label, self.values, self.wavelength_nm, self.attributes)
        return self.held.name


def image_of(given, what, wavelengths=None, nodata=None):
    """An Image of an array, a DataArray or a path."""
    if isinstance(given, (str, Path)):
        path = Path(given).expanduser().resolve()
        if not path.exists():
            raise DataError(f"{what}: {given}: no such file")
        return Image(what, path=path, wavelength_nm=_numbers(wavelengths),
                     attributes={} if nodata is None else {"nodata": [float(nodata)]})
    image = _of_xarray(given, what) if _is_xarray(given) else Image(what, _values(given, what))
    if wavelengths is not None:
        image.wavelength_nm = _numbers(wavelengths)
    if image.wavelength_nm and len(image.wavelength_nm) != image.values.shape[2]:
        raise DataError(f"{what}: expected {image.values.shape[2]} wavelengths, one a band, got {len(image.wavelength_nm)}")
    if nodata is None and not np.isfinite(image.values).all():
        nodata = np.nan
    if nodata is not None:
        image.attributes["nodata"] = [float(nodata)]
    return image


def like_input(values, image, dims_of, attributes):
    """Values [rows, cols, bands] as a DataArray where `dims_of` came as one; rows and columns are those of `attributes`."""
    if dims_of.like is None:
        return values
    import xarray
    given = dims_of.like
    rows, cols, bands = (_dimension(given, axis) for axis in ("rows", "cols", "bands"))
    coordinates = {}
    if bands in given.coords and given.sizes[bands] == values.shape[2]:
        coordinates[bands] = given.coords[bands]
    at = attributes.get("geotransform")
    if at and at[2] == 0 and at[4] == 0:
        coordinates[rows] = at[3] + at[5] * (np.arange(values.shape[0]) + 0.5)
        coordinates[cols] = at[0] + at[1] * (np.arange(values.shape[1]) + 0.5)
    fine = image.like if image.like is not None else given
    for name, coordinate in fine.coords.items():
        if coordinate.ndim == 0:  # the coordinate system, as rioxarray keeps it
            coordinates[name] = _placed(coordinate, at)
    made = xarray.DataArray(values, dims=(rows, cols, bands), coords=coordinates, attrs=given.attrs, name="fused")
    return made.transpose(*given.dims)


def _placed(coordinate, geotransform):
    placed = coordinate.copy()
    if geotransform and "GeoTransform" in placed.attrs:
        placed.attrs["GeoTransform"] = " ".join(repr(number) for number in geotransform)
    return placed


def _is_xarray(given):
    return hasattr(given, "dims") and hasattr(given, "coords") and hasattr(given, "values")


def _numbers(values):
    return [] if values is None else [float(value) for value in np.asarray(values).ravel()]


def _values(given, what):
    if np.ma.is_masked(given):
        given = np.ma.filled(given.astype(np.float32), np.nan)
    values = np.asarray(given)
    if values.ndim == 2:
        values = values[..., None]
    if values.ndim != 3 or values.dtype.kind not in "iuf":
        raise DataError(f"{what}: expected numbers [rows, cols, bands], got {values.dtype} {list(values.shape)}")
    return np.ascontiguousarray(values, np.float32)


def _dimension(array, which):
    """The name of one of the three dimensions of a DataArray."""
    known = {"rows": ROW_NAMES, "cols": COLUMN_NAMES, "bands": BAND_NAMES}
    for name in array.dims:
        if str(name).lower() in known[which]:
            return name
    others = [name for name in array.dims if not any(str(name).lower() in names for names in known.values())]
    if len(others) == 1:
        return others[0]
    raise DataError(f"expected dimensions y, x and band, in any order, got {', '.join(map(str, array.dims))}")


def _of_xarray(array, what):
    if array.ndim == 2:
        array = array.expand_dims("band", -1)
    if array.ndim != 3:
        raise DataError(f"{what}: expected three dimensions, got {', '.join(map(str, array.dims))}")
    rows, cols, bands = (_dimension(array, axis) for axis in ("rows", "cols", "bands"))
    image = Image(what, _values(array.transpose(rows, cols, bands).values, what), like=array)
    for name, coordinate in array.coords.items():
        if coordinate.dims == (bands,) and "wavelength" in str(name).lower():
            factor = NANOMETRES.get(str(coordinate.attrs.get("units", "nm")).lower())
            if factor is None:
                raise DataError(f"{what}: {name}: expected units nm or um, got {coordinate.attrs['units']}")
            image.wavelength_nm = [float(value) * factor for value in coordinate.values]
    if rows in array.coords and cols in array.coords:
        place = _geotransform(np.asarray(array[rows], float), np.asarray(array[cols], float))
        if place:
            image.attributes["geotransform"] = place
    for coordinate in array.coords.values():
        if "crs_wkt" in coordinate.attrs:
            image.attributes["projection"] = coordinate.attrs["crs_wkt"]
    for given in array.attrs.get("_FillValue"), array.encoding.get("_FillValue"):
        if given is not None:
            image.attributes["nodata"] = [float(given)]
    return image


def _geotransform(y, x):
    """GDAL's six numbers of pixel centres; none where they are not evenly spaced."""
    if len(y) < 2 or len(x) < 2:
        return None
    down, right = (y[-1] - y[0]) / (len(y) - 1), (x[-1] - x[0]) / (len(x) - 1)
    if not np.allclose(np.diff(y), down) or not np.allclose(np.diff(x), right):
        return None
    return [float(x[0] - right / 2), float(right), 0.0, float(y[0] - down / 2), 0.0, float(down)]
