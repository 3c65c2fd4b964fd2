#!/usr/bin/env python3
"""The Processing algorithm in QGIS itself: test_qgis.py RUN_EXPERIMENT MAKE_BAD_FILES

Needs QGIS with its Python (Debian: qgis, python3-qgis), and what fuse_pair.py needs; without QGIS it says so and ends with
77, which meson takes for skipped.
"""
import importlib.util
import json
import os
import shutil
import subprocess
import sys

# Debian's wrapper around qgis_process hands it an option that it does not know.
QGIS = shutil.which("qgis_process.bin") or shutil.which("qgis_process")
if not QGIS or not importlib.util.find_spec("qgis"):
    print("skipped: no qgis_process")
    sys.exit(77)

from fuse_pair import BANDS, FusePairTest
from program import PROGRAM, TOP, main

SCRIPT = TOP / "python/qgis/specfuse_fuse.py"
CANCELLED = """
import sys
sys.path.insert(0, sys.argv[1])
from qgis.core import QgsProcessingFeedback
import specfuse_fuse
feedback = QgsProcessingFeedback()
feedback.cancel()
specfuse_fuse.run_program(["sleep", "600"], feedback)
"""


class Qgis(FusePairTest):
    def setUp(self):
        super().setUp()
        scripts = self.folder / "settings/profiles/default/processing/scripts"
        scripts.mkdir(parents=True)
        shutil.copy(SCRIPT, scripts)
        # The Python in QGIS looks for its modules beside the first python3 of the PATH, which need not be the one that QGIS is for.
        self.environment = {**os.environ, "PATH": os.defpath, "QT_QPA_PLATFORM": "offscreen", "QGIS_CUSTOM_CONFIG_PATH": str(self.folder / "settings"),
                            "XDG_RUNTIME_DIR": str(self.folder), "SPECFUSE_PROGRAM": str(PROGRAM)}

    def qgis(self, *arguments):
        return subprocess.run([QGIS, "--json", *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=240)

    def run_algorithm(self, **parameters):
        paths = {name: str(self.folder / value) if str(value).endswith(".tif") else value for name, value in parameters.items()}
        return self.qgis("run", "script:specfuse_fuse", "--", *(f"{name}={value}" for name, value in paths.items()))

    def test_layers_in_and_layers_out(self):
        done = self.run_algorithm(HSI="hsi.tif", MSI="S2B_10m.tif", METHOD="linear_injection", FUSED="made/fused.tif",
                                  DEGRADE_RATIO="3", SET="degrade.harmonise=false\noutput.int16=null")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        answer = json.loads(done.stdout)
        results, log = answer["results"], "\n".join(answer["log"]["info"])
        self.assertRegex(log, r"(?m)^MSI bands +sentinel2a B2, B3, B4, B8 ")
        self.assertRegex(log, r"(?m)^Degraded to the inputs again, the image agrees ")
        self.assertEqual({name: value.replace(str(self.folder), "") for name, value in results.items()},
                         {"FUSED": "/made/fused.tif", "QUALITY": "/made/fused_quality.tif", "REPORT": "/made/fused_run/report.html"})
        raster, image = self.opened("made/fused.tif")
        self.assertEqual((raster.RasterCount, image.dtype.str), (BANDS, "<f4"))
        config = json.loads((self.folder / "made/fused.json").read_text())
        self.assertEqual((config["degrade"]["ratio"], config["methods"]), (3, [{"name": "linear_injection"}]))

    def test_without_the_program_that_is_said(self):
        self.environment["SPECFUSE_PROGRAM"] = "/nowhere"
        done = self.run_algorithm(HSI="hsi.tif", MSI="S2B_10m.tif", METHOD="gsa", FUSED="fused.tif")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("run_experiment of specfuse was not found", done.stdout + done.stderr)

    def test_what_the_program_says_is_in_the_log(self):
        done = self.run_algorithm(HSI="S2B_10m.tif", MSI="S2B_10m.tif", FUSED="fused.tif")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("expected an HSI and an MSI, got ", done.stdout + done.stderr)

    def test_parameters_are_those_of_the_program(self):
        parameters = json.loads(self.qgis("help", "script:specfuse_fuse").stdout)["parameters"]
        methods = [line.split()[0] for line in self.run_program("--list").stdout.split("\nlayers")[0].splitlines()[1:]]
        options = parameters["METHOD"]["available_options"]
        self.assertEqual([options[str(i)] for i in range(len(options))], ["the best that suits", *methods[:-1]])
        self.assertIn("superdove", parameters["DEGRADE_SRF_SENSOR"]["available_options"].values())
        self.assertIn("Edge of a coarse pixel", parameters["DEGRADE_RATIO"]["help"])

    def test_cancelling_ends_the_program(self):
        done = subprocess.run([sys.executable, "-c", CANCELLED, str(SCRIPT.parent)], env=self.environment, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    main()
