#!/usr/bin/env python3
"""Every code block of the pages runs as printed: test_code_blocks.py RUN_EXPERIMENT MAKE_BAD_FILES

Shell and Python blocks run in a folder like the top of a checkout, where experiments take a step on small scenes, JSON
is checked by the program, and an experiment is left as NAME.json for the blocks after it; test_install.py builds the C++.
What is replaced or left out of a block is in REPLACED.
"""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from code_blocks import PAGES, TOP, all_code_blocks, code_blocks
from program import PROGRAM, main

# What takes a dry run long.
TOLD = "".join(f" --set degrade.estimate.{what}=false" for what in ("srf", "psf", "shift", "gain"))
# Pattern, what stands in its place, and why.
REPLACED = [
    (r"SPECFUSE_SIMD=\w+ ", "", "the CPU may not have it"),
    (r"/path/to/(scenes|images)", "scenes", "made-up scenes under the names of the real ones"),
    (r"/shared/", "results/", "a folder that all machines of a cluster see"),
    (r"flight_line\.hdr", "flight_line.h5", "GDAL, which reads ENVI, need not be there"),
    (r"octave-cli", "sh", "Octave need not be there"),
    (r"(?m)^caffe\.checkpoint_from_caffe.*", "", "test_python_networks.py does it on a file that it makes"),
    (r"steps=200\b", "steps=1", "takes a minute"),
    (r'steps": 500\b', 'steps": 1', "takes a minute"),
    (r"output.format=geotiff", "output.format=hdf5", "GDAL, which writes GeoTIFF and ENVI, need not be there"),
    (r'"format": "geotiff"', '"format": "hdf5"', "the same"),
    (r" fused\.img", " imported.h5", "the same"),
    (r'"rows": 400, "cols": 400', '"rows": 32, "cols": 32', "the made-up scene is small"),
    (r"--fuse \S+ \S+ --out from_(\w+)\.tif", r"--fuse scenes/pair.h5 scenes/pair.h5 --out from_\1.h5 --method gsa --dry-run" + TOLD,
     "products need GDAL; test_products.py reads them"),
    (r"enmap\.tif sentinel2_10m\.tif --out (\w+)\.tif", r"scenes/pair.h5 scenes/pair.h5 --method gsa --out \1.h5",
     "GDAL, which reads GeoTIFF, need not be there"),
    (r"(?m)^(gdalinfo|qgis_process) .*", ":", "GDAL's programs and QGIS need not be there; test_qgis.py calls it"),
    (r'"enmap\.tif"', '"pair.h5", "dataset": "/hsi"', "the same"),
    (r'"sentinel2_10m\.tif"', '"pair.h5", "dataset": "/msi"', "the same"),
    (r'"ENMAP01[^"]*"', '"pair.h5", "dataset": "/hsi"', "products need GDAL; test_products.py reads them"),
    (r'"S2A_[^"]*"', '"pair.h5", "dataset": "/msi"', "the same"),
    (r"--import S2A_\S* msi\.tif --set \S*", "--import flight_line.h5 msi.h5", "the same"),
    (r"(?m)^make (demo|test|bench|bench-size)\b.*", ":", "takes minutes; .ci/run calls them, except for bench"),
    (r"(?m)^c\+\+ .* specfuse\)$", ":", "test_install.py builds that program on an installed copy"),
    (r"(?m)^build/bench/.*", ":", "benchmarks take minutes, and need not be built"),
    (r"(?m)^python3 bench/compare_torch.py .*", ":", "takes minutes, and PyTorch"),
    (r"(?m)^\./run_experiment experiments/pretrain_plus.json .*", ":", "takes a quarter of an hour and 10 GB"),
    (r"(?m)^(sudo apt-get|python3 -m venv|env/bin/pip) .*", ":", "installs; test_python_package.py does it"),
    (r"(?m)^mpirun .*", ":", "test_ranks.py does it where there is MPI"),
    (r"(?m)^cp results/pretrain_plus/.*", ":", "what the line above makes"),
    (r'\{"name": "two_cnn_fu_plus"\}', '{"name": "gsa"}', "takes long on two cores"),
]
# What changes in the copies of the experiments.
SMALL = [(r'\{"name": "two_cnn_fu_plus"\}', '{"name": "gsa"}'), (r'"steps": \d+', '"steps": 1'), (r'"seeds": \[0, 1, 2\]', '"seeds": [0]'),
         (r'"rows": \d+, "cols": \d+, "bands": 60', '"rows": 64, "cols": 64, "bands": 60'), (r'(?s)"protocol": \{\s*"type": "split".*?\}\s*\},', "")]
# Of a job of Slurm, and without what a user may have set.
ENVIRONMENT = {"SLURM_ARRAY_TASK_ID": "2", "SLURM_CPUS_PER_TASK": "1", "SPECFUSE_DATA": ""}
SCENES = ["flight_line.h5", "scenes/aviris_jasper_ridge_100x100x198.h5"]
METHOD_FIELDS = {"model", "train", "fuse_tile"}


def replaced(code):
    for pattern, text, _ in REPLACED:
        code = re.sub(pattern, text, code)
    return code


def run(command, folder, **options):
    """What went wrong; empty where nothing did."""
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    return "" if done.returncode == 0 else f"exit {done.returncode}\n{done.stdout[-2000:]}"


def run_shell(code, folder):
    return run(["sh", "-e", "-c", replaced(code)], folder, env={**os.environ, **ENVIRONMENT})


def check_json(code, folder):
    """An experiment, or fields of one, or of an entry of its methods."""
    try:
        code = replaced(code)
        fields = json.loads(code if code.lstrip().startswith("{") else f"{{{code}}}")
    except json.JSONDecodeError as problem:
        return str(problem)
    of_method = {name: value for name, value in fields.items() if name in METHOD_FIELDS}
    whole = {"name": "block", "data": {"synthetic": {}}, "methods": [{"name": "two_cnn_fu", **of_method}]}
    whole.update({name: value for name, value in fields.items() if name not in METHOD_FIELDS})
    path = folder / f"{whole['name']}.json"
    path.write_text(json.dumps(whole))
    return run([PROGRAM, path.name, "--dry-run", "--data-dir", "scenes"], folder)


class PythonSession:
    """Runs blocks in turn, each with the names of those before."""
    PROGRAM = """
import json, sys, traceback
answers, sys.stdout, names = sys.stdout, sys.stderr, {}
for line in sys.stdin:
    answer = ""
    try:
        exec(json.loads(line), names)
    except Exception as problem:
        missing = isinstance(problem, ImportError) and problem.name in ("numpy", "h5py", "torch", "matplotlib", "specfuse._core")
        answer = None if missing else traceback.format_exc()
    print(json.dumps(answer), file=answers, flush=True)
"""

    def __init__(self, folder):
        # The packages may belong to the system's Python alone.
        python = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else "python3"
        self.process = subprocess.Popen([python, "-c", self.PROGRAM], cwd=folder, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.skips = False

    def run(self, code):
        """What went wrong; None: from here on a package is missing."""
        if not self.skips:
            print(json.dumps(code), file=self.process.stdin, flush=True)
            answer = json.loads(self.process.stdout.readline() or '"the block ended Python"')
            self.skips = answer is None
        return None if self.skips else answer

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


# What runs a block of a language, and says what went wrong; None: it was skipped.
RUNNERS = {"sh": run_shell, "json": check_json, "cpp": lambda code, folder: ""}  # test_install.py


def problem_of(block, folder, session):
    _, language, code = block
    if language == "python":
        return session.run(replaced(code))
    return RUNNERS[language](code, folder) if language in RUNNERS else f"nothing runs {language}"


def make_scenes(folder):
    """One scene under each name that the blocks use."""
    (folder / "scene.json").write_text(json.dumps(
        {"name": "scene", "data": {"synthetic": {"rows": 32, "cols": 32, "bands": 198}}, "methods": [{"name": "bicubic"}]}))
    subprocess.run([PROGRAM, "scene.json", "--quiet"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (folder / "scenes").mkdir()
    for name in SCENES:
        shutil.copyfile(folder / "results/scene/scene.h5", folder / name)
    keep = {"name": "external", "command": ["sh", "-c", 'cp "$1" scenes/pair.h5; cp "$1" "$2"', "sh", "{pair}", "{fused}"]}
    (folder / "pair.json").write_text(json.dumps(
        {"name": "pair", "data": {"synthetic": {"rows": 96, "cols": 96, "bands": 198}}, "degrade": {"ratio": 3},
         "methods": [keep]}))
    subprocess.run([PROGRAM, "pair.json", "--quiet"], cwd=folder, stderr=subprocess.DEVNULL)  # has no fused image


def make_checkout(folder):
    (folder / "run_experiment").symlink_to(PROGRAM)
    for name in ["bench/records", "data", "examples", "experiments", "python"]:
        if (TOP / name).exists():
            shutil.copytree(TOP / name, folder / name)
    built = PROGRAM.parent.parent / "python"
    shutil.copytree(built if built.is_dir() else TOP / "python", folder / "build/python", ignore=shutil.ignore_patterns("*.p"))
    for path in (folder / "experiments").glob("*.json"):
        text = path.read_text()
        for pattern, small in SMALL:
            text = re.sub(pattern, small, text)
        path.write_text(text)
    make_scenes(folder)


class CodeBlocks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="specfuse-blocks-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        make_checkout(cls.folder)

    def session(self):
        session = PythonSession(self.folder)
        self.addCleanup(session.close)
        return session

    def test_every_block_runs(self):
        sessions = {page: self.session() for page in PAGES}
        for block in all_code_blocks():
            with self.subTest(block=block[0]):
                problem = problem_of(block, self.folder, sessions[block[0].split(":")[0]])
                if problem is None:
                    print(f"{block[0]}: skipped, a Python package is missing")
                self.assertFalse(problem, problem)

    def test_all_that_is_replaced_is_printed_somewhere(self):
        text = "".join(code for _, _, code in all_code_blocks())
        for pattern, _, _ in REPLACED:
            self.assertRegex(text, pattern)

    def test_what_does_not_work_is_seen(self):
        for language, code in [("sh", "./run_experiment --frobnicate\ntrue"), ("ruby", "puts 1"),
                               ("json", '"model": {"presett": "none"}'), ("json", '"model": {'),
                               ("json", '"seeds": ["a"]'), ("python", "import specfuse_that_is_absent")]:
            page = f"text\n```{language}\n{code}\n```\n"
            (block,) = code_blocks(page, "page")
            self.assertEqual(block, ("page:2", language, code + "\n"))
            self.assertTrue(problem_of(block, self.folder, self.session()), code)

    def test_python_blocks_share_their_names(self):
        session = self.session()
        answers = [session.run(code) for code in ["a = 1", "assert a == 1", "import absent", "b = a + c", "b = a",
                                                  "raise ImportError(name='torch')", "b = a"]]
        self.assertEqual([answer if answer is None else bool(answer) for answer in answers],
                         [False, False, True, True, False, None, None])


if __name__ == "__main__":
    main()
