#!/usr/bin/env python3
"""What --fuse refuses, and what it warns of: test_fuse_requests.py RUN_EXPERIMENT MAKE_BAD_FILES

Needs NumPy, h5py, GDAL's module and a program with GDAL.
"""
import unittest

from fuse_pair import FILL, HAS_ALL, QUICK, SIDE, X, Y, FusePairTest
from program import main

if HAS_ALL:
    import h5py
    import numpy as np


class FuseRequests(FusePairTest):
    def warnings_of(self, msi):
        run = self.run_program("--fuse", "hsi.tif", msi, "--out", "fused.tif", *QUICK, "--dry-run")
        return [line for line in run.stderr.splitlines() if line.startswith("warning")]

    def test_what_is_doubtful_of_an_msi_is_said_once(self):
        self.msi("pan.tif", self.fine.mean(2, keepdims=True).astype("u2"))
        self.msi("rgb.tif", self.fine[..., 2::-1])
        self.msi("S2B_rgbn.tif", self.fine[..., [2, 1, 0, 3]])
        self.msi("S2B_mixed.tif", np.random.default_rng(0).permutation(self.fine.reshape(-1, 4)).reshape(self.fine.shape))
        for msi, said in {"pan.tif": r"the MSI has one band, and the fine detail of \d+ of 60 bands, outside of 430 to \d+ nm, is extrapolated",
                          "rgb.tif": r"the MSI has 3 bands, and the fine detail of \d+ of 60 bands",
                          "S2B_rgbn.tif": "were taken to be sentinel2a B2, B3, B4, B8, in this order, which the pair contradicts",
                          "S2B_mixed.tif": "nothing in the HSI explains the MSI, whatever its response: are both images of the same place"}.items():
            with self.subTest(msi):
                (warning,) = self.warnings_of(msi)
                self.assertRegex(warning, said)
        self.assertEqual(self.warnings_of("S2B_10m.tif"), [])

    def make_odd_files(self):
        (self.folder / "text.txt").touch()
        (self.folder / "cut.tif").write_bytes((self.folder / "hsi.tif").read_bytes()[:5000])
        for metres in 30, 90:
            self.msi(f"msi_{metres}m.tif", self.fine[::metres // 10, ::metres // 10], metres)
        self.msi("far.tif", corner=(X + 90000, Y))
        self.msi("border.tif", corner=(X + 510, Y))
        self.hsi("edge.tif", np.where(np.arange(SIDE)[:, None] < SIDE - 3, self.coarse, FILL).astype("i2"))
        self.msi("flipped.tif", self.fine[::-1])
        self.msi("fine.tif", metres=0.4)
        self.msi("complex.tif", self.fine.astype("c8"))
        self.msi("unequal.tif", self.fine[::2], high=20)
        self.msi("south_up.tif", high=-10, corner=(X, Y - 600))
        self.msi("empty.tif", np.full_like(self.fine, 7), nodata=7)
        self.hsi("turned.tif", turned=3)
        np.save(self.folder / "hsi.npy", self.coarse)
        np.save(self.folder / "msi.npy", self.fine[:, :-1])
        np.save(self.folder / "four.npy", self.fine[None])
        with h5py.File(self.folder / "two.h5", "w") as file:
            file["a"], file["b"] = self.fine, self.fine
        h5py.File(self.folder / "none.h5", "w").close()
        (self.folder / "there.tif").touch()

    def test_thirty_odd_requests_get_one_line_each(self):
        self.make_odd_files()
        pair = ("hsi.tif", "S2B_10m.tif")
        to = ("--out", "no/fused.tif")
        requests = [
            (2, "--fuse requires --out", (*pair,)),
            (2, "expected the MSI behind the HSI, got --out", ("hsi.tif", *to)),
            (2, "expected one CONFIG.json, got also more.tif", (*pair, "more.tif", *to)),
            (2, "--out: expected a file such as .*fused.tif, got a folder", (*pair, "--out", self.folder)),
            (2, "--out: expected a file such as new/fused.tif, got", (*pair, "--out", "new/")),
            (2, "expected a file ending in .*, got .png", (*pair, "--out", "fused.png")),
            (2, "fused: expected a file ending in .*, got a name without an ending", (*pair, "--out", "fused")),
            (2, "--out: cannot write hsi.tif/fused.tif: Not a directory", ("nope.tif", "nope.tif", "--out", "hsi.tif/fused.tif")),
            (2, "--out: cannot make the folder /proc/no: ", ("nope.tif", "nope.tif", "--out", "/proc/no/fused.tif")),
            (2, "there.tif is there already; --overwrite replaces it", (*pair, "--out", "there.tif")),
            (2, "hsi.tif would be written, and is part of the inputs", (*pair, "--out", "hsi.tif", "--overwrite")),
            (2, "--jobs is valid only with a sweep", (*pair, *to, "--jobs", "2")),
            (2, "expected an HSI and an MSI, got hsi.tif twice", ("hsi.tif", "hsi.tif", *to)),
            (3, "nope.tif: not found", ("nope.tif", "S2B_10m.tif", *to)),
            (3, "nope.tif: not found", ("hsi.tif", "nope.tif", *to)),
            (3, self.folder.name, (self.folder, "S2B_10m.tif", *to)),
            (3, "text.txt: expected a scene in a format that is known", ("hsi.tif", "text.txt", *to)),
            (3, "cut.tif", ("cut.tif", "S2B_10m.tif", *to)),
            (3, "complex.tif: expected real values", ("hsi.tif", "complex.tif", *to)),
            (3, "four.npy", ("hsi.npy", "four.npy", *to)),
            (3, "empty.tif: .*expected data, got none", ("hsi.tif", "empty.tif", *to)),
            (2, "expected an MSI with finer pixels than the HSI, got pixels of 30 and 30", ("hsi.tif", "msi_30m.tif", *to)),
            (2, "expected an MSI with finer pixels than the HSI, got pixels of 30 and 90: there is nothing to sharpen", ("hsi.tif", "msi_90m.tif", *to)),
            (3, "expected HSI pixels of 1.5 to 64 MSI pixels", ("hsi.tif", "fine.tif", *to)),
            (3, "expected HSI pixels of 1.5 to 64 MSI pixels, nearest to one whole number on both axes", ("hsi.tif", "unequal.tif", *to)),
            (3, "expected images of one place, .*: the HSI reaches from x 350000 to 350600, y 5829400 to 5830000, the MSI from x 440000 to 440600",
             ("hsi.tif", "far.tif", *to)),
            (3, "edge.tif: the part that both images show: expected data, got none in any pixel", ("edge.tif", "border.tif", *to)),
            (2, "lies upside down .*; --set data.orientation=flip_rows turns it back", ("hsi.tif", "flipped.tif", *to)),
            (3, "expected rows and columns of HSI and MSI to go the same way", ("hsi.tif", "south_up.tif", *to)),
            (3, "expected the HSI to lie along the axes of its projection", ("turned.tif", "S2B_10m.tif", *to)),
            (2, "how many MSI pixels wide is one of the HSI. --set degrade.ratio=3 would say so", ("hsi.npy", "msi.npy", *to)),
            (2, "degrade.ratio: expected 3 as in", (*pair, *to, "--set", "degrade.ratio=4")),
            (2, "which dataset is the MSI, of /a, /b. --set data.msi.dataset=... says so", ("hsi.tif", "two.h5", *to)),
            (2, "which dataset is the HSI, of none that are images", ("none.h5", "S2B_10m.tif", *to)),
            (2, "methods.0.name: expected one of", (*pair, *to, "--method", "best")),
            (2, "frobnicate: unknown key", (*pair, *to, "--set", "frobnicate=1")),
            (2, "data.hsi.bands: expected some of 60 bands, got 10 from 55", (*pair, *to, "--set", "data.hsi.bands=[55,10]")),
            (2, "output.int16.* is valid only with", (*pair, "--out", "no/fused.h5", "--set", "output.int16.scale=0.1")),
            (2, "memory", (*pair, *to, "--memory", "1MiB")),
        ]
        before = sorted(self.folder.rglob("*"))
        for code, pattern, request in requests:
            with self.subTest(pattern):
                method = () if "--method" in request else QUICK
                run = self.run_program("--fuse", *request, *method, "--quiet")
                said = [line for line in run.stderr.splitlines() if not line.startswith("warning: ")]
                self.assertEqual((run.returncode, len(said)), (code, 1), run.stderr)
                self.assertRegex(said[0], "run_experiment: error: .*" + pattern)
                self.assertEqual(sorted(self.folder.rglob("*")), before)


if __name__ == "__main__":
    main()
