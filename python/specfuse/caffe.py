"""Weights that Caffe learned, for specfuse to apply."""
import re

import h5py
import numpy as np

from .checkpoints import state_dict, write_checkpoint
from .errors import DataError


def checkpoint_from_caffe(caffe_h5, like, out, layers=None, transposed=False):
    """Writes the weights of a `.caffemodel.h5` (groups /data/LAYER with the weights 0 and the biases 1) as a checkpoint.

    `like` is the checkpoint of a network of the same layers, such as one that was trained for no steps; configuration
    and normalisation are its own. A layer is told by the shape of its weights, of layers of one shape, such as hsi.conv2
    and hsi.conv3, by the order of their names; `layers` says where this is not so, such as {"hsi.conv2": "conv2_h"}.
    `transposed`: the patches that Caffe saw had columns before rows, as arrays that MATLAB writes have.
    Returns which of Caffe's layers each layer is.
    """
    state = state_dict(like)
    shapes = {name.removesuffix(".weight"): tuple(value.shape) for name, value in state.items()
              if name.endswith(".weight")}
    blobs = _read_blobs(caffe_h5)
    found = _matched(caffe_h5, shapes, blobs, layers or {})
    for name, layer in found.items():
        weight, bias = (blob.reshape(state[f"{name}.{kind}"].shape) for blob, kind in zip(blobs[layer], ("weight", "bias")))
        if transposed and name.startswith("msi."):
            weight = _with_rows_first(weight, shapes["msi.conv3"][0])
        state[f"{name}.weight"], state[f"{name}.bias"] = weight, bias
    write_checkpoint(out, state, like)
    with h5py.File(out, "r+") as file:
        if "learned_from" in file:
            del file["learned_from"]  # that is of `like`, and what Caffe learned from is not known
    return found


def _read_blobs(path):
    """The weights and biases of each layer that has both."""
    if not h5py.is_hdf5(path):
        raise DataError(f"{path}: expected an HDF5 file")
    with h5py.File(path) as file:
        groups = file["data"] if "data" in file else {}
        blobs = {name: (group["0"][()], group["1"][()]) for name, group in groups.items() if {"0", "1"} <= set(group)}
    if not blobs:
        raise DataError(f"{path}: expected groups /data/LAYER with datasets 0 and 1, as Caffe writes them")
    return blobs


def _plain(shape):
    """Without axes of length 1, of which Caffe has more: a spectrum is an image of one column or row."""
    return tuple(extent for extent in shape if extent != 1)


def _matched(path, shapes, blobs, layers):
    """Which of Caffe's layers each layer of ours is."""
    unknown = [name for name in layers if name not in shapes] + [name for name in layers.values() if name not in blobs]
    if unknown:
        raise DataError(f"{path}: layers: expected {', '.join(shapes)} and of the file {', '.join(blobs)}, got "
                                 f"{', '.join(unknown)}")
    found = dict(layers)
    for name, shape in shapes.items():
        if name not in found:
            ours = [other for other in shapes if _plain(shapes[other]) == _plain(shape) and other not in layers]
            theirs = [other for other in blobs if _plain(blobs[other][0].shape) == _plain(shape)
                      and other not in layers.values()]
            if len(ours) != len(theirs) or len({re.sub(r"\d+$", "", other) for other in ours}) > 1:
                raise DataError(
                    f"{path}: expected {len(ours)} layer(s) of shape {shape}, for {', '.join(ours)}, got "
                    f"{', '.join(theirs) or 'none'}; `layers` says which is which. The file has " +
                    ", ".join(f"{other} {blob[0].shape}" for other, blob in blobs.items()))
            found |= zip(sorted(ours, key=_natural), sorted(theirs, key=_natural))
    for name, layer in found.items():
        weight, bias = (blob.shape for blob in blobs[layer])
        if _plain(weight) != _plain(shapes[name]) or np.prod(bias) != shapes[name][0]:
            raise DataError(f"{path}: {layer}: expected weights {shapes[name]} and as many biases as {name} has, "
                                     f"got {weight} and {bias}")
    return found


def _natural(name):
    """ip10 comes after ip9."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def _with_rows_first(weight, maps):
    if weight.ndim == 4:
        return weight.swapaxes(2, 3)
    side = round((weight.shape[1] / maps) ** 0.5)
    return weight.reshape(-1, maps, side, side).swapaxes(2, 3).reshape(weight.shape)
