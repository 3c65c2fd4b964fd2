"""Scenes, pairs, results and checkpoints of specfuse in Python: one file over NumPy and h5py, without a build.

Images are float32 [rows, cols, bands], wavelengths in nanometres. A DataError names file, field and what was expected.
"""
import json
import os
import shutil
import subprocess
import tempfile
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np

PROGRAM = Path(__file__).resolve().parents[1] / "run_experiment"


class DataError(ValueError):
    """A file that is missing, or holds something else than was expected."""


class SpecfuseWarning(UserWarning): """What makes the results of a run doubtful."""


class RunError(RuntimeError):
    """A run that failed: the program's message, and its exit code as `code`."""

    def __init__(self, message, code):
        super().__init__(message)
        self.code = code


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


@dataclass
class Results:
    """What a run left in its folder."""
    folder: Path
    metrics: dict  # metrics.json, which experiments/README.md describes

    @property
    def names(self):
        """The folder of each fused image: the method's label, with several seeds LABEL-seedN."""
        seed = "-seed{seed}" * (len(self.metrics["config"]["seeds"]) > 1)
        return [method["label"] + seed.format(**method) for method in self.metrics["methods"]]

    def fused(self, name):
        """The fused image, one of `names`, as a Scene."""
        return read_scene(self.folder / name / "fused.h5")

    def checkpoint(self, name):
        """What the method learned, as a Checkpoint."""
        return read_checkpoint(self.folder / name / "checkpoint.h5")


@dataclass
class Checkpoint:
    """What a method learned."""
    path: Path
    tensors: dict  # float32 by full name, such as "model/hsi.conv1.weight" or "normalization/hsi.low"
    state: dict  # integers: seed, step and the like
    config: dict  # the experiment with this method alone


@contextmanager
def _reading(path):
    if not Path(path).is_file():
        raise DataError(f"{path}: expected an HDF5 file, found none")
    try:
        file = h5py.File(path, "r")
    except OSError as problem:
        raise DataError(f"{path}: expected an HDF5 file: {problem}") from None
    with file:
        yield file


@contextmanager
def _beside(path):
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
    with _beside(path) as new, h5py.File(new, "w") as file:
        for name, values in datasets.items():
            if np.ma.is_masked(values):
                raise DataError(f"{path}: {name}: expected values without a mask; `filled(nodata)` makes them such")
            if values is not None:
                file.create_dataset(name, data=np.asarray(values, "f8" if name.endswith("wavelength_nm") else "f4"))
        for item, given in (file, attributes), (file.get("msi"), msi_attributes):
            if known := {name: value for name, value in given.items() if value is not None}:
                item.attrs.update(known)


def _expect_shape(path, name, values, expected):
    """`expected` has None for an axis of any length; values that are None have any shape."""
    shape = expected if values is None else np.shape(values)
    if len(shape) != len(expected) or any(e not in (None, s) for s, e in zip(shape, expected)):
        words = ", ".join("any" if extent is None else str(extent) for extent in expected)
        raise DataError(f"{path}: {name}: expected [{words}], got {list(shape)}")


def read_scene(path, dataset="cube"):
    """A scene or a fused image as a Scene."""
    with _reading(path) as file:
        attributes, nodata = _attributes(file, dataset)
        width = file["sigma"].attrs.get("width_95") if "sigma" in file else None
        scene = Scene(_read(file, dataset, "rows", "cols", "bands"), _wavelengths(file, "wavelength_nm"),
                      _read(file, "sigma", "rows", "cols", "bands", optional=True), None if width is None else float(width),
                      nodata, attributes)
    _expect_shape(path, "wavelength_nm", scene.wavelength_nm, scene.cube.shape[2:])
    _expect_shape(path, "sigma", scene.sigma, scene.cube.shape)
    return scene


def write_scene(path, scene):
    """A Scene as the program reads it; sigma, which no scene has, is left out."""
    _expect_shape(path, "cube", scene.cube, (None, None, None))
    _expect_shape(path, "wavelength_nm", scene.wavelength_nm, scene.cube.shape[2:])
    _write(path, {"cube": scene.cube, "wavelength_nm": scene.wavelength_nm},
           {**scene.attributes, "nodata": scene.nodata})


def _check_pair(path, pair):
    rows, cols, bands = pair.hsi.shape
    fine, few = (rows * pair.ratio, cols * pair.ratio), pair.msi.shape[2]
    if pair.ratio < 2 or pair.msi.shape[:2] != fine:
        raise DataError(f"{path}: msi: expected the {rows} x {cols} pixels of hsi times one whole ratio, got {pair.msi.shape[0]} x {pair.msi.shape[1]}")
    _expect_shape(path, "reference", pair.reference, (*fine, bands))
    _expect_shape(path, "srf", pair.srf, (few, bands))
    _expect_shape(path, "wavelength_nm", pair.wavelength_nm, (bands,))
    _expect_shape(path, "msi_wavelength_nm", pair.msi_wavelength_nm, (few,))


def read_pair(path):
    """A measured pair as a Pair."""
    with _reading(path) as file:
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
    _expect_shape(path, "hsi", pair.hsi, (None, None, None))
    _expect_shape(path, "msi", pair.msi, (None, None, None))
    _check_pair(path, pair)
    datasets = ("hsi", "msi", "reference", "srf", "wavelength_nm", "msi_wavelength_nm")
    _write(path, {name: getattr(pair, name) for name in datasets},
           {**pair.attributes, "nodata": pair.nodata, "ratio": pair.ratio}, pair.msi_attributes)


def read_results(folder):
    """The folder of a run that is done, as Results."""
    path = Path(folder) / "metrics.json"
    if not path.is_file():
        raise DataError(f"{path}: expected the results of a run, found none")
    return Results(Path(folder), json.loads(path.read_text()))


def read_checkpoint(path):
    """A checkpoint.h5 (or pretrained.h5) as a Checkpoint."""
    with _reading(path) as file:
        if file.attrs.get("format_version") != 1 or "state" not in file or "config" not in file.attrs:
            raise DataError(f"{path}: expected a checkpoint: attributes format_version of 1 and config, group /state")
        tensors = {}
        file.visititems(lambda name, item: tensors.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
        state = {name: int(value) for name, value in file["state"].attrs.items()}
        return Checkpoint(Path(path), tensors, state, json.loads(file.attrs["config"]))


def _parameters(checkpoint, folder="model/"):
    return {name.removeprefix(folder): tensor for name, tensor in checkpoint.tensors.items() if name.startswith(folder)}


def state_dict(checkpoint, best=True):
    """The parameters of a network by name, such as "hsi.conv1.weight", as PyTorch tensors for `load_state_dict`.

    The axes are PyTorch's own: [out, in, taps], [out, in, rows, cols] and [out, in]. `checkpoint` is a path or a
    Checkpoint. `best`: those of the best validation where a training has been validated, otherwise the last ones.
    """
    import torch
    checkpoint = checkpoint if isinstance(checkpoint, Checkpoint) else read_checkpoint(checkpoint)
    found = best and _parameters(checkpoint, "best/model/") or _parameters(checkpoint)
    if not found:
        raise DataError(f"{checkpoint.path}: expected the parameters of a network in /model, found none")
    return {name: torch.from_numpy(tensor.copy()) for name, tensor in found.items()}


def write_checkpoint(path, state, like):
    """A copy of the checkpoint file `like` with the parameters of `state`, for the protocol `apply`.

    `state` has tensors or arrays named and shaped as `state_dict(like)` has them. What the copy would otherwise keep of
    the training that made `like`, its best parameters and the optimiser's memory, is left out.
    """
    parameters = _parameters(read_checkpoint(like))
    if parameters.keys() != state.keys():
        raise DataError(f"{path}: expected the parameters of {like}, missing: {sorted(parameters.keys() - state)}, "
                        f"unknown: {sorted(state.keys() - parameters)}")
    with _beside(path) as new:
        shutil.copyfile(like, new)
        with h5py.File(new, "r+") as file:
            for name, value in state.items():
                value = np.asarray(value.detach().cpu() if hasattr(value, "detach") else value, np.float32)
                _expect_shape(path, name, value, parameters[name].shape)
                if not np.isfinite(value).all():
                    raise DataError(f"{path}: {name}: expected finite values")
                file[f"model/{name}"][...] = value
            for group in {"best", "optimizer"} & file.keys():
                del file[group]


def run(experiment, *, program=None, out=None, data_dir=None, set=None, overwrite=False):
    """Runs an experiment, a file or a dict, and returns its metrics.json (of a sweep its sweep.json).

    `out` is the folder of the results, results/NAME where it is not given; `data_dir` a folder with scenes, or a list of
    them. `set` changes fields by path, such as {"methods.gsa.label": "sharp"}. Results that are there are not made again;
    `overwrite` replaces those of another experiment. Throws RunError with the program's message, and warns as it does.
    """
    program, changes, given = program or PROGRAM, set or {}, isinstance(experiment, dict)
    if given and isinstance(experiment.get("sweep", {}).get("base"), str):  # a file, looked for beside the sweep's own
        experiment = {**experiment, "sweep": {**experiment["sweep"], "base": os.path.abspath(experiment["sweep"]["base"])}}
    options = ["--quiet", *["--overwrite"] * overwrite] + ([] if out is None else ["--out", out])
    folders = [data_dir] if isinstance(data_dir, (str, Path)) else data_dir or []
    options += [part for folder in folders for part in ("--data-dir", folder)]
    options += [part for name, value in changes.items() for part in ("--set", f"{name}={json.dumps(value)}")]
    with tempfile.TemporaryDirectory() as made:
        path = Path(made, "experiment.json") if given else experiment
        if given:
            path.write_text(json.dumps(experiment))
        try:
            done = subprocess.run([str(part) for part in (program, path, *options)], capture_output=True, text=True)
        except OSError as problem:
            raise RunError(f"cannot run {program}: {problem.strerror}; `make` builds it", None) from None
    text = done.stderr.replace(str(path), "experiment") if given else done.stderr
    said = lambda start: [line.removeprefix(start) for line in text.splitlines() if line.startswith(start)]
    for warning in said("warning: "):
        warnings.warn(warning, SpecfuseWarning, stacklevel=2)
    if done.returncode:
        raise RunError("\n".join(said("run_experiment: error: ")) or text.strip(), done.returncode)
    config = experiment if given else json.loads(Path(experiment).read_text("utf-8-sig"))
    folder = Path(out or Path("results", changes.get("name", config["name"])))
    return json.loads((folder / ("sweep.json" if "sweep" in config else "metrics.json")).read_text())


def show(results):
    """The inputs, the reference and every fused image of a run side by side in the report's natural colours, with the
    scores (without a reference those one scale down, where there are such), as a Matplotlib figure.

    `results` is a folder or Results; with several seeds the images are of the first, the scores means."""
    from matplotlib import pyplot
    results = results if isinstance(results, Results) else read_results(results)
    measures, scores = results.metrics["config"]["report"]["metrics"], results.metrics["summary"]["scores"]
    fused = {method["label"]: f"fused_{method['label']}" for method in results.metrics["methods"]}
    pictures = {"hsi": "hsi", "msi": "msi", "reference": "reference", **fused}
    pictures = {title: results.folder / "figures" / f"{name}.png" for title, name in pictures.items()
                if f"figures/{name}.png" in results.metrics["files"]}
    figure, axes = pyplot.subplots(1, len(pictures), figsize=(3 * len(pictures), 4), squeeze=False)
    for place, (title, path) in zip(axes[0], pictures.items()):
        place.imshow(pyplot.imread(path))
        place.axis("off")
        means = {key: score["mean"] for key, score in scores.get(title, {}).items()}
        keys = (key for measure in measures for key in (measure, f"reduced_{measure}") if means.get(key) is not None)
        place.set_title("\n".join([title, *(f"{key} {means[key]:.4g}" for key in keys)]), fontsize=9)
    figure.tight_layout()
    return figure
