#!/usr/bin/env python3
"""The command line from outside: test_cli.py RUN_EXPERIMENT MAKE_BAD_FILES

Every wrong input has to give its exit code and exactly one clear line, and leave nothing under a final name.
"""
import json
import os
import re
import resource
import signal
import subprocess

from program import PROGRAM, SMALL_NETWORK, SPLIT, SPLIT_DATA, TOP, ProgramTest, experiment, main


class CommandLine(ProgramTest):
    def test_help_version_and_list_answer(self):
        self.assertIn("usage: run_experiment", self.run_program("--help").stdout)
        self.assertRegex(self.run_program("--version").stdout, r"^specfuse \d+\.\d+\.\d+\n$")
        listing = self.run_program("--list").stdout
        for name in ["two_cnn_fu", "psnr_db", "sam_deg", "landsat7", "worldview2", "ssrnet"]:
            self.assertRegex(listing, rf"(?m)^  {name} +\S")

    def test_list_of_one_name_shows_its_options(self):
        self.assertRegex(self.run_program("--list", "cnmf").stdout, r"(?m)^  rounds: integer, default 4, 1 - 1000$")
        self.assertEqual(self.run_program("--list", "degrade.psf.type").stdout.splitlines()[0],
                         "  degrade.psf.type: text, default gaussian, one of gaussian, box, delta, kernel")
        self.assertRegex(self.run_program("--list", "degrade.psf").stdout, r"(?m)^  degrade\.psf\.fwhm: number")
        self.refused(2, "--list: expected the name of a method, layer or metric, or a field", self.run_program("--list", "nothing"))

    def test_document_needs_a_file_that_is_there(self):
        self.refused(2, "--document: expected a value", self.run_program("--document"))
        self.refused(3, "cannot read absent.md", self.run_program("--document", "absent.md"))

    def test_bad_usage(self):
        self.refused(2, "CONFIG.json", self.run_program())
        self.refused(2, "unknown option --frobnicate", self.run_program("--frobnicate"))
        self.refused(2, "--out: expected a value", self.run_program("a.json", "--out"))
        self.refused(2, "also b.json", self.run_program("a.json", "b.json"))
        self.refused(2, "--profile is valid only with an experiment", self.run_program("--list", "--profile"))
        for count in ["0", "two", "2.5", "-1"]:
            self.refused(2, "--threads: expected an integer", self.run_program("a.json", "--threads", count))

    def test_what_takes_long_shows_how_far_it_is(self):
        config = self.folder / "config.json"
        methods = ["cnmf", "hysure", "csu", "fuse"]
        config.write_text(json.dumps(experiment(data={"synthetic": {"rows": 128, "cols": 128, "bands": 100}},
                                                methods=[{"name": name} for name in methods])))
        master, terminal = os.openpty()
        run = subprocess.Popen([PROGRAM, config, "--out", self.out], stdout=subprocess.DEVNULL, stderr=terminal)
        os.close(terminal)
        shown = b""
        try:
            while piece := os.read(master, 1 << 12):
                shown += piece
        except OSError:  # nobody is left to write
            pass
        os.close(master)
        self.assertEqual(run.wait(), 0)
        for method in methods:
            self.assertRegex(shown.decode(), method + r"  (\[[= ]+\] )?[1-9]\d*/\d+ \w+  ")

    def test_output_that_cannot_be_shown(self):
        with open("/dev/full", "w") as full:
            run = subprocess.run([PROGRAM, "--list"], stdout=full, stderr=subprocess.PIPE, text=True)
        self.refused(1, "standard output", run)

    def test_config_that_is_not_there_or_not_json(self):
        self.refused(2, "nowhere.json", self.run_program("nowhere.json"))
        self.refused(2, "config.json: not valid JSON: .*line 1", self.run_config("{\"name\": }"))
        self.refused(2, "\"name\" is given twice", self.run_config('{"name": "a", "name": "b"}'))
        self.refused(2, "at most 32 levels", self.run_config("[" * 1000))

    def test_unknown_key_names_file_path_and_neighbour(self):
        self.refused(2, r'config.json: degrade.rato: unknown key; did you mean "ratio"\?',
                     self.run_config(experiment(degrade={"rato": 2})))
        self.refused(2, r"methods.2.train.step: unknown key",
                     self.run_config(experiment(), "--set", "methods.2.train.step=3"))

    def test_wrong_type_and_value_out_of_range(self):
        self.refused(2, 'degrade.ratio: expected an integer from 2 to 64, got "four"',
                     self.run_config(experiment(degrade={"ratio": "four"})))
        self.refused(2, "seeds.1: expected an integer", self.run_config(experiment(seeds=[0, 1.5])))
        self.refused(2, "methods.0.name: expected one of bicubic, ",
                     self.run_config(experiment(methods=[{"name": "magic"}])))
        self.refused(2, "methods.0.name: .*got nothing", self.run_config(experiment(methods=[{}])))

    def test_what_contradicts_itself(self):
        self.refused(2, "data: expected exactly one of", self.run_config(experiment(data={})))
        self.refused(2, "labels", self.run_config(experiment(methods=[{"name": "bicubic"}, {"name": "bicubic"}])))
        self.refused(2, "`methods.2.train.momentum` is valid only with `methods.2.train.optimizer` `sgd`",
                     self.run_config(experiment(), "--set", "methods.2.train.momentum=0.5"))
        self.refused(2, "`methods.2.train.fc_deviation` is valid only with `methods.2.train.init` `gaussian`",
                     self.run_config(experiment(), "--set", "methods.2.train.fc_deviation=0.5"))
        self.refused(2, "name: expected letters", self.run_config(experiment(name="../elsewhere")))
        self.refused(2, "methods.0.label", self.run_config(experiment(methods=[{"name": "bicubic", "label": "a/b"}])))
        self.refused(2, "`protocol.train` is valid only with `protocol.type` `split`", self.run_config(
            experiment(protocol={"train": {"row": 0, "col": 0, "rows": 8, "cols": 8}})))

    def test_bad_settings(self):
        for setting in ["ratio", "=3", "methods.7.name=bicubic", "name.x=1", "degrade..ratio=2"]:
            self.refused(2, "--set", self.run_config(experiment(), "--set", setting))

    def test_ratio_that_does_not_divide(self):
        self.refused(2, "config.json: degrade.ratio: expected a divisor of the scene's 15 x 16 pixels, got 2",
                     self.run_config(experiment(data={"scene": "odd.h5"})))

    def test_too_few_bands(self):
        self.refused(2, "config.json: .*bands", self.run_config(experiment(methods=[{"name": "bicubic"}, {"name": "two_cnn_fu"}])))

    def test_missing_scene_says_where_it_was_looked_for(self):
        run = self.run_config(experiment(data={"scene": "away.h5"}))
        self.refused(3, f"away.h5: not found in {self.folder}, data; .*data/README.md", run)

    def test_scenes_that_cannot_be_used(self):
        (self.folder / "text.h5").write_text("no HDF5 at all")
        (self.folder / "cut.h5").write_bytes((self.folder / "good.h5").read_bytes()[:-2000])
        for name, pattern in [("rank4.h5", "/cube"), ("nan.h5", "finite|nan"),
                              ("text.h5", "text.h5"), ("cut.h5", "cut.h5")]:
            self.refused(3, pattern, self.run_config(experiment(data={"scene": name})))
        self.refused(3, "/other", self.run_config(experiment(data={"scene": "good.h5", "dataset": "/other"})))

    def test_output_folder_that_cannot_be_made(self):
        self.out = self.folder / "good.h5/out"
        self.refused(1, "good.h5/out", self.run_config(experiment()))

    def test_full_disk(self):
        self.out.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(self.out)]
        if subprocess.run(mount, capture_output=True).returncode == 0:
            try:
                self.refused(1, str(self.out), self.run_config(experiment()))
            finally:
                subprocess.run(["umount", str(self.out)], check=True)
        else:  # where nothing can be mounted, files cannot grow
            def no_room():
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (16384, 16384))
            self.refused(1, str(self.out), self.run_config(experiment(), preexec_fn=no_room))

    def test_dry_run_writes_nothing(self):
        path = self.folder / "dry.json"
        path.write_text(json.dumps(experiment()))
        run = self.run_program(path, "--data-dir", self.folder, "--out", self.out, "--dry-run")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertFalse(self.out.exists())
        self.assertIn("HSI 8 x 8 x 40, MSI 16 x 16 x 6, ratio 2", run.stderr)
        self.assertEqual(json.loads(run.stdout)["degrade"]["psf"]["fwhm"], 2)
        self.refused(3, "away.h5", self.run_config(experiment(data={"scene": "away.h5"}), "--dry-run"))

    def test_every_field_is_documented(self):
        text = re.sub(r"^```.*?^```$", "", (TOP / "experiments/README.md").read_text(), flags=re.MULTILINE | re.DOTALL)
        documented = set(re.findall(r"`([^`]+)`", text))

        def keys(json_value):
            if isinstance(json_value, dict):
                for key, value in json_value.items():
                    yield key
                    named = key in ("branches", "layers", "fusion")  # names that are free to choose
                    yield from keys(list(value.values()) if named else value)
            elif isinstance(json_value, list):
                for value in json_value:
                    yield from keys(value)

        configs = [experiment(), experiment(data=SPLIT_DATA, protocol=SPLIT),
            experiment(protocol={"type": "transfer", "train_scenes": [{"scene": "good.h5"}],
                                 "validation_scenes": [{"scene": "good.h5"}], "fine_tune": {"steps": 1}})]
        for config in configs:
            self.succeeded(self.run_config(config, "--overwrite"))
            resolved = json.loads((self.out / "config.json").read_text())
            missing = [key for key in keys(resolved)
                       if not any(name == key or name.endswith("." + key) for name in documented)]
            self.assertEqual(missing, [])

    def test_wavelengths_that_the_file_lacks_can_be_given(self):
        (self.folder / "bands.csv").write_text("band,wavelength_nm\n" + "".join(
            f"{band},{450 + 50 * band}\n" for band in range(40)))
        given = [{"values": [450 + 50 * band for band in range(40)]}, {"range": [450, 2400]}, {"file": "bands.csv"}]
        methods = [{"name": "bicubic"}]
        results = []
        for number, wavelength_nm in enumerate([None, *given]):
            self.out = self.folder / f"out{number}"
            metrics = self.succeeded(self.run_config(experiment(
                methods=methods, data={"scene": "good.h5", "wavelength_nm": wavelength_nm})))
            self.assertEqual(self.warnings() == [], wavelength_nm is not None)
            results.append((metrics["figures"]["response"], metrics["figures"]["wavelength_nm"]))
        self.assertNotEqual(results[0], results[1])
        self.assertEqual(results[1], results[2])
        self.assertEqual(results[1], results[3])
        self.assertEqual(results[1][1], [450 + 50 * band for band in range(40)])
        # The bands that are left out lose their wavelengths with them.
        self.out = self.folder / "fewer"
        metrics = self.succeeded(self.run_config(experiment(
            methods=methods, degrade={"ratio": 2, "srf": {"fractions": [[0, 1]]}},
            data={"scene": "good.h5", "wavelength_nm": given[1], "bands": [2, 30]})))
        self.assertEqual(metrics["figures"]["wavelength_nm"][0], 550)
        self.out = self.folder / "refused"
        for wavelength_nm, message in [
                ({}, "data.wavelength_nm: expected exactly one of values, range and file, got 0"),
                ({"range": [400, 500], "file": "bands.csv"}, "exactly one of values, range and file, got 2"),
                ({"values": [500, 600]}, "data.wavelength_nm: expected 40 values, one for each band of the file, got 2"),
                ({"values": [0.5] * 40}, "data.wavelength_nm.values.0: expected a number from 100 to 100000")]:
            self.refused(2, message, self.run_config(experiment(data={"scene": "good.h5", "wavelength_nm": wavelength_nm})))
        (self.folder / "bands.csv").write_text("band,nm\n1,500\n")
        self.refused(3, "bands.csv line 1: expected a column wavelength_nm", self.run_config(
            experiment(data={"scene": "good.h5", "wavelength_nm": given[2]})))
        self.refused(2, "`data.wavelength_nm` is valid only with `data.scene` or `data.pair`", self.run_config(
            experiment(data={"synthetic": {}, "wavelength_nm": given[1]})))

    def test_axes_in_another_order_are_doubted_and_can_be_said(self):
        methods = [{"name": "bicubic"}]
        self.succeeded(self.run_config(experiment(methods=methods, data={"synthetic": {"rows": 24, "cols": 32, "bands": 50}})))
        (self.folder / "scene.h5").write_bytes((self.out / "scene.h5").read_bytes())
        for axes, size in [(None, "24 x 32 x 50"), ("rcb", "24 x 32 x 50"), ("crb", "32 x 24 x 50")]:
            self.out = self.folder / f"out_{axes}"
            metrics = self.succeeded(self.run_config(experiment(methods=methods, data={"scene": "scene.h5", "axes": axes})))
            self.assertEqual(metrics["figures"]["size"]["reference"], size)
            self.assertEqual(self.warnings(), [])
        # 24 rows taken as bands: the wavelengths in the file no longer fit.
        self.out = self.folder / "refused"
        self.refused(3, "scene.h5: /wavelength_nm has 50 values but /cube has 24 bands", self.run_config(
            experiment(methods=methods, data={"scene": "scene.h5", "axes": "bcr"})))
        self.refused(2, 'data.axes: expected one of rcb, rbc, .*, got "rrb"', self.run_config(
            experiment(data={"scene": "scene.h5", "axes": "rrb"})))
        # What nobody turned is doubted: turned.h5 has its spectra along the rows.
        self.out = self.folder / "turned"
        config = experiment(methods=methods, data={"scene": "turned.h5"})
        self.succeeded(self.run_config(config))
        self.assertEqual(self.warnings()[-1], "the scene is taken as 40 x 16 x 16 (rows, columns, bands), but it changes "
                                              "along its rows as spectra do: is data.axes brc or bcr?")
        self.succeeded(self.run_config(config, "--overwrite", "--set", "data.axes=brc", "--set", "degrade.ratio=4"))
        self.assertNotIn("data.axes", " ".join(self.warnings()))

    def test_a_method_is_set_by_its_label_or_added(self):
        config = experiment(methods=[{"name": "bicubic"}, dict(SMALL_NETWORK, label="mine"), SMALL_NETWORK])
        self.succeeded(self.run_config(config, "--set", "methods.mine.train.steps=2", "--set", "methods.two_cnn_fu.train.steps=3",
                                       "--set", 'methods.+={"name": "gsa"}', "--set", "methods.+.name=sfim_hs"))
        methods = json.loads((self.out / "config.json").read_text())["methods"]
        self.assertEqual([method["label"] for method in methods], ["bicubic", "mine", "two_cnn_fu", "gsa", "sfim_hs"])
        self.assertEqual([methods[1]["train"]["steps"], methods[2]["train"]["steps"]], [2, 3])
        self.out = self.folder / "refused"
        self.refused(2, r'expected a position from 0 to 2, a label or \+ in the list, got "mime" \(did you mean mine\?\)',
                     self.run_config(config, "--set", "methods.mime.train.steps=2"))
        self.refused(2, "expected a position from 0 to 2, a label or", self.run_config(config, "--set", "methods.3.name=gsa"))

    def test_what_was_meant_is_asked(self):
        for settings, message in [
                ('methods.0.name="bicubik"', r'methods.0.name: expected one of .*, got "bicubik" \(did you mean bicubic\?\)'),
                ('methods.2.train.stps=4', r'methods.2.train.stps: unknown key; did you mean "steps"\? '
                                           r'\(methods.2 is "two_cnn_fu"\)'),
                ("methods.2.tile=4", r'methods.2.tile: unknown key; did you mean methods.2.train.tile\?'),
                ("train.tile=4", r'train: unknown key; did you mean protocol.train or methods.2.train\?'),
                ("degrade.srf.sensor=LandSat-7", r"got LandSat-7 \(did you mean landsat7\?\)"),
                ('protocol.type="walt"', r'got "walt" \(did you mean wald\?\)')]:
            self.refused(2, message, self.run_config(experiment(), "--set", settings))
        self.refused(3, "pair_no_reference.h5: no dataset /cube, but /hsi and /msi: name a pair in data.pair",
                     self.run_config(experiment(data={"scene": "pair_no_reference.h5"})))
        self.refused(3, "good.h5: no dataset /hsi, but /cube: name a scene in data.scene",
                     self.run_config(experiment(data={"pair": "good.h5"})))
        self.refused(2, "methods.0: hysure: expected the spectral response of the MSI, but the pair has none: degrade.srf gives "
                        "it, degrade.estimate.srf finds it from the pair",
                     self.run_config(experiment(data={"pair": "pair_no_srf.h5"}, methods=[{"name": "hysure"}])))
        (self.folder / "scene.doc").write_text("once upon a time")
        self.refused(3, r"scene.doc: expected a scene in a format that is known \(enmap, .*, hdf5, npy, matlab, gdal\), got another; "
                        "data/README.md shows how to make one",
                     self.run_config(experiment(data={"scene": "scene.doc"})))
        (self.folder / "scene.mat").write_text("MATLAB 5.0 MAT-file")
        self.refused(3, "scene.mat: (expected a MATLAB file, got another|needs matio, and this program was built without it)",
                     self.run_config(experiment(data={"scene": "scene.mat"})))
        run = self.run_config(experiment(data={"scene": "missing.h5"}), "--data-dir", self.folder)
        self.assertEqual(run.stderr.count(str(self.folder) + ","), 1, run.stderr)

    def test_options_take_their_values_in_both_ways(self):
        path = self.folder / "config.json"
        path.write_text(json.dumps(experiment(methods=[{"name": "bicubic"}])))
        run = self.run_program(path, f"--data-dir={self.folder}", f"--out={self.out}", "--quiet", "--set=degrade.ratio=4")
        self.succeeded(run)
        self.assertEqual(json.loads((self.out / "config.json").read_text())["degrade"]["ratio"], 4)
        self.assertEqual(self.run_program("-h").stdout, self.run_program("--help").stdout)
        self.assertIn("usage:", self.run_program("-h").stdout)
        self.assertEqual(self.run_program("--list=gsa").stdout, self.run_program("--list", "gsa").stdout)
        self.out = self.folder / "refused"
        for arguments, message in [(["--quiet=1"], '--quiet: expected no value, got "1"'), (["--out="], "--out: expected a value"),
                                   (["--overwritte"], r"unknown option --overwritte \(did you mean --overwrite\?\)")]:
            self.refused(2, message, self.run_program(path, *arguments))


if __name__ == "__main__":
    main()
