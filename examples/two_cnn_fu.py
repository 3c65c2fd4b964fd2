#!/usr/bin/env python3
"""The published network in PyTorch, with what specfuse learned: two_cnn_fu.py CHECKPOINT.h5 PAIR.h5 FUSED.h5

Takes checkpoints of `two_cnn_fu` with the preset `released`, layers of any size, and makes what the protocol `apply`
makes of a pair, patch by patch.
"""
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))
import specfuse


class TwoCnnFu(nn.Module):
    """Spectra [N, bands] and the MSI around them [N, msi bands, patch, patch], scaled -> fine spectra [N, bands]."""

    def __init__(self, weights):
        super().__init__()
        self.hsi, self.msi, self.fusion = nn.ModuleDict(), nn.ModuleDict(), nn.ModuleDict()
        for name in (name for name in weights if name.endswith(".weight")):
            part, layer, _ = name.split(".")
            made, taken, *kernel = weights[name].shape
            kind = [nn.Linear, nn.Conv1d, nn.Conv2d][len(kernel)]
            getattr(self, part)[layer] = kind(taken, made, *[kernel] if kernel else [])
        self.load_state_dict(weights)

    @staticmethod
    def branch(layers, x):
        first = layers["conv1"](x).relu()
        last = layers["conv3"](layers["conv2"](first).relu()).relu()
        joined = (last + layers["skip"](first).relu()).relu()
        return layers["fc"](joined.flatten(1)).relu()

    def forward(self, spectra, patches):
        x = torch.cat([self.branch(self.hsi, spectra[:, None]), self.branch(self.msi, patches)], 1)
        y = self.fusion["fc2"](self.fusion["fc1"](x).relu()).relu()
        return self.fusion["out"]((x + y).relu())


def upsampled(coarse, ratio):
    """Keys' cubic convolution (1981, a = -1/2) with edges replicated, a matrix [fine, coarse] along either axis."""
    def matrix(extent):
        position = (np.arange(extent * ratio) + 0.5) / ratio - 0.5
        result = np.zeros((extent * ratio, extent))
        for tap in range(-1, 3):
            sample = np.floor(position) + tap
            x = abs(position - sample)
            weight = np.where(x < 1, (1.5 * x - 2.5) * x * x + 1, ((-0.5 * x + 2.5) * x - 4) * x + 2)
            np.add.at(result, (np.arange(len(x)), sample.clip(0, extent - 1).astype(int)), weight)
        return result
    return np.einsum("ir,jc,rcb->ijb", matrix(coarse.shape[0]), matrix(coarse.shape[1]), coarse, optimize=True)


def network_inputs(checkpoint, pair, patch):
    """The spectra [rows * cols, bands] and patches [rows * cols, msi bands, patch, patch] of a pair, scaled."""
    scale = {name.removeprefix("normalization/"): value for name, value in checkpoint.tensors.items()}
    spectra = (upsampled(pair.hsi, pair.ratio) - scale["hsi.low"]) / scale["hsi.span"]
    radius = patch // 2
    around = np.pad((pair.msi - scale["msi.low"]) / scale["msi.span"], [(radius, radius)] * 2 + [(0, 0)], "symmetric")
    patches = np.lib.stride_tricks.sliding_window_view(around, (patch, patch), (0, 1))
    return (torch.tensor(spectra.reshape(-1, spectra.shape[2]), dtype=torch.float32),
            torch.tensor(patches.reshape(-1, *patches.shape[2:]), dtype=torch.float32))


def fuse(checkpoint, pair, network=None):
    """The fused cube [rows, cols, bands] of a Pair in its own units, by what a Checkpoint holds."""
    network = network or TwoCnnFu(specfuse.state_dict(checkpoint))
    patch = checkpoint.config["methods"][0]["model"]["branches"]["msi"]["patch"]
    spectra, patches = network_inputs(checkpoint, pair, patch)
    with torch.no_grad():
        parts = [network(*part) for part in zip(spectra.split(1024), patches.split(1024))]
    low, span = (checkpoint.tensors[f"normalization/target.{name}"] for name in ("low", "span"))
    return (torch.cat(parts).numpy() * span + low).reshape(*pair.msi.shape[:2], -1)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__.splitlines()[0])
    checkpoint, pair = specfuse.read_checkpoint(sys.argv[1]), specfuse.read_pair(sys.argv[2])
    specfuse.write_scene(sys.argv[3], specfuse.Scene(fuse(checkpoint, pair), pair.wavelength_nm))


if __name__ == "__main__":
    main()
