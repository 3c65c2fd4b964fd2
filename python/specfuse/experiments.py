"""Experiments: run by the program, and what they leave."""
import json
import os
import shutil
import subprocess
import sysconfig
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

from .checkpoints import read_checkpoint
from .errors import DataError, RunError, SpecfuseWarning
from .files import read_scene


def _program():
    """run_experiment of this source tree or of the one whose build folder this is, as pip installed it, or from the PATH."""
    above = Path(__file__).resolve().parents
    for folder in above[2], above[3], Path(sysconfig.get_path("scripts")):
        if (folder / "run_experiment").exists():
            return folder / "run_experiment"
    return shutil.which("run_experiment") or "run_experiment"


PROGRAM = _program()


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


def read_results(folder):
    """The folder of a run that is done, as Results."""
    path = Path(folder) / "metrics.json"
    if not path.is_file():
        raise DataError(f"{path}: expected the results of a run, found none")
    return Results(Path(folder), json.loads(path.read_text()))


def run(experiment, *, program=None, out=None, data_dir=None, changes=None, overwrite=False):
    """Runs an experiment, a file or a dict, and returns its metrics.json (of a sweep its sweep.json).

    `out` is the folder of the results, results/NAME where it is not given; `data_dir` a folder with scenes, or a list of
    them. `changes` sets fields by path, such as {"methods.gsa.label": "sharp"}. Results that are there are not made again;
    `overwrite` replaces those of another experiment. Raises RunError with the program's message, and warns as it does.
    """
    program, changes, given = program or PROGRAM, changes or {}, isinstance(experiment, dict)
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
        means = {key: score["mean"] and float(score["mean"]) for key, score in scores.get(title, {}).items()}
        keys = (key for measure in measures for key in (measure, f"reduced_{measure}") if means.get(key) is not None)
        place.set_title("\n".join([title, *(f"{key} {means[key]:.4g}" for key in keys)]), fontsize=9)
    figure.tight_layout()
    return figure
