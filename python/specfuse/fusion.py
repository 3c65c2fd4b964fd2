"""Fusion, estimation, simulation and scores of arrays in memory."""
from __future__ import annotations

import base64
import json
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from .compiled import core
from .errors import DataError, SpecfuseWarning
from .images import ImageLike, image_of, like_input
from .progress import shown


@dataclass(repr=False)
class Sensors:
    """What a pair says of its sensors: `findings` has for each what was assumed, what was found, which is used and why."""
    findings: list[dict]
    estimate: dict = field(default_factory=dict)  # numbers: "psf", "psf_fwhm", "shift", "srf", "gain", "offset"

    def __repr__(self):
        return "\n".join(f"{one['what']}: {one[one['used']]}, {one['used']} ({one['why']})" for one in self.findings) or "Sensors as assumed"


@dataclass(repr=False)
class Fusion:
    """A fused image, and what there is to know of it. NumPy takes it as its `image`."""
    image: object  # [rows, cols, bands] of the MSI and the HSI, as the HSI was given: an array or a DataArray
    sigma: object | None  # as image: the true value is within sigma of it in 68 % of all cases
    width_95: float  # and within this times sigma in 95 %
    wavelength_nm: np.ndarray | None
    attributes: dict  # such as "geotransform" and "projection"
    method: str
    sensors: Sensors
    warnings: list[str]

    def __array__(self, dtype=None, copy=None):
        return np.array(self.image, dtype) if copy else np.asarray(self.image, dtype)

    def __repr__(self):
        size = " x ".join(map(str, np.shape(self.image)))
        doubtful = f", {len(self.warnings)} warning{'s' * (len(self.warnings) > 1)}" if self.warnings else ""
        return f"<Fusion of {size} by {self.method}{', with sigma' if self.sigma is not None else ''}{doubtful}>"

    def _repr_html_(self):
        import html
        values = self._pixels
        picture = base64.b64encode(core().picture(values, list(self.wavelength_nm) if self.wavelength_nm is not None else [])).decode()
        lines = [repr(self), *(f"warning: {text}" for text in self.warnings), *repr(self.sensors).splitlines()]
        return f'<img src="data:image/png;base64,{picture}"><pre>{html.escape(chr(10).join(lines))}</pre>'

    def write(self, path: str | Path) -> None:
        """Writes the image as the program does: `.tif` (GeoTIFF), `.img` (ENVI), `.h5` or `.mat`, with wavelengths, place and no
        data; as integers where the file of the HSI is of integers with a scale and the format takes them. The errors to expect
        go to NAME_sigma beside it, in `.h5` into the file. Raises ConfigError for another ending."""
        path, image = Path(path), {"wavelength_nm": [] if self.wavelength_nm is None else list(self.wavelength_nm), "attributes": self.attributes}
        values = {"values": image_of(self.image, "image").values}
        sigma = None if self.sigma is None else image_of(self.sigma, "sigma").values
        if sigma is not None and path.suffix == ".h5":
            return core().write_image(str(path), image | values | {"sigma": sigma, "width_95": self.width_95})
        core().write_image(str(path), image | values | ({} if self._packing is None else {"packing": self._packing}))
        if sigma is not None:
            core().write_image(str(path.with_name(f"{path.stem}_sigma{path.suffix}")), image | {"values": sigma})

    _pixels: np.ndarray = None  # [rows, cols, bands]
    _packing: tuple | None = None  # scale and offset of the integers of the file of the HSI


def fuse(hsi: ImageLike, msi: ImageLike, *, ratio: int | None = None, method: str = "two_cnn_fu_plus", srf: str | ArrayLike | None = None,
         psf: float | str | ArrayLike | None = None, wavelengths: ArrayLike | None = None, msi_wavelengths: ArrayLike | None = None,
         nodata: float | None = None, sigma: bool = True, seed: int = 0, options: dict | None = None, degrade: dict | None = None,
         progress: bool = False) -> Fusion:
    """The sharp image of an HSI (many bands, coarse pixels) and an MSI (few bands, fine pixels) of the same place.

    hsi, msi: arrays [rows, cols, bands], DataArrays in any order of dimensions, or paths of files.
    ratio: edge of a pixel of the HSI in pixels of the MSI; None: that of the sizes, or of the pixel sizes.
    srf: response of the MSI: rows [msi bands, bands], a sensor such as "sentinel2a", or None: estimated from the pair.
    psf: full width at half maximum in pixels of the MSI, a kernel [size, size], or None: a Gaussian as wide as the ratio. What
        is given is tested against the pair, and replaced where the pair contradicts it; `degrade={"estimate": {...}}` changes that.
    wavelengths, msi_wavelengths: band centres in nanometres, where the images do not bring them.
    nodata: what stands for no data in both; NaN always does.
    sigma: whether to keep the error to expect of each value, which `two_cnn_fu_plus` tells.
    options: of the method; `degrade`: more fields of an experiment (experiments/README.md has both).
    progress: whether to show it: in a notebook as bars of tqdm where that is installed, else on standard error.

    Returns a Fusion. Raises DataError and ConfigError; warns with SpecfuseWarning where a result may be wrong.
    """
    hsi = image_of(hsi, "hsi", wavelengths, nodata)
    msi = image_of(msi, "msi", msi_wavelengths, nodata)
    config = _experiment(hsi, msi, _degrade(ratio, srf, psf, degrade), {**(options or {}), "name": method}, seed)
    with shown(progress):
        made = core().fuse(json.dumps(config), ["."])
    _warn(made["warnings"])
    attributes, values = made["attributes"], _with_gaps(made, "values")
    width = _with_gaps(made, "sigma") if sigma else None
    fused = Fusion(like_input(values, msi, hsi, attributes), None if width is None else like_input(width, msi, hsi, attributes),
                   made["width_95"], np.array(made["wavelength_nm"]) if made["wavelength_nm"] else None, attributes, method,
                   _sensors(made["sensors"]), made["warnings"])
    fused._pixels = values
    file = config["data"]["hsi"]["file"]
    fused._packing = None if file.startswith("array:") else core().packing(file)
    return fused


def estimate(hsi: ImageLike, msi: ImageLike, *, ratio: int | None = None, srf: str | ArrayLike | None = None,
             psf: float | str | ArrayLike | None = None, wavelengths: ArrayLike | None = None, msi_wavelengths: ArrayLike | None = None,
             nodata: float | None = None, degrade: dict | None = None) -> Sensors:
    """What a pair says of PSF, shift, response and gain, as `fuse` uses it: Sensors. Parameters as those of `fuse`."""
    hsi = image_of(hsi, "hsi", wavelengths, nodata)
    msi = image_of(msi, "msi", msi_wavelengths, nodata)
    config = _experiment(hsi, msi, _degrade(ratio, srf, psf, degrade), {"name": "bicubic"}, 0)
    found = core().estimate(json.dumps(config), ["."])
    _warn(found["warnings"])
    return _sensors(found["sensors"])


def degrade(image: ImageLike, *, ratio: int, psf: float | str | ArrayLike | None = None, srf: str | ArrayLike = "landsat7",
            snr_db: float | tuple[float | None, float | None] | None = None, msi_shift: tuple[float, float] = (0, 0),
            wavelengths: ArrayLike | None = None, nodata: float | None = None, seed: int = 0) -> tuple:
    """The pair (hsi, msi) that two sensors would have seen of a sharp image, as experiments simulate it.

    snr_db: signal to noise of both images in decibels, or of each (hsi, msi); None: no noise.
    msi_shift: registration error of the MSI in fine pixels, down and to the right.
    """
    image = image_of(image, "image", wavelengths, nodata)
    pair = snr_db if isinstance(snr_db, (tuple, list)) else (snr_db, snr_db)
    fields = {"snr_db": {"hsi": pair[0], "msi": pair[1]}, "msi_shift": list(msi_shift)}
    config = {"name": "degrade", "data": {"scene": image.name}, "degrade": _degrade(ratio, srf, psf, fields), "seeds": [seed],
              "methods": [{"name": "bicubic"}]}
    made = core().degrade(json.dumps(config), ["."])
    return tuple(like_input(_with_gaps(one, "values"), image, image, one["attributes"]) for one in made)


def evaluate(reference: ImageLike, fused: ImageLike | Fusion, *, ratio: int = 1) -> dict[str, float]:
    """All metrics of a fused image against its reference, by name; NaN is no data. `ratio` enters ERGAS alone."""
    reference, fused = image_of(reference, "reference"), image_of(fused.image if isinstance(fused, Fusion) else fused, "fused")
    if reference.values.shape != fused.values.shape:
        raise DataError(f"fused: expected {list(reference.values.shape)} as the reference, got {list(fused.values.shape)}")
    return core().evaluate(reference.values, fused.values, ratio)


def _experiment(hsi, msi, degrade, method, seed):
    """The experiment that fuses two images."""
    if hsi.path and msi.path:  # as --fuse composes it
        told = {f"data.{one.label}.{name}": value for one in (hsi, msi) for name, value in one.fields.items() if name != "file"}
        told |= {f"degrade.{name}": value for name, value in degrade.items()}
        settings = [f"{name}={json.dumps(value)}" for name, value in told.items()]
        config = json.loads(core().compose(hsi.name, msi.name, method["name"], settings))
    else:
        if "ratio" not in degrade and not hsi.path and not msi.path:
            degrade = {"ratio": _ratio_of(hsi, msi), **degrade}
        config = {"name": "fuse", "data": {"hsi": hsi.fields, "msi": msi.fields}, "degrade": degrade}
    return config | {"methods": [method], "seeds": [seed]}


def _ratio_of(hsi, msi):
    steps = [one.attributes.get("geotransform") for one in (hsi, msi)]
    if all(steps):
        return round(abs(steps[0][1] / steps[1][1]))
    ratio, rest = divmod(msi.values.shape[0], hsi.values.shape[0])
    if rest or ratio < 2 or msi.values.shape[1] != ratio * hsi.values.shape[1]:
        raise DataError(f"msi: expected the {hsi.values.shape[0]} x {hsi.values.shape[1]} pixels of hsi times a whole ratio, "
                        f"got {msi.values.shape[0]} x {msi.values.shape[1]}")
    return ratio


def _degrade(ratio, srf, psf, more):
    """The part `degrade` of an experiment."""
    fields = {} if ratio is None else {"ratio": int(ratio)}
    if isinstance(srf, str):
        fields["srf"] = {"sensor": srf}
    elif srf is not None:
        fields["srf"] = {"weights": np.asarray(srf, float).tolist()}
    if isinstance(psf, str):
        fields["psf"] = {"type": psf}
    elif np.ndim(psf) == 2:
        fields["psf"] = {"type": "kernel", "weights": np.asarray(psf, float).tolist()}
    elif psf is not None:
        fields["psf"] = {"type": "gaussian", "fwhm": float(psf)}
    return fields | (more or {})


def _sensors(text):
    found = json.loads(text) if text else {}
    return Sensors(found.pop("findings", []), found)


def _with_gaps(made, name):
    """An image of the library with NaN where there is no data."""
    if made[name] is None or "valid" not in made:
        return made[name]
    return np.where(made["valid"][..., None] != 0, made[name], np.float32(np.nan))


def _warn(sentences):
    for sentence in sentences:
        warnings.warn(sentence, SpecfuseWarning, stacklevel=3)
