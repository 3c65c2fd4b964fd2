#!/usr/bin/env python3
"""The published network in PyTorch and in Caffe's layout against the program: test_python_networks.py RUN_EXPERIMENT MAKE_BAD_FILES

Needs h5py and PyTorch (Debian: python3-h5py, python3-torch); without them it says so and ends with 77, which meson
takes for skipped.
"""
import subprocess
import sys

try:
    import h5py
    import numpy as np
    import torch
    from torch.nn.functional import conv2d
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

from program import PROGRAM, TOP, ProgramTest, main

sys.path[:0] = [str(TOP / "python"), str(TOP / "examples")]
import specfuse
from specfuse import caffe
import two_cnn_fu

BANDS, MSI_BANDS = 136, 4
MOST_GAP = 1e-4  # of the largest value
# Of the released network for these images, Caffe's own names and shapes; a spectrum is an image of one column.
CAFFE = {
    "conv1_h": ("hsi.conv1", (20, 1, 45, 1)), "conv2_h": ("hsi.conv2", (20, 20, 45, 1)),
    "conv3_h": ("hsi.conv3", (20, 20, 45, 1)), "skip_h": ("hsi.skip", (20, 20, 89, 1)), "ip_h": ("hsi.fc", (250, 80)),
    "conv1_m": ("msi.conv1", (30, 4, 10, 10)), "conv2_m": ("msi.conv2", (30, 30, 10, 10)),
    "conv3_m": ("msi.conv3", (30, 30, 10, 10)), "skip_m": ("msi.skip", (30, 30, 19, 19)), "ip_m": ("msi.fc", (200, 480)),
    "ip9": ("fusion.fc1", (450, 450)), "ip10": ("fusion.fc2", (450, 450)), "ip11": ("fusion.out", (BANDS, 450))}


def made_pair(seed):
    """Smooth in space and spectrum, with a detail of its own in each image."""
    random = np.random.default_rng(seed)
    across = np.linspace(0, 3, 12)[:, None, None] + np.linspace(0, 2, 10)[None, :, None]
    truth = 500 * (2 + np.sin(across + np.linspace(0, 6, BANDS)) + 0.3 * random.uniform(size=(12, 10, 1)))
    srf = np.repeat(np.eye(MSI_BANDS), BANDS // MSI_BANDS, 1)
    srf /= srf.sum(1, keepdims=True)
    hsi = truth.reshape(6, 2, 5, 2, BANDS).mean((1, 3))
    return specfuse.Pair(hsi.astype(np.float32), (truth @ srf.T).astype(np.float32), srf=srf.astype(np.float32))


def made_blobs(seed):
    """He's weights and some biases, so that every layer has a say in what comes out."""
    random = np.random.default_rng(seed)
    return {layer: (random.normal(0, (2 / np.prod(shape[1:])) ** 0.5, shape), random.normal(0, 0.1, shape[0]))
            for layer, (_, shape) in CAFFE.items()}


def write_caffemodel(path, blobs):
    with h5py.File(path, "w") as file:
        file.create_group("data/relu1")  # a layer without weights
        for layer, arrays in blobs.items():
            for number, blob in enumerate(arrays):
                file[f"data/{layer}/{number}"] = blob.astype(np.float32)


def caffe_forward(blobs, spectra, patches):
    """Caffe's layers over blobs [N, channels, height, width]; InnerProduct takes them in this order."""
    blobs = {layer: [torch.tensor(blob, dtype=torch.float32) for blob in arrays] for layer, arrays in blobs.items()}

    def inner_product(x, layer):
        return x.flatten(1) @ blobs[layer][0].T + blobs[layer][1]

    def branch(x, end):
        first = conv2d(x, *blobs["conv1_" + end]).relu()
        third = conv2d(conv2d(first, *blobs["conv2_" + end]).relu(), *blobs["conv3_" + end]).relu()
        return inner_product((third + conv2d(first, *blobs["skip_" + end]).relu()).relu(), "ip_" + end).relu()
    x = torch.cat([branch(spectra[:, None, :, None], "h"), branch(patches, "m")], 1)
    y = inner_product(inner_product(x, "ip9").relu(), "ip10").relu()
    return inner_product((x + y).relu(), "ip11")


class Networks(ProgramTest):
    def setUp(self):
        super().setUp()
        self.pair = self.folder / "pair.h5"
        specfuse.write_pair(self.pair, made_pair(1))

    def fused_by_program(self, out, **entry):
        """The fused cube and the checkpoint of the preset `released`: trained for a few steps, or applied."""
        config = {"name": "released", "data": {"pair": str(self.pair)}, "degrade": {"ratio": 2, "psf": {"type": "box"}},
                  "methods": [{"name": "two_cnn_fu", **entry}]}
        if "checkpoint" in entry:
            config["protocol"] = {"type": "apply"}
        specfuse.run(config, program=PROGRAM, out=self.folder / out)
        results = specfuse.read_results(self.folder / out)
        return results.fused("two_cnn_fu").cube, self.folder / out / "two_cnn_fu/checkpoint.h5"

    def assert_agree(self, ours, theirs):
        self.assertGreater(np.ptp(theirs, (0, 1)).max(), 1)
        self.assertLess(abs(ours - theirs).max() / abs(theirs).max(), MOST_GAP)

    def test_pytorch_fuses_what_the_program_fuses(self):
        fused, checkpoint = self.fused_by_program("trained", train={"steps": 3, "tile": 2, "tiles": 2})
        pair = specfuse.read_pair(self.pair)
        self.assert_agree(two_cnn_fu.fuse(specfuse.read_checkpoint(checkpoint), pair), fused)
        example = TOP / "examples/two_cnn_fu.py"
        subprocess.run([sys.executable, example, checkpoint, self.pair, self.folder / "by_torch.h5"], check=True)
        self.assert_agree(specfuse.read_scene(self.folder / "by_torch.h5").cube, fused)

    def test_the_program_fuses_by_the_weights_of_caffe(self):
        _, like = self.fused_by_program("untrained", train={"steps": 0, "tile": 1})
        blobs = made_blobs(2)
        write_caffemodel(self.folder / "net.caffemodel.h5", blobs)
        converted = self.folder / "converted.h5"
        found = caffe.checkpoint_from_caffe(self.folder / "net.caffemodel.h5", like, converted)
        self.assertEqual(found, {ours: layer for layer, (ours, _) in CAFFE.items()})
        checkpoint, pair = specfuse.read_checkpoint(converted), specfuse.read_pair(self.pair)
        self.assertIn("learned_from", specfuse.read_checkpoint(like).tensors)
        self.assertNotIn("learned_from", checkpoint.tensors)
        spectra, patches = two_cnn_fu.network_inputs(checkpoint, pair, 31)
        low, span = (checkpoint.tensors[f"normalization/target.{name}"] for name in ("low", "span"))
        fused, _ = self.fused_by_program("applied", checkpoint=str(converted))
        expected = caffe_forward(blobs, spectra, patches).numpy() * span + low
        self.assert_agree(fused, expected.reshape(fused.shape))

        # Trained on patches with columns before rows, the same weights see the image as it is after a conversion.
        caffe.checkpoint_from_caffe(self.folder / "net.caffemodel.h5", like, converted, transposed=True)
        fused, _ = self.fused_by_program("applied_transposed", checkpoint=str(converted))
        turned = caffe_forward(blobs, spectra, patches.transpose(2, 3)).numpy() * span + low
        self.assertGreater(abs(turned - expected).max() / abs(expected).max(), 100 * MOST_GAP)
        self.assert_agree(fused, turned.reshape(fused.shape))

    def test_layers_of_caffe_are_told_by_shape_and_by_name(self):
        _, like = self.fused_by_program("untrained", train={"steps": 0, "tile": 1})
        path, out = self.folder / "net.caffemodel.h5", self.folder / "converted.h5"

        def convert(blobs, layers=None):
            write_caffemodel(path, blobs)
            return caffe.checkpoint_from_caffe(path, like, out, layers)
        blobs = made_blobs(3)
        swapped = convert(blobs, {"hsi.conv2": "conv3_h"})
        self.assertEqual([swapped["hsi.conv2"], swapped["hsi.conv3"]], ["conv3_h", "conv2_h"])
        np.testing.assert_array_equal(specfuse.read_checkpoint(out).tensors["model/hsi.conv2.bias"],
                                      blobs["conv3_h"][1].astype(np.float32))
        row = {layer: (weight.swapaxes(2, 3) if layer.endswith("_h") and weight.ndim == 4 else weight, bias.reshape(1, 1, 1, -1))
               for layer, (weight, bias) in blobs.items()}
        self.assertEqual(convert(row)["hsi.skip"], "skip_h")
        extra = blobs | {"conv4_h": blobs["conv2_h"]}
        for wrong, layers, pattern in [
                ({}, None, "expected groups /data/LAYER with datasets 0 and 1"),
                (extra, None, r"expected 2 layer\(s\) of shape \(20, 20, 45\), for hsi.conv2, hsi.conv3, got conv2_h, conv3_h, conv4_h; `layers`"),
                ({"ip_h": blobs["ip_h"]}, None, r"expected 2 layer\(s\) of shape \(450, 450\), .* got none;.*The file has ip_h \(250, 80\)$"),
                (blobs, {"hsi.conv9": "conv1_h", "hsi.fc": "ip"}, "layers: expected fusion.fc1,.* got hsi.conv9, ip$"),
                (blobs, {"hsi.fc": "ip_m", "msi.fc": "ip_h"}, r"ip_m: expected weights \(250, 80\) and .*, got \(200, 480\)"),
                (blobs | {"ip_h": (blobs["ip_h"][0], np.ones(3))}, None, r"ip_h: expected .* biases as hsi.fc has, got .*\(3,\)")]:
            with self.assertRaisesRegex(specfuse.DataError, pattern):
                convert(wrong, layers)


if __name__ == "__main__":
    main()
