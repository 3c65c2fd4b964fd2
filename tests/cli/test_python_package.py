#!/usr/bin/env python3
"""The Python package as pip installs it, in a virtual environment with the system's packages:

    test_python_package.py RUN_EXPERIMENT MAKE_BAD_FILES

Needs meson-python, pybind11, NumPy, h5py, venv and patchelf (Debian: python3-mesonpy, pybind11-dev, python3-dev,
python3-h5py, python3-venv, patchelf); without them it ends with 77, which meson takes for skipped. It compiles the library once more.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from program import MAKE_BAD_FILES, TOP, main

try:
    import ensurepip
    import h5py
    import mesonpy
    import numpy
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)
if not list((Path(sys.argv[1]).resolve().parent.parent / "python/specfuse").glob("_core*.so")):
    print("skipped: this build has no pybind11")
    sys.exit(77)


class Package(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="specfuse-package-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def output_of(self, *command):
        done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.folder)
        self.assertEqual(done.returncode, 0, f"{' '.join(map(str, command))}\n{done.stdout[-4000:]}")
        return done.stdout

    def test_pip_installs_what_passes_the_tests(self):
        self.output_of(sys.executable, "-m", "venv", "--system-site-packages", "env")
        python = self.folder / "env/bin/python"
        # The same options and relative paths as those of the build beside it, so that a compiler cache knows the files.
        self.output_of(python, "-m", "pip", "install", "--no-build-isolation", "--no-deps", "--no-index",
                       f"--config-settings=builddir={TOP}/build-package", "--config-settings=setup-args=-Dwerror=true", TOP)
        where = self.output_of(python, "-c", "import specfuse; print(specfuse.__file__, specfuse.experiments.PROGRAM)").split()
        for path in where:
            self.assertTrue(path.startswith(str(self.folder)), path)
        tests = TOP / "tests/cli/test_python_arrays.py"
        said = self.output_of(python, tests, where[1], MAKE_BAD_FILES)
        self.assertRegex(said, r"\n[1-9]\d* passed, 0 failed\n$")


if __name__ == "__main__":
    main()
