#!/usr/bin/env python3
"""What `meson install` leaves is a library: the C++ of the pages is built on it with pkg-config, and runs.

    test_install.py BUILD COMPILER [FLAG...]    Standard library only.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from code_blocks import all_code_blocks

BUILD, COMPILER = Path(sys.argv[1]), sys.argv[2:]
STRICT = ["-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]


def output_of(*command, **options):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    assert done.returncode == 0, f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout[-4000:]}"
    return done.stdout


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="specfuse-install-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        output_of("meson", "install", "-C", BUILD, "--destdir", cls.folder, "--no-rebuild", "--quiet")
        (cls.description,) = cls.folder.rglob("specfuse.pc")
        text = cls.description.read_text()
        given = re.search(r"^prefix=(.*)$", text, re.MULTILINE)[1]
        cls.prefix = cls.folder / given.lstrip("/")
        # It says where the copy will be in the end.
        cls.description.write_text(text.replace(f"prefix={given}\n", f"prefix={cls.prefix}\n"))

    def flags(self, *of):
        """What pkg-config says of the copy."""
        search = f"{self.description.parent}:{os.environ.get('PKG_CONFIG_PATH', '')}"
        return output_of("pkg-config", *of, "specfuse", env={**os.environ, "PKG_CONFIG_PATH": search}).split()

    def test_the_program_of_the_page_trains_a_network(self):
        programs = [code for _, language, code in all_code_blocks() if language == "cpp"]
        self.assertTrue(programs)
        for code in programs:
            self.assertLessEqual(code.count("\n"), 40)
            (self.folder / "page.cpp").write_text(code)
            output_of(*COMPILER, *STRICT, "page.cpp", "-o", "page", *self.flags("--cflags", "--libs"), cwd=self.folder)
            scores = dict(line.split() for line in output_of("./page", cwd=self.folder).splitlines())
            self.assertGreater(float(scores["psnr_db"]), 30)
            checkpoint = (self.folder / "network.h5").read_bytes()
            self.assertTrue(checkpoint.startswith(b"\x89HDF"))
            self.assertIn(b"around.conv1.weight", checkpoint)

    def test_every_header_can_be_used(self):
        include = self.prefix / "include"
        headers = sorted(path.relative_to(include) for path in include.rglob("*.h"))
        self.assertGreater(len(headers), 100)
        (self.folder / "all.cpp").write_text("".join(f"#include <{header}>\n" for header in headers))
        output_of(*COMPILER, *STRICT, "-fsyntax-only", "all.cpp", *self.flags("--cflags"), cwd=self.folder)

    def test_the_program_is_there_too(self):
        self.assertRegex(output_of(self.prefix / "bin/run_experiment", "--version"), r"^specfuse \d")
        self.assertEqual(output_of(self.prefix / "bin/run_experiment", "--version").split()[1:],
                         self.flags("--modversion"))


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    failed = len(result.failures) + len(result.errors)
    print(f"{max(0, result.testsRun - failed)} passed, {failed} failed")
    sys.exit(failed != 0)
