#!/usr/bin/env python3
"""Runs the fuzzers of a build folder: run.py BUILD [--seconds S] [--runs N] [--seed S] [--targets TARGET...]

Each starts from tests/fuzz/corpus/TARGET, for configurations from experiments/, from what make_seeds writes and from what earlier runs found new
(BUILD/corpus/TARGET). An input that breaks a reader is left in BUILD/findings. The last line is "N passed, N failed".
"""
import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGETS = ["config", "responses", "scene", "pair", "checkpoint"]
# The HDF5 library asks for what a broken header says and takes no for an answer. So does specfuse, but by an error
# that no fuzzer accepts. The library also keeps memory on lists of its own, which looks like a leak.
SANITIZER = "allocator_may_return_null=1:max_allocation_size_mb=1024:detect_leaks=0"
LIMITS = ["-timeout=10", "-rss_limit_mb=2048", "-malloc_limit_mb=-1", "-detect_leaks=0", "-print_final_stats=1"]


def run(build, target, options):
    found, findings = build / "corpus" / target, build / "findings"
    for folder in (found, findings):
        folder.mkdir(parents=True, exist_ok=True)
    text = target in ("config", "responses")
    command = [build / "tests/fuzz" / f"fuzz_{target}", *LIMITS, f"-artifact_prefix={findings}/{target}-",
               f"-max_len={4096 if text else 65536}", f"-runs={options.runs}", f"-seed={options.seed}",
               f"-max_total_time={options.seconds}", found]
    seeds = [HERE / "corpus" / target, build / "seeds" / target]
    if target == "config":
        seeds.append(HERE.parent.parent / "experiments")
    command += [folder for folder in seeds if folder.is_dir()]
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True, errors="replace",
                            env=os.environ | {"ASAN_OPTIONS": SANITIZER})
    counts = re.findall(r"(?:Done|stat::number_of_executed_units:) (\d+)", result.stderr)
    print(f"{target}: {counts[-1] if counts else 'no'} executions, {'clean' if result.returncode == 0 else 'FOUND'}",
          flush=True)
    if result.returncode != 0:
        print(result.stderr[-6000:], flush=True)
    return result.returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=Path)
    parser.add_argument("--seconds", type=int, default=0, help="for each target; 0: no limit")
    parser.add_argument("--runs", type=int, default=-1, help="of each target; -1: no limit")
    parser.add_argument("--seed", type=int, default=0, help="of the random numbers; 0: another one each time")
    parser.add_argument("--targets", nargs="+", default=TARGETS, choices=TARGETS)
    options = parser.parse_args()
    build = options.build.resolve()
    (build / "seeds").mkdir(exist_ok=True)
    subprocess.run([build / "tests/fuzz/make_seeds", build / "seeds"], check=True)
    passed = sum(run(build, target, options) for target in options.targets)
    print(f"{passed} passed, {len(options.targets) - passed} failed")
    return passed != len(options.targets)


if __name__ == "__main__":
    sys.exit(main())
