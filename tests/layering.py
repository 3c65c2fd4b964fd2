#!/usr/bin/env python3
"""Checks the includes of src/ and include/ against the layers of src/meson.build.

    layering.py [TOP]    exits 1 and names every include that points upward or to nowhere, and every library header
                         outside the layer that owns it
"""
import ast
import re
import sys
import tempfile
from pathlib import Path

# A library's headers belong to one layer.
OWNERS = {r"cblas|openblas": "kernels", r"hdf5|H5\w*|png": "io", r"nlohmann": "compose|config|results|report|run|sweep"}
TOP_LAYER = "app"
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def read_layers(build_file):
    """{layer: layers it may include} from the `layers` table, which reads as a Python literal, except for the names."""
    table = re.search(r"^layers = (\{.*?^\})", build_file.read_text(), re.MULTILINE | re.DOTALL).group(1)
    table = re.sub(r"'(needs|define)': \[[^\]]*\]", r"'\1': []", table)
    below = {name: layer["below"] for name, layer in ast.literal_eval(table).items()}

    def reachable(name):
        return {name}.union(*(reachable(lower) for lower in below[name]))

    layers = {name: reachable(name) for name in below}
    layers[TOP_LAYER] = set(layers) | {TOP_LAYER}
    return layers


def problems(top):
    layers = read_layers(top / "src/meson.build")
    for root in (top / "src", top / "include/specfuse"):
        for path in sorted(root.rglob("*.[ch]*")):
            layer = path.relative_to(root).parts[0]
            if layer not in layers:
                yield f"{path.relative_to(top)}: {layer} is no layer of src/meson.build"
                continue
            for number, line in enumerate(path.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                if match:
                    problem = problem_of(match.group(1), layer, layers)
                    if problem:
                        yield f"{path.relative_to(top)}:{number}: {problem}"


def problem_of(header, layer, layers):
    if header.startswith("specfuse/"):
        target = header.split("/")[1]
        if target not in layers[layer]:
            return f"{layer} may not include {header}"
    elif "/" in header and header.split("/")[0] in layers:
        if header.split("/")[0] != layer:
            return f"{header} is private to its layer"
    else:
        for library, owner in OWNERS.items():
            if re.match(rf"({library})\b", header) and layer not in owner.split("|"):
                return f"<{header}> belongs to {owner} alone"
        if header.startswith(".."):
            return f"{header} reaches out of {layer}"
    return None


def check_itself():
    """A planted upward include, and a library header in the wrong layer, must be seen."""
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        (top / "src/low").mkdir(parents=True)
        (top / "include/specfuse").mkdir(parents=True)
        (top / "src/meson.build").write_text(
            "layers = {\n  'low': {\n    'below': [],\n    'needs': [threads],\n  },\n"
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
