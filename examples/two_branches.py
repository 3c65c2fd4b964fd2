#!/usr/bin/env python3
"""A network of the bench in PyTorch: two_branches.py PAIR TRAINING FUSED SEED [STEPS]

The idea of Yang, Zhao and Chan (2018) in few lines: convolutions along each spectrum, convolutions over the MSI around
it, and a fully connected layer that joins them. In an experiment:

    {"name": "external", "label": "two_branches",
     "command": ["python3", "examples/two_branches.py", "{pair}", "{training}", "{fused}", "{seed}"]}
"""
import sys

import h5py
import torch
from torch import nn
from torch.nn import functional


def read(group, name):
    return torch.from_numpy(group[name][...]).permute(2, 0, 1)[None]


class TwoBranches(nn.Module):
    def __init__(self, bands, msi_bands):
        super().__init__()
        self.spectra = nn.Sequential(nn.Conv1d(1, 8, 7, padding=3), nn.ReLU(), nn.Conv1d(8, 1, 7, padding=3))
        self.around = nn.Sequential(nn.Conv2d(msi_bands, 32, 5, padding=2), nn.ReLU(), nn.Conv2d(32, 32, 5, padding=2))
        self.join = nn.Sequential(nn.ReLU(), nn.Conv2d(bands + 32, 128, 1), nn.ReLU(), nn.Conv2d(128, bands, 1))

    def forward(self, hsi, msi):
        up = functional.interpolate(hsi, size=msi.shape[2:], mode="bicubic", align_corners=False)
        pixels = up.permute(0, 2, 3, 1)
        spectra = self.spectra(pixels.reshape(-1, 1, pixels.shape[3])).reshape(pixels.shape).permute(0, 3, 1, 2)
        return up + self.join(torch.cat([spectra, self.around(msi)], 1))


pair_file, training_file, fused_file, seed, *steps = sys.argv[1:]
torch.manual_seed(int(seed))
with h5py.File(training_file) as file:
    train = [[read(group, name) for name in ("hsi", "msi", "reference")] for group in file["train"].values()]
with h5py.File(pair_file) as file:
    hsi, msi = read(file, "hsi"), read(file, "msi")
scale = hsi.mean()
network = TwoBranches(hsi.shape[1], msi.shape[1])
optimizer = torch.optim.Adam(network.parameters(), 1e-3)
for step in range(int(steps[0]) if steps else 500):
    coarse, fine, truth = (image / scale for image in train[step % len(train)])
    loss = functional.l1_loss(network(coarse, fine), truth)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 100 == 0:
        print(f"step {step}  loss {loss.item():.4f}", flush=True)
with torch.no_grad(), h5py.File(fused_file, "w") as file:
    file["cube"] = (network(hsi / scale, msi / scale) * scale)[0].permute(1, 2, 0).numpy()
