#!/usr/bin/env python3
"""The viewer of a report in a headless Chromium: test_viewer.py RUN_EXPERIMENT MAKE_BAD_FILES

Needs Chromium and h5py (Debian: chromium, python3-h5py); without them it says so and ends with 77, which meson takes
for skipped.
"""
import json
import math
import sys

import browser

try:
    import h5py
    import numpy
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)
if not browser.PROGRAM:
    print("skipped: no chromium")
    sys.exit(77)

from program import SPLIT, SPLIT_DATA, ProgramTest, experiment, main

DATA = {"synthetic": {"rows": 24, "cols": 48, "bands": 40}}
SHOWN = "specfuseViewer()"


def cube_of(path):
    with h5py.File(path) as file:
        return file["cube"][:]


class Viewer(ProgramTest):
    def setUp(self):
        super().setUp()
        self.browser = browser.Browser()

    def tearDown(self):
        self.browser.close()
        super().tearDown()

    def open(self, picture, data=DATA, **changes):
        """Makes a report and clicks a picture of it."""
        self.succeeded(self.run_config(experiment(data=data, methods=[{"name": "bicubic"}, {"name": "gsa"}], **changes)))
        self.browser.open(self.out / "report.html")
        self.browser.click(f'img[data-name="{picture}"]')
        self.browser.wait(f"{SHOWN}.ready")

    def shown(self):
        shown = json.loads(self.browser.value(f"JSON.stringify({SHOWN})"))
        self.assertEqual(self.browser.problems, [])
        return shown

    def check_spectra(self, origin=(0, 0)):
        """The spectra are those of the pixel, in the files of the run."""
        shown = self.shown()
        row, col = shown["pixel"]["row"], shown["pixel"]["col"]
        scene = cube_of(self.out / "scene.h5")
        scored = scene[origin[0]:, origin[1]:]
        precision = 0.0025 * (scored.max((0, 1)) - scored.min((0, 1)))
        spectra = {spectrum["label"]: numpy.array(spectrum["values"]) for spectrum in shown["spectra"]}
        self.assertEqual(list(spectra), ["HSI input", "reference", "bicubic", "gsa"])
        place = (row + origin[0], col + origin[1])
        expected = {"reference": scene[place]}
        for name in ["bicubic", "gsa"]:
            expected[name] = cube_of(self.out / name / "fused.h5")[place]
        for name, values in expected.items():
            error = numpy.abs(spectra[name] - values) / precision
            self.assertLessEqual(error.max(), 1.0001, name)
            self.assertGreater(numpy.ptp(values / precision), 40)  # such a pixel tells spectra apart
        self.assertGreater(numpy.abs(expected["gsa"] - expected["bicubic"]).max(), precision.max())
        return shown

    def pixel_of(self, shown, x, y):
        """Where a point of the window is in a view of one pane."""
        box = self.browser.value("(b => [b.x, b.y, b.width, b.height])(document.querySelector('.stage').getBoundingClientRect())")
        view, label = shown["view"], 24
        return {"row": math.floor(view["row"] + (y - box[1] - label - (box[3] - label) / 2) / view["zoom"]),
                "col": math.floor(view["col"] + (x - box[0] - box[2] / 2) / view["zoom"])}

    def test_a_pixel_has_the_spectra_of_the_files(self):
        self.open("fused_gsa")
        self.check_spectra()
        x, y = self.browser.middle(".stage")
        for dx, dy in [(61, -120), (-133, 40)]:
            self.browser.mouse("mouseMoved", x + dx, y + dy)
            shown = self.check_spectra()
            self.assertEqual(shown["pixel"], self.pixel_of(shown, x + dx, y + dy))
        self.browser.drag([(x + 50, y + 50)])
        held = self.shown()
        self.browser.mouse("mouseMoved", x - 90, y - 90)
        self.assertEqual((self.shown()["pixel"], self.shown()["pinned"]), (held["pixel"], True))
        for key, step in [("ArrowRight", (0, 1)), ("ArrowDown", (1, 0)), ("ArrowLeft", (0, -1)), ("ArrowUp", (-1, 0))]:
            self.browser.press(key)
            moved = self.check_spectra()["pixel"]
            self.assertEqual((moved["row"] - held["pixel"]["row"], moved["col"] - held["pixel"]["col"]), step)
            held["pixel"] = moved
        self.browser.click("[name=unpin]")
        self.browser.mouse("mouseMoved", x - 90, y - 90)
        self.assertNotEqual(self.shown()["pixel"], held["pixel"])

    def test_a_scored_part_and_a_large_copy_beside_the_page(self):
        self.open("reference", SPLIT_DATA, protocol=SPLIT)
        # The same page with its copy in a file, as that of a large scene.
        page = self.out / "report.html"
        text = page.read_text()
        begin = text.index("const specfuseCubes")
        end = text.index("];\n", begin) + 3
        (self.out / "report_cubes.js").write_text(text[begin:end])
        text = (text[:begin] + text[end:]).replace('"file":""', '"file":"report_cubes.js"')
        page.write_text(text)
        self.browser.open(page)
        self.browser.click('img[data-name="reference"]')
        self.browser.wait(f"{SHOWN}.ready")
        self.check_spectra(origin=(0, 64))
        pixel = self.shown()["pixel"]
        self.assertTrue(self.browser.value("document.querySelector('.pixel output').textContent").startswith(
            f"Row {pixel['row']}, col {pixel['col'] + 64}"))
        (self.out / "report_cubes.js").unlink()
        self.browser.open(page)
        self.browser.click('img[data-name="reference"]')
        self.browser.wait("document.querySelector('.state').textContent.includes('report_cubes.js is not beside')")

    def test_swipe_zoom_bands_and_keys(self):
        self.open("error_gsa")
        shown = self.shown()
        self.assertEqual((shown["set"], shown["captions"][0]), ("Error", "gsa"))
        x, y = self.browser.middle(".divider")
        self.browser.drag([(x, y), (x - 50, y), (x - 100, y)])
        width = self.browser.value("document.querySelector('.stage').clientWidth")
        self.assertAlmostEqual(self.shown()["divider"], 0.5 - 100 / width, delta=0.01)
        before = self.shown()["divider"]
        self.browser.press("ArrowRight")  # the divider has the focus
        self.assertAlmostEqual(self.shown()["divider"], before + 0.02, delta=1e-6)
        self.assertEqual(self.shown()["view"], shown["view"])

        under = self.pixel_of(self.shown(), x + 120, y + 60)
        self.browser.mouse("mouseWheel", x + 120, y + 60, deltaX=0, deltaY=-400)
        self.browser.wait(f"{SHOWN}.view.zoom > {1.5 * shown['view']['zoom']}")
        self.assertEqual(self.pixel_of(self.shown(), x + 120, y + 60), under)  # what is under the pointer stays there
        zoomed = self.shown()["view"]
        self.browser.drag([(x + 120, y + 60), (x + 80, y + 60), (x + 40, y + 20)])
        panned = self.shown()["view"]
        self.assertAlmostEqual(panned["col"] - zoomed["col"], 80 / zoomed["zoom"], delta=1e-3)
        self.assertAlmostEqual(panned["row"] - zoomed["row"], 40 / zoomed["zoom"], delta=1e-3)
        self.assertFalse(self.shown()["pinned"])
        self.browser.touch("touchStart", [(x + 100, y), (x + 140, y)])
        self.browser.touch("touchMove", [(x + 80, y), (x + 160, y)])
        self.browser.touch("touchEnd", [])
        self.assertAlmostEqual(self.shown()["view"]["zoom"] / panned["zoom"], 2, delta=0.1)
        self.browser.press("0")
        self.assertEqual(self.shown()["view"], shown["view"])

        self.browser.value("(e => { e.value = 7; e.dispatchEvent(new Event('input')); })(document.querySelector('[name=band]'))")
        self.browser.press(".")
        shown = self.shown()
        self.assertEqual((shown["set"], shown["band"]), ("One band", 8))
        self.assertIn("band 9 of 40", self.browser.value("document.querySelector('.band output').textContent"))
        self.check_grey(8)
        first = shown["captions"][0]
        self.browser.press("n")
        self.assertNotEqual(self.shown()["captions"][0], first)
        self.browser.press("p")
        self.assertEqual(self.shown()["captions"][0], first)
        self.browser.click("[value=all]")
        self.assertEqual(self.shown()["captions"], ["HSI input", "reference", "bicubic", "gsa"])
        self.browser.press("Escape")
        self.assertFalse(self.shown()["open"])
        self.browser.value("document.querySelector('[data-name=reference]').focus()")
        self.browser.press("Enter")
        self.assertEqual(self.shown()["captions"], [c for c in self.browser.value(
            "[...document.querySelector('.pictures').querySelectorAll('img')].map(i => i.alt)")])

    def check_grey(self, band):
        """A band is drawn from its 2nd to its 98th percentile in the reference."""
        drawn = self.browser.value("(() => { const c = specfuseViewer.grey(3); return [...c.getContext('2d').getImageData("
                                   "0, 0, c.width, c.height).data].filter((_, i) => i % 4 === 0); })()")
        scene, fused = cube_of(self.out / "scene.h5")[:, :, band], cube_of(self.out / "gsa/fused.h5")[:, :, band]
        low, high = numpy.percentile(scene, [2, 98])
        expected = 255 * numpy.clip((fused - low) / (high - low), 0, 1)
        self.assertLess(numpy.abs(numpy.reshape(drawn, expected.shape) - expected).max(), 8)

    def test_on_a_phone_nothing_reaches_beyond_its_column(self):
        self.succeeded(self.run_config(experiment(data=SPLIT_DATA, protocol=SPLIT, methods=[{"name": "bicubic"}])))
        self.browser.resize(300, 700)
        self.browser.open(self.out / "report.html")
        beyond = ("[...document.querySelectorAll('img, svg, dl, p')].filter(e => e.getBoundingClientRect().width > "
                  "e.parentElement.clientWidth + 0.5).map(e => e.outerHTML.slice(0, 80)).join()")
        self.assertEqual(self.browser.value(beyond), "")
        self.assertEqual(self.browser.value("[...document.querySelectorAll('.overview')].map(e => e.ariaLabel).join()"),
                         "the PSF,the scene and its parts")
        # The page itself is as wide as the screen, with all that is folded open, and so is the viewer with its button.
        self.browser.value("document.querySelectorAll('details').forEach(e => { e.open = true; })")
        self.assertLessEqual(self.browser.value("document.documentElement.scrollWidth"), 300)
        self.assertEqual(self.browser.value("document.querySelectorAll('.hint').length"), 1)
        self.browser.click("img[data-name=hsi]")
        self.browser.wait(f"{SHOWN}.ready")
        self.assertLessEqual(self.browser.value("document.querySelector('[name=close]').getBoundingClientRect().right"), 300)
        # What is stated stands under its name, without the indent that browsers give it.
        self.assertEqual(self.browser.value("getComputedStyle(document.querySelector('dd')).marginLeft"), "0px")

    def test_without_scripts_the_page_has_nothing_to_click(self):
        self.succeeded(self.run_config(experiment(data=DATA, methods=[{"name": "bicubic"}])))
        self.browser.call("Emulation.setScriptExecutionDisabled", value=True)
        self.browser.open(self.out / "report.html")
        self.assertEqual(self.browser.value("document.querySelectorAll('button, dialog, select, input, [role=button]').length"), 0)
        self.assertGreater(self.browser.value("document.querySelectorAll('.pictures img').length"), 5)


if __name__ == "__main__":
    main()
