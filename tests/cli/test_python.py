#!/usr/bin/env python3
"""The Python package with the program: test_python.py RUN_EXPERIMENT MAKE_BAD_FILES

Needs NumPy and h5py, and Matplotlib and PyTorch for a test each (Debian: python3-h5py, python3-matplotlib,
python3-torch); without them it says so and ends with 77, which meson takes for skipped.
"""
import json
import os
import sys
import warnings
from pathlib import Path

try:
    import h5py
    import matplotlib
    import numpy as np
    import torch
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

from program import PROGRAM, SMALL_NETWORK, TOP, ProgramTest, experiment, main

sys.path[:0] = [str(TOP / "python"), str(TOP / "examples")]
import specfuse

matplotlib.use("agg")
specfuse.experiments.PROGRAM = PROGRAM
DATA = {"synthetic": {"rows": 24, "cols": 24, "bands": 40}}
NETWORK = "two_cnn_fu/checkpoint.h5"


class Python(ProgramTest):
    def setUp(self):
        super().setUp()
        self.before = os.getcwd()
        os.chdir(self.folder)

    def tearDown(self):
        os.chdir(self.before)
        super().tearDown()

    def run_small(self, out="out", **changes):
        config = experiment(**({"data": DATA, "methods": [{"name": "gsa"}, SMALL_NETWORK]} | changes))
        return specfuse.run(config, out=out, data_dir=self.folder)

    def fused_by(self, checkpoint, out):
        """The bytes of what the protocol apply makes with a checkpoint."""
        self.run_small(out, protocol={"type": "apply"}, methods=[{"name": "two_cnn_fu", "checkpoint": str(checkpoint)}])
        return (self.folder / out / "two_cnn_fu/fused.h5").read_bytes()

    def test_a_scene_is_written_as_the_program_reads_it(self):
        cube = np.random.default_rng(1).uniform(1, 100, (12, 8, 30)).astype(np.float32)
        cube[3, 4] = cube[0, 0, 2] = -9999
        scene = specfuse.Scene(cube, np.linspace(400, 2400, 30), nodata=-9999, attributes={"sensor": "made up"})
        specfuse.write_scene("scene.h5", scene)
        read = specfuse.read_scene("scene.h5")
        np.testing.assert_array_equal(read.cube, cube)
        np.testing.assert_array_equal(read.wavelength_nm, scene.wavelength_nm)
        self.assertEqual((read.nodata, read.attributes, read.sigma), (-9999, {"sensor": "made up"}, None))
        self.assertEqual(list(zip(*np.nonzero(~read.valid))), [(0, 0), (3, 4)])
        metrics = self.run_small(data={"scene": "scene.h5"}, methods=[{"name": "bicubic"}])
        self.assertEqual(metrics["figures"]["wavelength_nm"], list(scene.wavelength_nm))
        self.assertEqual(metrics["figures"]["sensor"], "made up")
        fused = specfuse.read_results("out").fused("bicubic")
        self.assertEqual(np.count_nonzero(~fused.valid), metrics["methods"][0]["left_out"]["pixels without data"])
        self.assertFalse(fused.valid[3, 4])

    def test_arrays_that_say_more_than_their_values_are_not_taken_as_plain_ones(self):
        cube = np.ones((4, 4, 3), np.float32)
        with self.assertRaisesRegex(specfuse.DataError, "cube: expected values without a mask"):
            specfuse.write_scene("scene.h5", specfuse.Scene(np.ma.masked_less(cube * [1, 2, 3], 2)))
        with h5py.File("scene.h5", "w") as file:
            file["cube"] = cube[..., 0]
        self.assertEqual(specfuse.read_scene("scene.h5").cube.shape, (4, 4, 1))
        # Zero may have been measured in one band, another number that is declared may not.
        cube[0, 0, 0] = 7
        self.assertFalse(specfuse.Scene(cube, nodata=7).valid[0, 0])
        cube[0, 0, 0] = 0
        self.assertTrue(specfuse.Scene(cube, nodata=0).valid.all())

    def test_zero_stands_for_no_data_only_in_all_bands(self):
        cube = np.ones((2, 2, 3), np.float32)
        cube[0, 0] = cube[1, 1, 0] = 0
        self.assertEqual(specfuse.Scene(cube, nodata=0.0).valid.tolist(), [[False, True], [True, True]])
        cube[0, 1, 2] = np.nan
        self.assertEqual(specfuse.Scene(cube, nodata=np.nan).valid.tolist(), [[True, False], [True, True]])
        self.assertTrue(specfuse.Scene(cube).valid.all())

    def test_a_pair_is_written_as_the_program_reads_it(self):
        random = np.random.default_rng(2)
        reference = random.uniform(1, 2, (16, 16, 6)).astype(np.float32)
        srf = random.uniform(0.1, 1, (3, 6)).astype(np.float32)
        srf /= srf.sum(1, keepdims=True)
        pair = specfuse.Pair(reference.reshape(8, 2, 8, 2, 6).mean((1, 3)), reference @ srf.T, reference, srf,
                             np.linspace(400.1, 900, 6), np.array([450.0, 600, 800]), attributes={"licence": "none"})
        specfuse.write_pair("pair.h5", pair)
        read = specfuse.read_pair("pair.h5")
        self.assertEqual((read.ratio, read.attributes, read.nodata), (2, pair.attributes, None))
        for name in ["hsi", "msi", "reference", "srf", "wavelength_nm", "msi_wavelength_nm"]:
            np.testing.assert_array_equal(getattr(read, name), getattr(pair, name), name)
        told = {"ratio": 2, "estimate": dict.fromkeys(["psf", "shift", "srf", "gain"], "false")}
        metrics = self.run_small(data={"pair": "pair.h5"}, degrade=told, methods=[{"name": "bicubic"}])
        np.testing.assert_allclose(metrics["figures"]["response"], srf, rtol=1e-6)
        error = specfuse.read_results("out").fused("bicubic").cube - reference
        self.assertAlmostEqual(metrics["methods"][0]["metrics"]["rmse"], np.sqrt((error.astype(float) ** 2).mean()), 6)
        pair.reference = None
        specfuse.write_pair("pair.h5", pair)
        scores = self.run_small("alone", data={"pair": "pair.h5"}, methods=[{"name": "bicubic"}])["methods"][0]["train_metrics"]
        figure = specfuse.show("alone")
        self.assertEqual([axes.get_title().split("\n")[0] for axes in figure.axes], ["hsi", "msi", "bicubic"])
        self.assertIn(f"\nreduced_sam_deg {scores['sam_deg']:.4g}", figure.axes[2].get_title())
        matplotlib.pyplot.close(figure)

    def test_what_a_dataset_says_of_itself_stays(self):
        cube = np.random.default_rng(3).uniform(1, 2, (4, 6, 5)).astype(np.float32)
        cube[1, 2] = -1
        with h5py.File("own.h5", "w") as file:
            file["cube"] = cube.T  # as MATLAB writes it
            file["cube"].attrs.update({"nodata": -1.0, "sensor": np.bytes_("own"), "MATLAB_class": np.bytes_("single")})
            file.attrs.update({"sensor": "of the file", "licence": "none"})
        read = specfuse.read_scene("own.h5")
        np.testing.assert_array_equal(read.cube, cube)
        self.assertEqual((read.nodata, read.attributes), (-1, {"sensor": "own", "licence": "none"}))
        self.assertEqual(np.count_nonzero(~read.valid), 1)
        pair = specfuse.Pair(np.ones((4, 4, 5)), np.ones((8, 8, 2)), msi_attributes={"geotransform": [1.0, 2, 0, 3, 0, -2]},
                             attributes={"geotransform": [1.0, 4, 0, 3, 0, -4]})
        specfuse.write_pair("placed.h5", pair)
        again = specfuse.read_pair("placed.h5")
        for name in "attributes", "msi_attributes":
            np.testing.assert_array_equal(getattr(again, name)["geotransform"], getattr(pair, name)["geotransform"])
        with h5py.File("placed.h5") as file:
            self.assertEqual(file["msi"].attrs["geotransform"][1], 2)

    def test_errors_name_file_field_and_what_was_expected(self):
        with h5py.File("other.h5", "w") as file:
            file["image"] = np.ones((2, 2, 2))
            file["cube"] = np.ones(2)
            file["wavelength_nm"] = np.ones(3)
        (self.folder / "text.h5").write_text("no")
        cube = np.ones((4, 4, 2))
        for read, pattern in [
                (lambda: specfuse.read_scene("none.h5"), "none.h5: expected an HDF5 file, found none"),
                (lambda: specfuse.read_scene("text.h5"), "text.h5: expected an HDF5 file"),
                (lambda: specfuse.read_scene("other.h5"), r"other.h5: expected /cube \[rows, cols, bands\].*, got .*\[2\]"),
                (lambda: specfuse.read_scene("other.h5", "image"), r"other.h5: wavelength_nm: expected \[2\], got \[3\]"),
                (lambda: specfuse.read_pair("other.h5"), r"expected /hsi \[rows, cols, bands\], found /cube, /image"),
                (lambda: specfuse.read_checkpoint("other.h5"), "other.h5: expected a checkpoint"),
                (lambda: specfuse.read_results("."), "metrics.json: expected the results of a run"),
                (lambda: specfuse.write_scene("a.h5", specfuse.Scene(cube, [1.0])), r"wavelength_nm: expected \[2\], got \[1\]"),
                (lambda: specfuse.write_pair("a.h5", specfuse.Pair(cube, cube[:3])), "msi: expected the 4 x 4 pixels of hsi"),
                (lambda: specfuse.write_pair("a.h5", specfuse.Pair(cube[:2, :2], cube, srf=np.ones((2, 3)))), r"srf: expected \[2, 2\]")]:
            with self.assertRaisesRegex(specfuse.DataError, pattern):
                read()
        self.assertFalse((self.folder / "a.h5").exists())

    def test_run_takes_files_and_dicts_and_raises_what_the_program_says(self):
        (self.folder / "small.json").write_text(json.dumps(experiment(data=DATA, methods=[{"name": "gsa"}])))
        metrics = specfuse.run("small.json", changes={"methods.gsa.label": "sharp", "degrade.ratio": 4})
        self.assertEqual((metrics["methods"][0]["label"], metrics["config"]["degrade"]["ratio"]), ("sharp", 4))
        self.assertEqual(metrics, specfuse.read_results("results/small").metrics)
        config = experiment(data=DATA, methods=[{"name": "gsa"}])
        with self.assertRaisesRegex(specfuse.RunError, "holds results of another configuration") as caught:
            specfuse.run(config)
        self.assertEqual(caught.exception.code, 2)
        self.assertEqual(specfuse.run(config, overwrite=True)["methods"][0]["label"], "gsa")
        with self.assertRaisesRegex(specfuse.RunError, "^cannot run nowhere: No such file"):
            specfuse.run(config, program="nowhere")
        sweep = {"name": "both", "sweep": {"base": {"data": DATA, "methods": [{"name": "gsa"}]}, "grid": {"degrade.ratio": [2, 4]}}}
        self.assertEqual([run["state"] for run in specfuse.run(sweep, out="both")["runs"]], ["done"] * 2)
        sweep["sweep"]["base"] = "small.json"
        self.assertEqual([run["state"] for run in specfuse.run(sweep, out="file")["runs"]], ["done"] * 2)
        self.assertEqual(sweep["sweep"]["base"], "small.json")

    def said_by(self, *arguments, **options):
        """The warnings of a run."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            results = specfuse.run(*arguments, **options)
        self.assertEqual({(warning.category, Path(warning.filename).name) for warning in caught} - {
            (specfuse.SpecfuseWarning, "test_python.py")}, set())
        return results, [str(warning.message) for warning in caught]

    def test_every_warning_of_a_run_is_one_of_python(self):
        config = experiment(data={"scene": "good.h5"}, methods=[{"name": "gsa"}, SMALL_NETWORK])
        for _ in range(2):  # the second time the run was done before
            metrics, said = self.said_by(config, out="doubtful", data_dir=self.folder)
            self.assertEqual(said, metrics["warnings"])
            self.assertRegex(" ".join(said), "no wavelengths.*learns [0-9]* parameters from")
        base = {key: config[key] for key in ("data", "degrade", "methods")}
        sweep = {"name": "both", "sweep": {"base": base, "grid": {"degrade.psf.type": ["gaussian", "box"]}}}
        for _ in range(2):
            results, said = self.said_by(sweep, out="both", data_dir=self.folder)
            self.assertEqual(said[0], "all 2 runs: " + results["runs"][0]["warnings"][0])
        self.assertEqual(self.said_by(experiment(data=DATA, methods=[{"name": "gsa"}]), out="sure")[1], [])
        with self.assertWarns(specfuse.SpecfuseWarning), self.assertRaises(specfuse.RunError):
            specfuse.run(config | {"methods": [SMALL_NETWORK]}, out="doubtful", data_dir=self.folder)

    def test_a_checkpoint_that_does_not_say_what_it_learned_from_is_said(self):
        self.run_small()
        (self.folder / "silent.h5").write_bytes((self.folder / "out" / NETWORK).read_bytes())
        with h5py.File("silent.h5", "r+") as file:
            del file["learned_from"]
        config = experiment(data=DATA, protocol={"type": "apply"}, methods=[{"name": "two_cnn_fu", "checkpoint": "silent.h5"}])
        metrics, said = self.said_by(config, out="silent")
        self.assertEqual(said, ["two_cnn_fu: silent.h5 does not say what it learned from, which may be what it is scored on"])
        self.assertIsNone(metrics["methods"][0]["learned_from_scored_pixels"])

    def test_the_first_real_experiment_has_weights_without_its_scene(self):
        config = json.loads((TOP / "experiments/aviris.json").read_text())
        file, = (method["checkpoint"] for method in config["methods"] if method["name"] == "two_cnn_fu_plus")
        shipped, used = (specfuse.read_checkpoint(TOP / name) for name in ("data/two_cnn_fu_plus.h5", file))
        scenes = [{scene["scene"] for scene in one.config["protocol"]["train_scenes"]} for one in (shipped, used)]
        self.assertIn(config["data"]["scene"], scenes[0])
        self.assertNotIn(config["data"]["scene"], scenes[1])
        kept = [set(map(tuple, one.tensors["learned_from"].tolist())) for one in (shipped, used)]
        # The smallest of fewer scenes reach further up.
        self.assertEqual([len(hashes) for hashes in kept], [6144, 6144])
        self.assertLess(max(kept[0]), max(kept[1]))
        self.assertGreater(len(kept[0] - kept[1]), 1000)

    def test_results_have_their_images_intervals_and_names(self):
        plus = {"name": "two_cnn_fu_plus"}
        self.run_small(methods=[{"name": "gsa"}, plus], seeds=[0, 4])
        results = specfuse.read_results(str(self.folder / "out"))
        self.assertEqual(results.names, ["gsa-seed0", "two_cnn_fu_plus-seed0", "gsa-seed4", "two_cnn_fu_plus-seed4"])
        fused, scene = results.fused("two_cnn_fu_plus-seed0"), specfuse.read_scene("out/scene.h5")
        self.assertIsNone(results.fused("gsa-seed4").sigma)
        within = (abs(fused.cube - scene.cube) <= fused.sigma * fused.width_95).mean()
        self.assertAlmostEqual(within, results.metrics["methods"][1]["reliability"]["coverage_95"], 4)
        self.assertEqual(results.checkpoint("two_cnn_fu_plus-seed4").state["seed"], 4)
        figure = specfuse.show("out")
        titles = [axes.get_title() for axes in figure.axes]
        self.assertEqual([title.split("\n")[0] for title in titles], ["hsi", "msi", "reference", "gsa", "two_cnn_fu_plus"])
        self.assertIn(f"psnr_db {results.metrics['summary']['scores']['gsa']['psnr_db']['mean']:.4g}", titles[3])
        matplotlib.pyplot.close(figure)

    def test_a_checkpoint_goes_to_pytorch_and_back_to_the_bit(self):
        self.run_small()
        like = self.folder / "out" / NETWORK
        state = specfuse.state_dict(like)
        self.assertEqual({str(tensor.dtype) for tensor in state.values()}, {"torch.float32"})
        specfuse.write_checkpoint("same.h5", state, like)
        first = self.fused_by(like, "first")
        self.assertEqual(self.fused_by("same.h5", "same"), first)
        self.assertFalse([name for name in specfuse.read_checkpoint("same.h5").tensors if name.startswith(("best", "opt"))])
        changed = {name: torch.nn.Parameter(value.clone()) for name, value in state.items()}
        changed["fusion.out.weight"].data[0, 0] += 0.1
        specfuse.write_checkpoint("changed.h5", changed, like)
        self.assertNotEqual(self.fused_by("changed.h5", "changed"), first)
        for wrong, pattern in [({"hsi.conv1.weight": torch.ones(3)}, r"bad.h5: hsi.conv1.weight: expected \[3, 1, 5\], got \[3\]"),
                               ({"hsi.conv9.weight": torch.ones(3)}, r"unknown: \['hsi.conv9.weight'\]"),
                               ({"fusion.out.bias": torch.full((40,), torch.nan)}, "fusion.out.bias: expected finite")]:
            with self.assertRaisesRegex(specfuse.DataError, pattern):
                specfuse.write_checkpoint("bad.h5", state | wrong, like)
        self.assertEqual([path.name for path in self.folder.glob("bad.h5*")], [])

    def test_best_are_the_parameters_of_the_best_validation(self):
        tensors = {"model/a.weight": np.ones(2, np.float32), "best/model/a.weight": np.zeros(2, np.float32)}
        checkpoint = specfuse.Checkpoint("made up", tensors, {}, {})
        self.assertEqual(specfuse.state_dict(checkpoint)["a.weight"].tolist(), [0, 0])
        self.assertEqual(specfuse.state_dict(checkpoint, best=False)["a.weight"].tolist(), [1, 1])
        with self.assertRaisesRegex(specfuse.DataError, "made up: expected the parameters of a network in /model"):
            specfuse.state_dict(specfuse.Checkpoint("made up", {}, {}, {}))


if __name__ == "__main__":
    main()
