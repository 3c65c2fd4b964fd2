#!/usr/bin/env python3
"""Adds what CONTRIBUTING.md shows to a copy of the tree, builds and runs it: run.py SCRATCH_FOLDER

Every worked example there is a line "`PATH`, new:", "`PATH`, at the end:" or "`PATH`, before `TEXT`:" followed by a fenced
block. Each section may touch as many files as its line in the table at the top of CONTRIBUTING.md says. The copy is kept:
a later call builds only what has changed. The last line is "N passed, N failed".
"""
import array
import json
import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tree import TOP, copy_tree  # noqa: E402

TEXT = (TOP / "CONTRIBUTING.md").read_text()
BLOCK = re.compile(r"^`(?P<path>[^`]+)`, (?P<where>new|at the end|before `(?P<anchor>[^`]+)`):\n\n```\w+\n(?P<code>.*?)^```$",
                   re.MULTILINE | re.DOTALL)
# The sections with examples, by what the table at the top calls them.
SECTIONS = {"a network": "A network", "a layer": "A layer", "a fusion method": "A fusion method", "a metric": "A metric",
            "a format to read": "A format to read", "a format to write": "A format to write"}
SMALL = {"synthetic": {"rows": 32, "cols": 32, "bands": 40}}

TREE = Path(sys.argv[1]).resolve()
PROGRAM = TREE / "build/src/run_experiment"


def run(*command, cwd=TREE, **options):
    done = subprocess.run([str(part) for part in command], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}:\n{done.stdout[-4000:]}")
    return done.stdout


def git(*command):
    return run("git", "-c", "user.name=test", "-c", "user.email=test@localhost", *command)


def examples_of(section):
    """(path, where, anchor, code) of each example in a section."""
    text = re.search(rf"^## {section}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL).group(1)
    return [match.group("path", "where", "anchor", "code") for match in BLOCK.finditer(text)]


def promised(what):
    """How many files the table at the top says it takes."""
    return int(re.search(rf"^\| {what} \|.*\| (\d+)[^|]*\|$", TEXT, re.MULTILINE).group(1))


def add(path, where, anchor, code):
    file = TREE / path
    if where == "new":
        assert not file.exists(), f"{path} is there already"
        return file.write_text(code)
    text = file.read_text()
    if where == "at the end":
        return file.write_text(text + code)
    assert text.count(anchor) == 1, f"{path}: expected once, got {text.count(anchor)} times: {anchor}"
    return file.write_text(text.replace(anchor, code + anchor))


def make_tree():
    """The copy as the tree is now, without what an earlier call has added."""
    TREE.mkdir(parents=True, exist_ok=True)
    if (TREE / ".git").exists():
        git("reset", "-q", "--hard")
        git("clean", "-fdq")
    else:
        git("init", "-q")
    copy_tree(TREE)
    git("add", "-A")
    git("commit", "-q", "--allow-empty", "-m", "before")


def build():
    if not (TREE / "build/build.ninja").exists():
        # As CI builds everything else, so that a compiler cache has most of it.
        run("meson", "setup", "build", "-Dbench=false", "-Dwerror=true")
    run("ninja", "-C", "build", "src/run_experiment", "tests/test_nn", "tests/make_bad_files")


def experiment(name, data, methods, *options, **more):
    """Runs it and gives its results back."""
    (TREE / f"build/{name}.json").write_text(json.dumps({"name": name, "data": data, "methods": methods, **more}))
    run(PROGRAM, f"build/{name}.json", "--out", f"build/{name}", "--quiet", "--overwrite", *options)
    return json.loads((TREE / f"build/{name}/metrics.json").read_text())


def metrics(results):
    return {method["label"]: method["metrics"] for method in results["methods"]}


class Contributing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        make_tree()
        cls.touched, before = {}, set()
        for what, section in SECTIONS.items():
            for example in examples_of(section):
                add(*example)
            git("add", "-A", "--intent-to-add")
            after = set(git("diff", "--name-only").split())
            cls.touched[what], before = after - before, after
        build()

    def test_each_touches_as_many_files_as_promised(self):
        for what, files in self.touched.items():
            self.assertEqual(len(files), promised(what), f"{what} touches {files}")
        self.assertTrue(all(not file.endswith((".cpp", ".h")) for file in self.touched["a network"]))

    def test_the_documentation_follows(self):
        readme = run(PROGRAM, "--document", "experiments/README.md")
        for name in ["brovey", "most", "mae", "softplus", "sharpness", "pfm"]:
            self.assertRegex(readme, rf"\| `{name}` \|")
        self.assertRegex(readme, r"\| `output.format` \|.*, `matlab`, `npy` \|")

    def test_network(self):
        plan = run(PROGRAM, "experiments/spectral_residual.json", "--dry-run")
        self.assertRegex(plan, r"spectrum\.conv2\b")
        run(PROGRAM, "experiments/spectral_residual.json", "--out", "build/network", "--quiet")
        scores = metrics(json.loads((TREE / "build/network/metrics.json").read_text()))
        # It starts at its base, and has not gone far from it.
        self.assertNotEqual(scores["spectral_residual"]["psnr_db"], scores["linear_injection"]["psnr_db"])
        self.assertGreater(scores["spectral_residual"]["psnr_db"], scores["linear_injection"]["psnr_db"] - 5)

    def test_layer(self):
        output = run("build/tests/test_nn", "--test-case=layers:*")
        self.assertRegex(output, r"test cases: +[1-9].* 0 failed")
        layer = 'methods.1.model.branches.pixel.layers.bend={"type": "softplus", "sharpness": 4}'
        plan = run(PROGRAM, "experiments/spectral_residual.json", "--dry-run", "--set", layer)
        self.assertRegex(plan, r"pixel\.bend\b")
        run(PROGRAM, "experiments/spectral_residual.json", "--out", "build/layer", "--quiet", "--set", layer)

    def test_method(self):
        self.assertRegex(run(PROGRAM, "--list"), r"(?m)^  brovey +up-sampled HSI times")
        self.assertIn("  most: number, default 2, 1 - 1000\n", run(PROGRAM, "--list", "brovey"))
        self.assertIn("% brovey\n@article{gillespie1987color,\n", run(PROGRAM, "--cite"))
        entries = [{"name": "bicubic"}, {"name": "brovey"}, {"name": "brovey", "label": "still", "most": 1}]
        scores = metrics(experiment("method", SMALL, entries))
        self.assertGreater(scores["brovey"]["psnr_db"], scores["bicubic"]["psnr_db"] + 1)
        self.assertNotEqual(scores["still"], scores["brovey"])

    def test_metric(self):
        scores = metrics(experiment("metric", SMALL, [{"name": "bicubic"}]))["bicubic"]
        self.assertGreater(scores["mae"], 0)
        self.assertLess(scores["mae"], scores["rmse"])

    def test_metric_by_parts(self):
        run("build/tests/make_bad_files", "build")
        def of_run(name, *options):
            results = experiment(name, {"pair": "stream.h5"}, [{"name": "gsa"}], "--data-dir", "build", *options, degrade={"ratio": 4})
            return metrics(results)["gsa"]["mae"]
        whole, parts = of_run("whole"), of_run("parts", "--memory", "160MiB")
        self.assertGreater(whole, 0)
        self.assertAlmostEqual(parts, whole, delta=1e-6 * whole)

    def test_formats(self):
        rows, cols = 30, 20
        values = [array.array("f", [100 + i * (row + 3) % 97 for i in range(3 * cols)]) for row in range(rows)]
        scene = f"PF\n{cols} {rows}\n-1.0\n".encode() + b"".join(row.tobytes() for row in reversed(values))
        (TREE / "build/scene.pfm").write_bytes(scene)
        run(PROGRAM, "--import", "build/scene.pfm", "build/written.npy", "--overwrite")
        written = (TREE / "build/written.npy").read_bytes()
        self.assertIn(f"'shape': ({rows}, {cols}, 3)".encode(), written[:128])
        self.assertEqual(written[128:], b"".join(row.tobytes() for row in values))
        (TREE / "build/cut.pfm").write_bytes(scene[:-4])
        cut = subprocess.run([PROGRAM, "--import", "build/cut.pfm", "build/cut.h5"], cwd=TREE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(cut.returncode, 3)
        self.assertRegex(cut.stderr, r"cut.pfm: expected 7200 bytes of values, got 7196\n")

    def test_format_by_parts(self):
        run("build/tests/make_bad_files", "build")
        def of_run(name, *options):
            experiment(name, {"pair": "stream.h5"}, [{"name": "gsa"}], "--data-dir", "build", *options, degrade={"ratio": 4},
                       output={"format": "npy"})
            written = (TREE / f"build/{name}/gsa/fused.npy").read_bytes()
            return written[:128], array.array("f", written[128:])
        (header, whole), (same, parts) = of_run("npy_whole"), of_run("npy_parts", "--memory", "160MiB")
        self.assertEqual(header, same)
        largest = max(map(abs, whole))
        self.assertLess(max(abs(a - b) for a, b in zip(whole, parts, strict=True)), 1e-5 * largest)

if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    failed = len(result.failures) + len(result.errors)
    print(f"{max(0, result.testsRun - failed)} passed, {failed} failed")
    sys.exit(failed != 0)
