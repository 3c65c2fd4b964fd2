"""Fusion of hyperspectral (HSI) and multispectral (MSI) images.

On arrays in memory, NumPy or xarray, and on files:
    fuse        one sharp image of an HSI and an MSI
    estimate    what the pair says of its sensors
    degrade     the pair that two sensors would have seen of an image
    evaluate    metrics of a fused image; `metrics` has each as a function
Experiments and what they leave:
    run, show, read_results, read_scene, write_scene, read_pair, write_pair
Weights:
    read_checkpoint, write_checkpoint, state_dict; `caffe` reads those of the authors' code

Images are [rows, cols, bands], wavelengths in nanometres.
"""
from . import metrics
from .checkpoints import Checkpoint, read_checkpoint, state_dict, write_checkpoint
from .errors import ConfigError, DataError, RunError, SpecfuseWarning
from .experiments import Results, read_results, run, show
from .files import Pair, Scene, read_pair, read_scene, write_pair, write_scene
from .fusion import Fusion, Sensors, degrade, estimate, evaluate, fuse

__all__ = ["Checkpoint", "ConfigError", "DataError", "Fusion", "Pair", "Results", "RunError", "Scene", "Sensors", "SpecfuseWarning",
           "degrade", "estimate", "evaluate", "fuse", "metrics", "read_checkpoint", "read_pair", "read_results", "read_scene",
           "run", "show", "state_dict", "write_checkpoint", "write_pair", "write_scene"]
