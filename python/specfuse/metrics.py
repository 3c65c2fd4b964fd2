"""Metrics as functions, each of a reference and a fused image [rows, cols, bands], such as `metrics.sam_deg(x, y)`.

`specfuse.evaluate` computes all of them at once. ERGAS needs the ratio of the pixel sizes: `metrics.ergas(x, y, ratio=4)`.
"""
from functools import partial

import numpy as np


def _metric(name, reference, fused, ratio=1):
    from .compiled import core
    return core().evaluate(np.asarray(reference), np.asarray(fused), ratio)[name]


def __dir__():
    from .compiled import core
    return sorted(core().metrics())


def __getattr__(name):
    if not name.startswith("_") and name in __dir__():
        return partial(_metric, name)
    raise AttributeError(f"module {__name__!r} has no metric {name!r}")
