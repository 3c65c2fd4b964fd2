"""What methods learned: checkpoints, and their weights for PyTorch and back."""
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from .errors import DataError
from .files import beside, expect_shape, reading


@dataclass
class Checkpoint:
    """What a method learned."""
    path: Path
    tensors: dict  # float32 by full name, such as "model/hsi.conv1.weight" or "normalization/hsi.low"
    state: dict  # integers: seed, step and the like
    config: dict  # the experiment with this method alone


def read_checkpoint(path):
    """A checkpoint.h5 (or pretrained.h5) as a Checkpoint."""
    with reading(path) as file:
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
    with beside(path) as new:
        shutil.copyfile(like, new)
        with h5py.File(new, "r+") as file:
            for name, value in state.items():
                value = np.asarray(value.detach().cpu() if hasattr(value, "detach") else value, np.float32)
                expect_shape(path, name, value, parameters[name].shape)
                if not np.isfinite(value).all():
                    raise DataError(f"{path}: {name}: expected finite values")
                file[f"model/{name}"][...] = value
            for group in {"best", "optimizer"} & file.keys():
                del file[group]
