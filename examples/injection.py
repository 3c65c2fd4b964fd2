#!/usr/bin/env python3
"""A method of the bench in NumPy: injection.py PAIR TRAINING FUSED

What the MSI's bands have and the up-sampled HSI lacks is spread over all bands by a matrix, learned from the training
pairs by least squares. In an experiment:

    {"name": "external", "label": "injection",
     "command": ["python3", "examples/injection.py", "{pair}", "{training}", "{fused}"]}
"""
import sys

import h5py
import numpy as np


def up(hsi, ratio):
    return hsi.repeat(ratio, 0).repeat(ratio, 1)


def down(image, ratio):
    rows, cols, bands = image.shape
    return image.reshape(rows // ratio, ratio, cols // ratio, ratio, bands).mean((1, 3))


def detail(msi, ratio):
    return msi - up(down(msi, ratio), ratio)


def read(group):
    return group["hsi"][...], group["msi"][...], int(group.attrs["ratio"])


pair_file, training_file, fused_file = sys.argv[1:]
with h5py.File(training_file) as file:
    examples = [(*read(group), group["reference"][...]) for group in file["train"].values()]
details = np.concatenate([detail(msi, ratio).reshape(-1, msi.shape[2]) for hsi, msi, ratio, _ in examples])
missing = np.concatenate([(truth - up(hsi, ratio)).reshape(-1, truth.shape[2]) for hsi, _, ratio, truth in examples])
gain = np.linalg.lstsq(details, missing, rcond=None)[0]

with h5py.File(pair_file) as file:
    hsi, msi, ratio = read(file)
with h5py.File(fused_file, "w") as file:
    file["cube"] = up(hsi, ratio) + detail(msi, ratio) @ gain
