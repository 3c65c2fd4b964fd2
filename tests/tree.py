"""A copy of the tree to work in, for tests that change sources."""
import shutil
import subprocess
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent


def copy_tree(target):
    """Copies the files that git knows; what has not changed keeps its time, so that a build there goes on."""
    listed = subprocess.run(["git", "-C", str(TOP), "ls-files"], check=True, stdout=subprocess.PIPE, text=True).stdout
    for name in filter(None, listed.split("\n")):
        if not (TOP / name).exists():
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if not (target / name).exists() or (target / name).read_bytes() != (TOP / name).read_bytes():
            shutil.copyfile(TOP / name, target / name)
