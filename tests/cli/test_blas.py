#!/usr/bin/env python3
"""Which kernels of OpenBLAS a run has, on a CPU that it mistakes for an old one: test_blas.py PROGRAM

A library that is loaded before OpenBLAS plays such a CPU. Standard library only.
"""
import json
import os
import shlex
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = Path(sys.argv[1]).resolve()
DEMO = Path(__file__).resolve().parent.parent.parent / "experiments" / "demo.json"
CHOICE = "OPENBLAS_CORETYPE"
MISTAKEN = """
#include <stdlib.h>
char* openblas_get_corename(void) { char* chosen = getenv("OPENBLAS_CORETYPE"); return chosen ? chosen : "Prescott"; }
#ifdef WRONG
void cblas_sgemm() {}
#endif
"""
FLAGS = next((line.split() for line in open("/proc/cpuinfo") if line.startswith("flags")), [])


class Blas(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_demo(self, chosen=None, flags=()):
        """On the mistaken CPU."""
        library, out = self.folder / "mistaken.so", self.folder / "out"
        subprocess.run([*shlex.split(os.environ.get("CC", "cc")), "-shared", "-fPIC", "-w", *flags, "-x", "c", "-", "-o",
                        str(library)], input=MISTAKEN, text=True, check=True)
        environment = {name: value for name, value in os.environ.items() if name != CHOICE}
        environment |= {"LD_PRELOAD": str(library), **({CHOICE: chosen} if chosen else {})}
        done = subprocess.run([PROGRAM, DEMO, "--quiet", "--out", out, "--set", 'methods=[{"name": "linear_injection"}]',
                               "--set", "data.synthetic.bands=50"], env=environment, capture_output=True, text=True)
        return done, json.loads((out / "environment.json").read_text())["blas"] if done.returncode == 0 else ""

    @unittest.skipUnless({"avx2", "fma"} <= set(FLAGS), "needs a CPU with AVX2")
    def test_a_cpu_that_is_mistaken_for_an_old_one_gets_the_kernels_it_has(self):
        done, blas = self.run_demo()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(blas, "kernels for Haswell$")

    def test_what_the_user_chose_stays(self):
        done, blas = self.run_demo("Nehalem")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(blas, "kernels for Nehalem$")

    def test_kernels_whose_products_are_wrong_end_a_run(self):
        done, _ = self.run_demo("Haswell", ["-DWRONG"])
        self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1))
        self.assertIn("OpenBLAS: its kernels for Haswell give a wrong product on this CPU; set OPENBLAS_CORETYPE", done.stderr)


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    sys.exit(failed != 0)
