#!/usr/bin/env python3
"""Bad files from outside: test_bad_files.py RUN_EXPERIMENT MAKE_BAD_FILES

Each of the tables below is one bad file a line: what is given, the exit code and what the one line on standard error
has to say. Whatever is wrong, nothing may be left under the output folder. Standard library only.
"""
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from said import said

PROGRAM, MAKE_BAD_FILES = (Path(path).resolve() for path in sys.argv[1:3])
NETWORK = {"name": "two_cnn_fu",
           "model": {"branches": {"hsi": {"layers": {"conv": {"maps": 3, "kernel": 5}, "fc": {"units": 8}}},
                                  "msi": {"patch": 9, "layers": {"conv": {"maps": 3, "kernel": 3}, "fc": {"units": 8}}}},
                     "fusion": {"fc1": {"units": 16}}},
           "train": {"steps": 1, "tile": 2, "tiles": 2}}

BICUBIC = [{"name": "bicubic"}]
GOOD = {"name": "bad", "data": {"scene": "good.h5"}, "degrade": {"ratio": 2}, "methods": BICUBIC}


def config(**changes):
    return json.dumps(GOOD | changes)


def network(**changes):
    """An experiment with the small network, changed layer by layer."""
    def merged(one, other):
        if not isinstance(one, dict) or not isinstance(other, dict):
            return other
        return one | {key: merged(one.get(key), value) for key, value in other.items()}
    return config(methods=[NETWORK | {"model": merged(NETWORK["model"], changes)}])


def replaced(old, new):
    text = json.dumps(GOOD)
    assert old in text
    return text.replace(old, new)


# Experiment files: the bytes of the file, and what the message says after its name. All end with 2.
CONFIGS = {
    "nothing": (b"", "not valid JSON"),
    "blank": (b" \n\t ", "not valid JSON"),
    "cut short": (config()[:-10], "not valid JSON"),
    "text after the end": (config() + "{}", "not valid JSON"),
    "a list": ("[]", "expected an object, got array"),
    "null": ("null", "expected an object"),
    "a number": ("1", "expected an object"),
    "not UTF-8": (config().encode().replace(b'"bad"', b'"b\xffd"'), "not valid JSON.*UTF-8"),
    "UTF-16": (config().encode("utf-16"), "not valid JSON: .*got one in UTF-16; save it as UTF-8"),
    "binary": (bytes(range(256)) * 16, "not valid JSON"),
    "a zero byte": (config().encode().replace(b'"bad"', b'"b\x00d"'), "not valid JSON"),
    "an escaped zero byte": (replaced('"bad"', '"b\\u0000d"'), "name: expected letters"),
    "half a surrogate": (replaced('"bad"', '"\\ud800"'), "not valid JSON"),
    "a comment": ("// no\n" + config(), "not valid JSON"),
    "deep lists": ("[" * 100000, "at most 32 levels"),
    "deep objects": ('{"a":' * 100000, "at most 32 levels"),
    "a key twice": ('{"name": "a", "name": "b"}', '"name" is given twice'),
    "a key twice, far inside": (replaced('"ratio": 2', '"psf": {"type": "box", "type": "box"}'), '"type" is given twice'),
    "NaN": (replaced('"ratio": 2', '"ratio": NaN'), "not valid JSON"),
    "a number beyond double": (replaced('"ratio": 2', '"ratio": 1e999'), "not valid JSON.*out of range|number overflow"),
    "a number beyond integers": (replaced('"ratio": 2', '"ratio": 123456789012345678901234567890'), "degrade.ratio: expected an integer"),
    "a negative ratio": (replaced('"ratio": 2', '"ratio": -2'), "degrade.ratio: expected an integer from 2 to 64, got -2"),
    "a ratio in text": (replaced('"ratio": 2', '"ratio": "2"'), "degrade.ratio: expected an integer"),
    "a broken ratio": (replaced('"ratio": 2', '"ratio": 2.5'), "degrade.ratio: expected an integer"),
    "an object for a text": (config(name={}), "name: expected a text, got an object"),
    "a list for an object": (config(degrade=[]), "degrade: expected an object, got a list"),
    "a text for a list": (config(seeds="0"), "seeds: expected a list"),
    "no seed": (config(seeds=[]), "seeds: expected at least one"),
    "a seed too large": (config(seeds=[2 ** 60]), "seeds.0: expected an integer"),
    "a seed twice": (config(seeds=[1, 1]), "labels and seeds that differ"),
    "no method": (config(methods=[]), "methods: expected at least one"),
    "many methods": (config(methods=BICUBIC * 100000), "labels and seeds that differ"),
    "an unknown key": (config(degree={}), 'degree: unknown key; did you mean "degrade"'),
    "a key of a megabyte": (config(**{"k" * 1000000: 1}), "kkk...: unknown key"),
    "a key with control characters": (config(**{"\x1b[2J\n": 1}), "unknown key"),
    "a name of nothing": (config(name=""), "name: expected letters"),
    "a name above": (config(name="../../above"), "name: expected letters"),
    "an absolute name": (config(name="/tmp/elsewhere"), "name: expected letters"),
    "a name of dots": (config(name=".."), "name: expected letters"),
    "a name like an option": (config(name="-rf"), "name: expected letters"),
    "a name too long": (config(name="n" * 300), "name: expected letters"),
    "a label above": (config(methods=[{"name": "bicubic", "label": "../x"}]), "methods.0.label: expected letters"),
    "a label with slashes": (config(methods=[{"name": "bicubic", "label": "a/b"}]), "methods.0.label"),
    "a label of a result": (config(methods=[{"name": "bicubic", "label": "metrics.json"}]), "methods.0.label"),
    "a hidden label": (config(methods=[{"name": "bicubic", "label": ".resume"}]), "methods.0.label"),
    "a crop outside": (config(data={"scene": "good.h5", "crop": {"row": 10 ** 9, "rows": 10 ** 9, "cols": 1}}), "data.crop: expected a part of 16 x 16"),
    "a scene beyond memory": (config(data={"synthetic": {"rows": 100000, "cols": 100000, "bands": 10000}}), "data.synthetic: .*memory"),
    "a typo in a layer": (network(branches={"hsi": {"layers": {"conv": {"kernell": 3}}}}), 'methods.0.model.branches.hsi.layers.conv.kernell: unknown key; did you mean "kernel"'),
    "an unknown layer": (network(fusion={"more": {"type": "conv3d"}}), "methods.0.model.fusion.more.type: expected one of conv1d, .*, got .conv3d."),
    "a layer without a type": (network(fusion={"more": {"units": 3}}), "methods.0.model.fusion.more.type: expected one of conv1d, .*, got nothing"),
    "a kernel longer than the spectrum": (network(branches={"hsi": {"layers": {"conv": {"kernel": 16}}}}), "methods.0: model.branches.hsi.layers.conv.kernel: hsi.conv3: expected at most .*; it takes at least 46 bands, got 40"),
    "a patch too small": (network(branches={"msi": {"patch": 5}}), "methods.0: model.branches.msi.layers.conv.kernel: msi.conv3: expected at most .*; it takes a patch of at least 7, got 5"),
    "layers of other shapes added": (network(branches={"hsi": {"layers": {"conv": {"kernel": 2, "repeat": 2}, "skip": {"enabled": False}, "r": {"type": "residual"}}}}), "methods.0: model.branches.hsi.layers.r.from: hsi.r: expected a layer whose value is 8, or longer by an even number, got 1 x 40"),
    "a layer of another kind": (network(branches={"hsi": {"layers": {"more": {"type": "conv2d"}}}}), "methods.0: model.branches.hsi.layers.more: hsi.more: expected an image"),
    "a last layer of other bands": (network(fusion={"out": {"units": 39}}), "methods.0: model.fusion.out.units: fusion.out: expected the 40 bands from the last layer, got 39"),
    "a branch that is null": (network(branches={"hsi": None}), "methods.0.model.branches.hsi: expected an object, got null"),
    "a branch called as the fusion": (network(branches={"fusion": {"input": "pixel"}}), "methods.0: model.branches.fusion: expected a name of letters"),
    "no layer's name": (network(fusion={"residual": {"from": ""}}), 'methods.0: model.fusion.residual.from: fusion.residual: expected one of input, fc1, fc2, got ""'),
    "tiles beyond memory": (config(methods=[NETWORK | {"model": {"branches": {"hsi": {"layers": {"conv": {"maps": 300, "kernel": 5}}}}}, "train": {"tiles": 65536}}]), "methods.0: train.tiles: 65536 tiles of 8 x 8 pixels take .* GB"),
    "an unknown base": (network(base="gsaa"), "methods.0: model.base: expected one of none, bicubic, .*, got .gsaa."),
    "a residual without a base": (network(output="residual"), "methods.0: model.base: expected a method for output residual, got none"),
    "a network beyond memory": (config(methods=[NETWORK | {"model": {"branches": {"hsi": {"layers": {"conv": {"kernel": 5}}}, "msi": {"patch": 255, "layers": {"conv": {"maps": 1024}, "fc": {"units": 65536}}}}}}]), "methods.0: model.branches.msi.layers.fc.units: msi.fc has .*memory"),
    "a PSF without values": (config(degrade={"psf": {"type": "kernel"}}), "degrade.psf.type: `kernel` requires one of `psf.file` and `psf.weights`"),
    "weights of another length": (config(degrade={"ratio": 2, "srf": {"weights": [[1, 2], [3]]}}), "degrade.srf: expected rows of 40 weights"),
    "a range backwards": (config(degrade={"ratio": 2, "srf": {"ranges": [[5, 3]]}}), "degrade.srf: expected a range"),
    "a range beyond integers": (config(degrade={"ratio": 2, "srf": {"ranges": [[0, 2 ** 53]]}}), "degrade.srf: expected a range"),
}

# Scenes: the file, and what the message says. All end with 3 and name the file.
SCENES = {
    "empty_file.h5": r"expected a scene in a format that is known \(.*\)",
    "text.h5": r"expected a scene in a format that is known \(.*\)",
    "half.h5": "truncated file",
    "head_only.h5": "truncated file",
    "negative_size.h5": "/cube",
    "folder.h5": "a folder with none",
    "absent.h5": "not found",
    "rank4.h5": "/cube: expected 3 dimensions, got 4",
    "empty.h5": r"/cube is empty: its shape is \[16, 0, 40\]",
    "nan.h5": "/cube: expected finite float32 values, got nan at row 8, col 0, band 0",
    "infinite.h5": "/cube: expected finite float32 values, got -inf",
    "beyond_float.h5": "/cube: expected finite float32 values, got inf",
    "text_values.h5": "/cube is not numeric",
    "compound.h5": "/cube is not numeric",
    "opaque.h5": "/cube is not numeric",
    "twelve_bits.h5": "/cube is not numeric",
    "group.h5": "/cube is not a dataset",
    "no_values.h5": "/cube claims 1.28e[+]08 bytes of values, of which 0",
    "huge.h5": "/cube claims .* bytes of values",
    "overflow.h5": "/cube claims .* bytes of values",
    "outside.h5": "/cube keeps its values in another file, which is refused",
    "virtual.h5": "/cube keeps its values in another file, which is refused",
    "linked.h5": "/cube leads into another file, which is refused",
    "filter.h5": "/cube is compressed with filter 32008",
    "spoilt_deflate.h5": "cannot read /cube",
    "spoilt_sum.h5": "cannot read /cube",
    "round.h5": "cannot open /cube: too many",
    "nowhere.h5": "/cube",
    "deep.h5": "groups are more than 32 deep",
    "wavelengths_few.h5": "/wavelength_nm has 2 values but /cube has 40 bands",
    "wavelengths_nan.h5": "/wavelength_nm: expected nanometres .* got nan at band 7",
    "wavelengths_negative.h5": "/wavelength_nm: expected nanometres .* got -500 at band 7",
    "wavelengths_micrometres.h5": "/wavelength_nm: expected nanometres .* got 0.5 at band 7",
    "wavelengths_square.h5": "/wavelength_nm: expected 1 dimension",
    "wavelengths_text.h5": "/wavelength_nm is not numeric",
}

# Pairs: the file, the exit code, and what the message says.
PAIRS = {
    "pair_no_hsi.h5": (3, "no dataset /hsi"),
    "pair_no_msi.h5": (3, "no dataset /msi"),
    "pair_swapped.h5": (3, "expected an MSI larger than the HSI"),
    "pair_uneven.h5": (3, "by one whole ratio on both axes, or a geotransform of each image, got an HSI of 8 x 8 and an MSI of 17 x 16"),
    "pair_two_ratios.h5": (3, "by one whole ratio on both axes"),
    "pair_reference.h5": (3, r"expected /reference \[16, 16, 40\]"),
    "pair_ratio_0.h5": (3, "attribute ratio is 0 but"),
    "pair_ratio_-2.h5": (3, "attribute ratio is -2 but"),
    "pair_ratio_2.5.h5": (3, "attribute ratio is 2.5 but"),
    "pair_ratio_1e+300.h5": (3, "attribute ratio is 1e[+]300 but"),
    "pair_ratio_nan.h5": (3, "attribute ratio is nan but"),
    "pair_ratio_text.h5": (3, "attribute ratio of /: expected one number"),
    "pair_srf_shape.h5": (3, r"expected /srf \[3, 40\]"),
    "pair_srf_flat.h5": (3, "/srf: expected 2 dimensions"),
    "pair_srf_negative.h5": (3, "/srf: expected weights of at least 0 .* got -0.1 to 1 in row 1"),
    "pair_srf_zero.h5": (3, "/srf: expected weights .* one above in each row, got 0 to 0 in row 1"),
    "pair_srf_nan.h5": (3, "/srf: expected finite"),
    "good.h5": (3, "no dataset /hsi, but /cube: name a scene in data.scene"),
}

# Checkpoints: the file, the exit code, and what the message says.
CHECKPOINTS = {
    "checkpoint_cut.h5": (3, "truncated file"),
    "good.h5": (3, "is not a checkpoint"),
    "text.h5": (3, "cannot read .* as HDF5"),
    "absent.h5": (3, "not found"),
    "checkpoint_missing.h5": (3, "no 'model/hsi.conv1.weight'"),
    "checkpoint_shape.h5": (3, r"expected 'model/hsi.conv1.weight' of shape \[3, 1, 5\], got \[3, 5\]"),
    "checkpoint_nan.h5": (3, "expected finite values in 'model/hsi.conv1.weight'"),
    "checkpoint_unscaled.h5": (3, "no 'normalization/msi.span'"),
    "checkpoint_zero_span.h5": (3, "expected 'normalization/msi.span' above 0"),
    "checkpoint_short_span.h5": (3, "'normalization/msi.low' and '.span' of one length"),
    "checkpoint_nan_span.h5": (3, "expected finite values in 'normalization/msi.span'"),
    "checkpoint_bands.h5": (3, "'normalization/target' and 'normalization/hsi' of one length"),
    "checkpoint_no_config.h5": (3, "holds no configuration"),
    "checkpoint_config_cut.h5": (3, "its configuration: not valid JSON"),
    "checkpoint_config_list.h5": (3, "its configuration is not that of an experiment"),
    "checkpoint_config_text.h5": (3, "its configuration is not that of an experiment"),
    "checkpoint_config_no_methods.h5": (3, "its configuration is not that of an experiment"),
    "checkpoint_config_number.h5": (3, "its configuration is not that of an experiment"),
    "checkpoint_config_ratio.h5": (2, "degrade.ratio: expected 0"),
    "checkpoint_config_method.h5": (2, "methods.0.checkpoint: expected what two_cnn_fu learned"),
    "checkpoint_config_sizes.h5": (3, "expected 'model/hsi.conv1.weight' of shape"),
    "checkpoint_config_negative.h5": (3, "methods.0.model.branches.hsi.layers.conv.maps: expected an integer from 1"),
    "checkpoint_version_2.h5": (3, "expected checkpoint format version 1, got 2"),
    "checkpoint_version_nan.h5": (3, "expected checkpoint format version 1, got nan"),
}

# Responses (CSV): the text, the exit code, and what the message says.
RESPONSES = {
    "nothing": ("", 3, "expected a header wavelength_nm,NAME,..., got nothing"),
    "comments only": ("# nothing\n\n", 3, "got nothing"),
    "no header": ("400,1\n500,1\n", 3, "line 1: expected a header"),
    "header only": ("wavelength_nm,B1\n", 3, "expected lines of numbers after the header"),
    "no column": ("wavelength_nm\n400\n", 3, "line 1: expected a header"),
    "text in numbers": ("wavelength_nm,B1\n400,high\n", 3, 'line 2: expected a finite number, got "high"'),
    "half a number": ("wavelength_nm,B1\n400,1.5x\n", 3, 'line 2: expected a finite number, got "1.5x"'),
    "an empty number": ("wavelength_nm,B1\n400,\n", 3, "line 2: expected a finite number"),
    "NaN": ("wavelength_nm,B1\n400,nan\n", 3, "line 2: expected a finite number"),
    "infinite": ("wavelength_nm,B1\n400,-inf\n", 3, "line 2: expected a finite number"),
    "beyond double": ("wavelength_nm,B1\n400,1e999\n", 3, "line 2: expected a finite number"),
    "falling wavelengths": ("wavelength_nm,B1\n500,1\n400,1\n", 3, "line 3: expected a wavelength above 500, got 400"),
    "equal wavelengths": ("wavelength_nm,B1\n500,1\n500,1\n", 3, "line 3: expected a wavelength above 500"),
    "ragged": ("wavelength_nm,B1,B2\n400,1,1\n500,1\n", 3, "line 3: expected 3 fields as in the first line, got 2"),
    "binary": (bytes(range(256)).decode("latin-1") * 4, 3, "expected a header"),
    "a line of ten megabytes": ("wavelength_nm,B1\n400," + "9" * 10000000 + "\n", 3, "line 2: expected a finite number"),
    "negative": ("wavelength_nm,B1\n300,-1\n3000,-1\n", 2, "column B1 expected a positive response"),
    "far away": ("wavelength_nm,B1\n3000,1\n4000,1\n", 2, "column B1 expected a positive response"),
    "micrometres": ("wavelength_nm,B1\n0.4,1\n0.5,1\n", 3, "line 2: expected a wavelength in nanometres, from 100 to 100000, got 0.4"),
    "a column twice": ("wavelength_nm,B1,B1\n400,1,1\n", 3, 'line 1: expected each column once, got two named "B1"'),
    "another column": ("wavelength_nm,B2\n300,1\n3000,1\n", 2, "expected a column of .*responses.csv, got B1"),
}

# Kernels of a PSF (CSV): the text, the exit code, and what the message says.
KERNELS = {
    "nothing": ("", 3, "expected rows of numbers, got none"),
    "ragged": ("1,2\n3\n", 3, "line 2: expected 2 fields"),
    "text": ("1,2\n3,x\n", 3, "line 2: expected a finite number"),
    "not square": ("1,2\n", 2, "degrade.psf: expected a square kernel"),
    "odd": ("1,2,1\n2,4,2\n1,2,1\n", 2, "degrade.psf: expected a kernel of even size"),
    "no sum": ("1,-1\n-1,1\n", 2, "degrade.psf: expected a finite kernel with a positive sum"),
    "beyond float": ("1e300,1\n1,1\n", 2, "degrade.psf: expected a finite kernel"),
    "a sum of almost nothing": ("1e30,-1e30\n1e-30,0\n", 2, "degrade.psf: expected weights of at most"),
}


class BadFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="specfuse-bad-"))
        cls.out = cls.folder / "out"
        subprocess.run([MAKE_BAD_FILES, cls.folder], check=True)
        cls.spoil_scenes()
        run = cls.run_program(config(methods=[NETWORK]), "--out", "trained")
        assert run.returncode == 0, run.stderr
        checkpoint = cls.folder / "trained/two_cnn_fu/checkpoint.h5"
        subprocess.run([MAKE_BAD_FILES, cls.folder, checkpoint], check=True)
        (cls.folder / "checkpoint_cut.h5").write_bytes(checkpoint.read_bytes()[:-100])

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    @classmethod
    def spoil_scenes(cls):
        """What the HDF5 library itself would not write: good files with bytes taken out or changed."""
        good = (cls.folder / "good.h5").read_bytes()
        size = struct.pack("<3Q", 16, 16, 40)
        assert good.count(size) >= 1
        packed, summed = ((cls.folder / name).read_bytes() for name in ("packed.h5", "summed.h5"))
        for name, content in {"empty_file.h5": b"", "text.h5": b"rows,cols\n" * 100, "half.h5": good[:len(good) // 2],
                              "head_only.h5": good[:96],
                              "negative_size.h5": good.replace(size, struct.pack("<3q", -16, 16, 40)),
                              "spoilt_deflate.h5": packed[:-900] + bytes(900),
                              "spoilt_sum.h5": summed[:-900] + bytes(900)}.items():
            (cls.folder / name).write_bytes(content)
        (cls.folder / "folder.h5").mkdir()

    @classmethod
    def run_program(cls, text, *arguments):
        path = cls.folder / "config.json"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        environment = {name: value for name, value in os.environ.items() if name != "SPECFUSE_DATA"}
        return subprocess.run([PROGRAM, path, "--data-dir", cls.folder, "--quiet", *arguments], cwd=cls.folder,
                              capture_output=True, text=True, timeout=60, env=environment)

    def refused(self, code, pattern, text):
        run = self.run_program(text, "--out", self.out)
        self.assertEqual((run.returncode, said(run).count("\n")), (code, 1), run.stderr)
        self.assertRegex(said(run), "^run_experiment: error: .*(" + pattern + ")")
        self.assertNotRegex(said(run)[:-1], "[\x00-\x1f\x7f]")
        self.assertLess(len(said(run)), 3000)
        self.assertFalse(self.out.exists(), list(self.out.rglob("*")))

    def test_configurations(self):
        for name, (text, pattern) in CONFIGS.items():
            with self.subTest(name):
                self.refused(2, "config.json: .*(?:" + pattern + ")", text)

    def test_configurations_that_are_no_files(self):
        for path in (self.folder, self.folder / "absent.json", "/dev/zero"):
            with self.subTest(path):
                run = subprocess.run([PROGRAM, path], capture_output=True, text=True, timeout=60)
                self.assertEqual((run.returncode, run.stderr.count("\n")), (2, 1), run.stderr)
                self.assertIn(str(path), run.stderr)

    def test_scenes(self):
        for name, pattern in SCENES.items():
            with self.subTest(name):
                self.refused(3, f"{name}.*(?:{pattern})|(?:{pattern}).*{name}|cannot read .*{name}|cannot list .*{name}",
                             config(data={"scene": name}))

    def test_scenes_of_other_sizes(self):
        for name, pattern in {"odd.h5": "degrade.ratio: expected a divisor", "one_pixel.h5": "degrade.ratio: expected"}.items():
            with self.subTest(name):
                self.refused(2, pattern, config(data={"scene": name}))

    def test_pairs(self):
        for name, (code, pattern) in PAIRS.items():
            with self.subTest(name):
                self.refused(code, re.escape(name) + ".*(?:" + pattern + ")", config(data={"pair": name}))
        self.refused(2, "degrade.ratio: expected 2 as in", config(data={"pair": "pair_good.h5"}, degrade={"ratio": 4}))

    def test_checkpoints(self):
        for name, (code, pattern) in CHECKPOINTS.items():
            with self.subTest(name):
                self.refused(code, pattern, config(protocol={"type": "apply"},
                                                   methods=[{"name": "two_cnn_fu", "checkpoint": name}]))

    def test_responses(self):
        for name, (text, code, pattern) in RESPONSES.items():
            with self.subTest(name):
                (self.folder / "responses.csv").write_bytes(text.encode("latin-1"))
                self.refused(code, "responses.csv.*(?:" + pattern + ")|" + pattern, config(
                    data={"synthetic": {"rows": 16, "cols": 16, "bands": 40}},
                    degrade={"ratio": 2, "srf": {"file": "responses.csv", "bands": ["B1"]}}))

    def test_kernels(self):
        for name, (text, code, pattern) in KERNELS.items():
            with self.subTest(name):
                (self.folder / "kernel.csv").write_text(text)
                self.refused(code, pattern, config(degrade={"ratio": 2, "psf": {"type": "kernel", "file": "kernel.csv"}}))


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    bad = len(result.failures) + len(result.errors)
    files = sum(map(len, (CONFIGS, SCENES, PAIRS, CHECKPOINTS, RESPONSES, KERNELS)))
    print(f"{max(files - bad, 0)} passed, {bad} failed")
    sys.exit(bad != 0)
