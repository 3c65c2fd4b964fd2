#!/usr/bin/env python3
"""What may be missing is left out where no program can be built with it: `meson setup` beside packages without headers.

    test_setup.py    Standard library only.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
OPTIONAL = {"mpi": "ompi-c", "gdal": "gdal", "matio": "matio"}  # as pkg-config calls them


class Setup(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name in OPTIONAL.values():  # a package that is found, and has neither headers nor a library
            (self.folder / f"{name}.pc").write_text(f"Name: {name}\nDescription: {name}\nVersion: 5.0\n")

    def set_up(self, *options):
        environment = {**os.environ, "PKG_CONFIG_PATH": str(self.folder)}
        return subprocess.run(["meson", "setup", str(self.folder / "build"), "-Dtests=false", "-Dbench=false", *options],
                              cwd=TOP, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def test_what_no_program_can_be_built_with_is_left_out_with_a_warning(self):
        done = self.set_up()
        self.assertEqual(done.returncode, 0, done.stdout)
        ninja = (self.folder / "build" / "build.ninja").read_text()
        for name in OPTIONAL:
            self.assertFalse(f"-DSPECFUSE_{name.upper()}" in ninja, name)
            self.assertIn(f"WARNING: {name}: no program can be built with it", done.stdout)

    def test_what_has_to_be_there_is_an_error_then(self):
        done = self.set_up("-Dmpi=enabled", "-Dgdal=disabled", "-Dmatio=disabled")
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertIn("mpi: no program can be built with it; install its headers and library", done.stdout)

    def test_make_says_what_it_installs_and_how_long_it_takes_before_it_does(self):
        """On a machine that has nothing: commands that would do something only tell their names."""
        for name in ["apt-get", "meson", "ninja"]:
            self.command(name, f"echo ran {name}")
        self.command("id", "echo 0")  # root
        self.command("pkg-config", "exit 1")
        self.command("nproc", "echo 2")
        shutil.copy(TOP / "Makefile", self.folder)
        shutil.copytree(TOP / ".ci", self.folder / ".ci")
        environment = {**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}"}
        for goal, minutes in [("demo", 3), ("test", 8)]:
            said = subprocess.run(["make", "--silent", goal], cwd=self.folder, env=environment, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True).stdout.splitlines()
            self.assertEqual(said[0], f"make {goal}: about {minutes} minutes on 2 cores")
            self.assertRegex(said[1], "^installing: .*libopenblas-dev .*libgdal-dev .*, about 2 minutes$")
            self.assertEqual(said[2:6], ["ran apt-get", "ran apt-get", "ran apt-get", "ran meson"])

    def command(self, name, script):
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    sys.exit(failed != 0)
