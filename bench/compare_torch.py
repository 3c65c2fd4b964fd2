#!/usr/bin/env python3
"""Times specfuse beside PyTorch on this machine, in turns: compare_torch.py [BUILD] [--threads N] [--rounds N]

Prints the tables of bench/README.md: medians over the rounds of what each program measures as a median itself. Needs
PyTorch (Debian: python3-torch).
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class TwoCnnFu(nn.Module):
    """The `released` network, dense: one output pixel for every position of the tile."""

    def __init__(self, bands, maps=30):
        super().__init__()
        self.hsi = nn.ModuleList([nn.Conv1d(1, 20, 45), nn.Conv1d(20, 20, 45), nn.Conv1d(20, 20, 45)])
        self.hsi_skip, self.hsi_fc = nn.Conv1d(20, 20, 89), nn.Linear(20 * (bands - 132), 250)
        self.msi = nn.ModuleList([nn.Conv2d(6, maps, 10), nn.Conv2d(maps, maps, 10), nn.Conv2d(maps, maps, 10)])
        self.msi_skip, self.msi_fc = nn.Conv2d(maps, maps, 19), nn.Conv2d(maps, 200, 4)
        self.fc1, self.fc2, self.out = nn.Linear(450, 450), nn.Linear(450, 450), nn.Linear(450, bands)

    @staticmethod
    def branch(convs, skip, x):
        first = F.relu(convs[0](x))
        last = F.relu(convs[2](F.relu(convs[1](first))))
        return F.relu(last + F.relu(skip(first)))

    def forward(self, spectra, tiles):
        h = F.relu(self.hsi_fc(self.branch(self.hsi, self.hsi_skip, spectra[:, None]).flatten(1)))
        m = F.relu(self.msi_fc(self.branch(self.msi, self.msi_skip, tiles))).permute(0, 2, 3, 1).reshape(-1, 200)
        f = torch.cat([h, m], 1)
        return self.out(F.relu(f + F.relu(self.fc2(F.relu(self.fc1(f))))))


def median_us(run, repeats=10):
    """As bench/timing.h does it: at least so many runs, and a tenth of a second of them."""
    run()
    times, begin = [], time.perf_counter()
    while len(times) < repeats or time.perf_counter() - begin < 0.1:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e6


def torch_network(bands):
    """{name: microseconds per sample or pixel}"""
    net, found = TwoCnnFu(bands), {}
    sgd = torch.optim.SGD(net.parameters(), 1e-4, 0.9, weight_decay=5e-4)
    for tile, tiles in ((1, 128), (8, 8), (16, 4)):
        pixels = tiles * tile * tile
        spectra, target = torch.rand(pixels, bands), torch.rand(pixels, bands)
        images = torch.rand(tiles, 6, tile + 30, tile + 30)

        def step():
            sgd.zero_grad()
            ((net(spectra, images) - target) ** 2).sum().div(2 * pixels).backward()
            sgd.step()

        found[f"train, {tiles} tiles of {tile}x{tile}"] = median_us(step) / pixels
    with torch.no_grad():
        for tile, tiles in ((1, 128), (64, 1)):
            pixels = tiles * tile * tile
            spectra, images = torch.rand(pixels, bands), torch.rand(tiles, 6, tile + 30, tile + 30)
            found[f"fuse, {tiles} tiles of {tile}x{tile}"] = median_us(lambda: net(spectra, images)) / pixels
    return found


def torch_ops():
    """{(kernel, op): microseconds}, the convolutions of bench_ops."""
    found = {}
    shapes = [(f"conv1d {c}->20, {k} taps", (512, c, length), (20, c, k)) for c, length, k in
              ((1, 162, 45), (20, 118, 45), (20, 118, 89))]
    shapes += [(f"conv2d {c}->30, {k}x{k}", (8, c, side, side), (30, c, k, k)) for c, side, k in
               ((6, 38, 10), (30, 29, 10), (30, 29, 19))]
    for name, input_shape, weight_shape in shapes:
        x, w = torch.randn(input_shape), torch.randn(weight_shape)
        d = len(weight_shape) - 2
        convolve = F.conv1d if d == 1 else F.conv2d
        y = torch.randn_like(convolve(x, w))
        found[name, "forward"] = median_us(lambda: convolve(x, w))
        for op, mask in (("backward data", [True, False, False]), ("backward weight", [False, True, False])):
            found[name, op] = median_us(lambda: torch.ops.aten.convolution_backward(
                y, x, w, None, [1] * d, [0] * d, [1] * d, False, [0] * d, 1, mask))
    return found | torch_cube_ops()


def torch_cube_ops():
    """The same of a cube of maps, as convolutions in three dimensions of 3 crops of 24 x 24 pixels and 48 bands."""
    found, crop = {}, (24, 24, 48)
    cases = [(f"{c}->{maps}, {taps} tap{'s' if taps > 1 else ''}", c, maps, (1, 1, taps), 1)
             for c, maps, taps in ((17, 32, 7), (32, 32, 7), (32, 2, 1))]
    cases += [(f"32->32, 3x3, dilation {d}", 32, 32, (3, 3, 1), d) for d in (1, 2, 4)]
    for name, c, maps, kernel, d in cases:
        x, w, y = torch.randn(3, c, *crop), torch.randn(maps, c, *kernel), torch.randn(3, maps, *crop)
        dilation = [d if k > 1 else 1 for k in kernel]
        padding = [k // 2 * step for k, step in zip(kernel, dilation)]
        found[f"cube {name}", "forward"] = median_us(lambda: F.conv3d(x, w, None, 1, padding, dilation))
        for op, mask in (("backward data", [True, False, False]), ("backward weight", [False, True, False])):
            found[f"cube {name}", op] = median_us(lambda: torch.ops.aten.convolution_backward(
                y, x, w, None, [1] * 3, padding, dilation, False, [0] * 3, 1, mask))
    return found


def specfuse(program, threads, *more):
    return json.loads(subprocess.run([program, "--json", "--threads", str(threads), *more], check=True,
                                     capture_output=True, text=True).stdout)


def print_table(title, ours, theirs, unit):
    print(f"| {title} | specfuse, {unit} | PyTorch, {unit} | ratio |\n|---|---|---|---|")
    for key in theirs[0]:
        mine = statistics.median(found[key] for found in ours)
        other = statistics.median(found[key] for found in theirs)
        name = key if isinstance(key, str) else ", ".join(key)
        print(f"| {name} | {mine:.1f} | {other:.1f} | {other / mine:.1f} |")
    print()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", nargs="?", default="build")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    if "OPENBLAS_CORETYPE" not in os.environ:  # Debian's PyTorch has OpenBLAS for its products: with the same kernels
        found = specfuse(f"{args.build}/bench/bench_two_cnn_fu", args.threads)
        os.environ["OPENBLAS_CORETYPE"] = found["blas"].split()[-1]
        os.execv(sys.executable, [sys.executable, *sys.argv])
    torch.set_num_threads(args.threads)
    networks, torch_networks, ops, torch_all_ops = [], [], [], []
    for _ in range(args.rounds):
        found = specfuse(f"{args.build}/bench/bench_two_cnn_fu", args.threads)
        networks.append({f"train, {t['tiles']} tiles of {t['tile']}x{t['tile']}": t["us_per_sample"]
                         for t in found["train"]}
                        | {f"fuse, {1 if t['tile'] > 1 else 128} tiles of {t['tile']}x{t['tile']}": t["us_per_pixel"]
                           for t in found["fuse"]})
        torch_networks.append(torch_network(found["bands"]))
        found = specfuse(f"{args.build}/bench/bench_ops", args.threads)
        ops.append({(c["kernel"], c["op"]): c["us"] for c in found["cases"]})
        torch_all_ops.append(torch_ops())
    print(f"specfuse ({found['simd']}), PyTorch {torch.__version__} and OpenBLAS for {os.environ['OPENBLAS_CORETYPE']}, "
          f"{args.threads} threads, medians of {args.rounds} rounds in turns; peak {found['peak_gflops']:.0f} GFLOP/s\n")
    print_table("`released`, 162 bands", networks, torch_networks, "us a sample or pixel")
    print_table("operation", ops, torch_all_ops, "us")


if __name__ == "__main__":
    main()
