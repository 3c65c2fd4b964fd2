#!/usr/bin/env python3
"""Checks that the house stays in order; tests/layering.py checks what may include what.

    house.py [TOP]    exits 1 and names each of these:
      a floor with more than a fifth of the lines of src/ and include/
      a file of code with more than 350 lines, a function with more than 60
      two files of one name, other than a header and its source
      a source that alone implements a header of another name
      anything at the top that is not one of TOP_LEVEL
"""
import ast
import fnmatch
import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

MOST_SHARE, MOST_FILE_LINES, MOST_FUNCTION_LINES = 1 / 5, 350, 60
TOP_LEVEL = {"Makefile", "meson.build", "meson_options.txt", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md",
             "BENCHMARK.md", "CITATION.cff", "src", "include", "experiments", "data", "tests", "bench", "results",
             "python"}
LIBRARY = ("src", "include/specfuse")
CPP = {".h", ".cpp"}
CODE = CPP | {".def", ".py", ".build"}
# A comment, a raw string, a string, or a character that no digit comes before, as in 1'000.
LITERAL = re.compile(r'//[^\n]*|/\*.*?\*/|R"([^(]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Za-z_])\'(?:\\.|[^\'\\\n])*\'', re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)
SCOPE = re.compile(r"^(?:template<.*>)?(?:inline\s+)?(namespace|class|struct|union|enum|extern)\b")


def blank(match):
    """The same lines with nothing on them."""
    return " " + "\n" * match.group(0).count("\n")


def functions(text):
    """(name, first line, last line) of each function of C++ that is in no other; of a class or namespace they count."""
    text = DIRECTIVE.sub(blank, LITERAL.sub(blank, text))
    open_scopes, inside, begin, line = [], 0, 0, 1
    head, head_line, line_of = "", 1, 1
    for place, character in enumerate(text):
        if character == "\n":
            line_of += 1
        if inside:  # of a function or an initialiser: only its end matters
            inside += {"{": 1, "}": -1}.get(character, 0)
            if inside == 0:
                if name:
                    yield name, head_line, line_of
                head = ""
            continue
        if character == "{":
            name = None
            words = re.sub(r"\[\[.*?\]\]", "", head).strip()
            if SCOPE.match(words) and "(" not in words.split(":")[0]:
                open_scopes.append(words)
                head = ""
                continue
            found = re.search(r"([~\w]+|operator\s*\S+?)\s*\(", words)
            name = found.group(1) if found else None
            inside = 1
        elif character in ";}":
            head = ""
        else:
            if not head.strip() and not character.isspace():
                head, head_line = "", line_of
            head += character


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno


def files(top, folders, suffixes):
    for folder in folders:
        yield from (path for path in sorted((top / folder).rglob("*")) if path.suffix in suffixes and path.is_file())


def place_of(path, top):
    """Where a file of the library belongs, whichever root it is under: floor/name, without its suffix."""
    root = next(top / root for root in LIBRARY if path.is_relative_to(top / root))
    return path.relative_to(root).with_suffix("")


def too_large(top):
    for path in files(top, ("src", "include", "tests", "bench"), CODE):
        text = path.read_text()
        lines = text.count("\n")
        if lines > MOST_FILE_LINES:
            yield f"{path.relative_to(top)}: expected at most {MOST_FILE_LINES} lines, got {lines}"
        found = python_functions(text) if path.suffix == ".py" else functions(text) if path.suffix in CPP else ()
        for name, first, last in found:
            if last - first + 1 > MOST_FUNCTION_LINES:
                yield (f"{path.relative_to(top)}:{first}: expected at most {MOST_FUNCTION_LINES} lines in {name}, "
                       f"got {last - first + 1}")


def too_large_floors(top):
    lines = defaultdict(int)
    for path in files(top, LIBRARY, CPP | {".def"}):
        lines[place_of(path, top).parts[0]] += path.read_text().count("\n")
    whole = sum(lines.values())
    for floor, count in lines.items():
        if count > MOST_SHARE * whole:
            yield f"{floor}: expected at most a fifth of the {whole} lines of src/ and include/, got {count}"


def shared_names(top):
    owners = {}
    for path in files(top, LIBRARY, CPP):
        for taken in (path.stem.lower(), path.name.lower()):
            owner = owners.setdefault(taken, path)
            same = place_of(owner, top) == place_of(path, top) and (owner == path or owner.suffix != path.suffix)
            if not same:
                yield f"{path.relative_to(top)}: has the name of {owner.relative_to(top)}"
                break


def other_names(top):
    """Sources that have no header of their name, though nothing else implements the header that they do."""
    headers, sources = defaultdict(dict), defaultdict(dict)
    for path in files(top, LIBRARY, CPP):
        (headers if path.suffix == ".h" else sources)[place_of(path, top).parts[0]][path] = path.read_text()
    for floor in sources:
        registered = {entry for path in files(top, [f"src/{floor}"], {".def"})
                      for entry in re.findall(r"\((\w+)\)", path.read_text())}
        defined = {path: {name for name, *_ in functions(text)} for path, text in sources[floor].items()}
        for header, declared in headers[floor].items():
            names = set(re.findall(r"(\w+)\s*\(", LITERAL.sub(blank, declared))) - {n for n, *_ in functions(declared)}
            makers = [path for path, own in defined.items() if own & names and header.name in sources[floor][path]
                      and path.stem not in registered]
            if len(makers) == 1 and makers[0].stem != header.stem:
                yield f"{makers[0].relative_to(top)}: alone implements {header.relative_to(top)}, under another name"


def strange_entries(top):
    ignored = [line.strip("/") for line in (top / ".gitignore").read_text().splitlines()] if (top / ".gitignore").exists() else []
    for path in sorted(top.iterdir()):
        known = path.name in TOP_LEVEL or path.name.startswith(".")
        if not known and not any(fnmatch.fnmatch(path.name, pattern) for pattern in ignored):
            yield f"{path.name}: is none of what may be at the top: {', '.join(sorted(TOP_LEVEL))}"


def problems(top):
    for rule in (too_large, too_large_floors, shared_names, other_names, strange_entries):
        yield from rule(top)


if __name__ == "__main__":
    top = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    print("\n".join(problems(top)))
