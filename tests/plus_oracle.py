#!/usr/bin/env python3
"""Repeats what plus_dump wrote of the network of two_cnn_fu_plus in PyTorch, and compares: plus_oracle.py PLUS_DUMP

Needs PyTorch and h5py (Debian: python3-torch, python3-h5py); without them it says so and ends with 77, which meson
takes for skipped.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import h5py
    import torch
    from torch.nn.functional import huber_loss
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

MOST_GAP = 1e-4  # of the largest value
BLOCKS = ["across1", "along1", "across2", "along2", "across3"]
DILATION = {"across2": 2, "across3": 4}


def read(path):
    values = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: values.update({name: torch.tensor(item[()], dtype=torch.float64)})
                        if isinstance(item, h5py.Dataset) else None)
    return values


def convolution(parameters, name):
    """As a Conv3d over [rows, cols, bands]."""
    weight = parameters[name + ".weight"].detach()
    weight = weight[:, :, None, None] if weight.ndim == 3 else weight[..., None]
    dilation = tuple(DILATION.get(name, 1) if extent > 1 else 1 for extent in weight.shape[2:])
    layer = torch.nn.Conv3d(weight.shape[1], weight.shape[0], weight.shape[2:], padding="same",
                            dilation=dilation).double()
    layer.weight.data, layer.bias.data = weight, parameters[name + ".bias"]
    return layer


def forward(layers, inputs):
    x = layers["first"](inputs.movedim(-1, 1)).relu()
    for name in BLOCKS:
        x = x + layers[name](x).relu()
    return layers["out"](x).movedim(1, -1)


def loss_of(outputs, target):
    """The Huber loss of the estimate over its limit of 2, and a tenth of a Laplace density's negative logarithm."""
    estimate, size = outputs[..., 0], outputs[..., 1]
    off = (estimate - target).abs().detach()
    return huber_loss(estimate, target, delta=2.0) / 2 + 0.1 * (size + off * torch.exp(-size)).mean()


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plus.h5"
        subprocess.run([sys.argv[1], path], check=True)
        values = read(path)
    parameters = {name.removeprefix("parameter/"): value for name, value in values.items()
                  if name.startswith("parameter/")}
    layers = {name: convolution(parameters, name) for name in ["first", *BLOCKS, "out"]}
    outputs = forward(layers, values["inputs"])
    loss = loss_of(outputs, values["target"])
    loss.backward()
    expected = {"outputs": outputs, "loss": loss.reshape(1)}
    for name, layer in layers.items():
        expected[f"grad/{name}.weight"] = layer.weight.grad.reshape(parameters[name + ".weight"].shape)
        expected[f"grad/{name}.bias"] = layer.bias.grad
    failed = 0
    for name, value in expected.items():
        gap = ((values[name] - value).abs().max() / value.abs().max()).item()
        if not gap < MOST_GAP:
            failed += 1
            print(f"{name}: {gap:.1e} of the largest value apart")
    unknown = len(values) - len(parameters) - len(expected) - len(["inputs", "target"])
    print(f"{len(expected) - failed} passed, {failed} failed")
    return failed != 0 or unknown != 0


if __name__ == "__main__":
    sys.exit(main())
