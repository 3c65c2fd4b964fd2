#!/usr/bin/env python3
"""Checks the includes of src/ and include/ against the floors of src/meson.build.

    layering.py [TOP]    exits 1 and names every include that points upward or to nowhere, and every library header
                         outside the floor that owns it
"""
import ast
import re
import sys
import tempfile
from pathlib import Path

# A library's headers belong to one floor.
OWNERS = {r"cblas|openblas": "kernels", r"hdf5|H5\w*|png": "io", r"nlohmann": "config|report|run|sweep"}
TOP_FLOOR = "app"
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def read_floors(build_file):
    """{floor: floors it may include} from the `floors` table, which reads as a Python literal, except for the names."""
    table = re.search(r"^floors = (\{.*?^\})", build_file.read_text(), re.MULTILINE | re.DOTALL).group(1)
    table = re.sub(r"'(needs|define)': \[[^\]]*\]", r"'\1': []", table)
    below = {name: floor["below"] for name, floor in ast.literal_eval(table).items()}

    def reachable(name):
        return {name}.union(*(reachable(lower) for lower in below[name]))

    floors = {name: reachable(name) for name in below}
    floors[TOP_FLOOR] = set(floors) | {TOP_FLOOR}
    return floors


def problems(top):
    floors = read_floors(top / "src/meson.build")
    for root in (top / "src", top / "include/specfuse"):
        for path in sorted(root.rglob("*.[ch]*")):
            floor = path.relative_to(root).parts[0]
            if floor not in floors:
                yield f"{path.relative_to(top)}: {floor} is no floor of src/meson.build"
                continue
            for number, line in enumerate(path.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                if match:
                    problem = problem_of(match.group(1), floor, floors)
                    if problem:
                        yield f"{path.relative_to(top)}:{number}: {problem}"


def problem_of(header, floor, floors):
    if header.startswith("specfuse/"):
        target = header.split("/")[1]
        if target not in floors[floor]:
            return f"{floor} may not include {header}"
    elif "/" in header and header.split("/")[0] in floors:
        if header.split("/")[0] != floor:
            return f"{header} is private to its floor"
    else:
        for library, owner in OWNERS.items():
            if re.match(rf"({library})\b", header) and floor not in owner.split("|"):
                return f"<{header}> belongs to {owner} alone"
        if header.startswith(".."):
            return f"{header} reaches out of {floor}"
    return None


def check_itself():
    """A planted upward include, and a library header in the wrong floor, must be seen."""
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        (top / "src/low").mkdir(parents=True)
        (top / "include/specfuse").mkdir(parents=True)
        (top / "src/meson.build").write_text(
            "floors = {\n  'low': {\n    'below': [],\n    'needs': [threads],\n  },\n"
            "  'high': {\n    'below': ['low'],\n    'needs': [],\n  },\n}\n")
        source = top / "src/low/a.cpp"
        for line, bad in [("specfuse/low/a.h", 0), ("specfuse/high/b.h", 1), ("specfuse/nowhere/b.h", 1),
                          ("nlohmann/json.hpp", 1), ("hdf5.h", 1), ("H5public.h", 1), ("cblas.h", 1), ("vector", 0), ("low/private.h", 0),
                          ("high/private.h", 1), ("../high/b.h", 1)]:
            source.write_text(f"#include <{line}>\n")
            assert len(list(problems(top))) == bad, f"self-check: {line} should give {bad} problems"


def main():
    check_itself()
    top = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    found = list(problems(top))
    print("\n".join(found) if found else "layering: every include points down")
    print(f"{1 - bool(found)} passed, {int(bool(found))} failed")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
