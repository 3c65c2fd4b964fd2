#!/usr/bin/env python3
"""Checks that the house stays in order; tests/layering.py checks what may include what.

    house.py [TOP]    exits 1 and names each of these:
      a floor with more than a fifth of the lines of src/ and include/
      a file of code with more than 350 lines, a function with more than 60
      two files of one name, other than a header and its source
      a source that alone implements a header of another name
      anything at the top that is not one of TOP_LEVEL
      an error of tests/mutations/planted.txt whose line is not once in its file
"""
import ast
import fnmatch
import re
import sys
import tempfile
from collections import defaultdict, namedtuple
from pathlib import Path

MOST_SHARE, MOST_FILE_LINES, MOST_FUNCTION_LINES = 1 / 5, 350, 60
TOP_LEVEL = {"Makefile", "pyproject.toml", "meson.build", "meson_options.txt", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md",
             "BENCHMARK.md", "CITATION.cff", "Doxyfile", "src", "include", "examples", "experiments", "data", "tests",
             "bench", "results", "python", "docs"}
LIBRARY = ("src", "include/specfuse")
CPP = {".h", ".cpp"}
CODE = CPP | {".def", ".py", ".build", ".js"}

# A comment, a raw string, a string, or a character in quotes that is no digit separator as in 1'000.
LITERAL = re.compile(r'//[^\n]*|/\*.*?\*/|R"([^(]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])*\'', re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)
SCOPE = re.compile(r"(?:template\s*<.*?>\s*)?(?:inline\s+)?(?:namespace|class|struct|union|enum|extern)\b[^(]*$", re.S)
NAME = re.compile(r"([~\w]+|operator\s*\S+?)\s*\(")

# `scopes` are what precedes the braces around it: "namespace specfuse", "class Reader".
Function = namedtuple("Function", "name first last scopes")


def without_literals(text):
    """The text line by line as it was, without its comments, texts and directives."""
    def lines_of(match):
        return " " + "\n" * match.group(0).count("\n")
    return DIRECTIVE.sub(lines_of, LITERAL.sub(lines_of, text))


def cpp_functions(text):
    """The functions of C++ that are defined in a file or in its namespaces and classes, not those inside of others."""
    scopes, head, head_line, line = [], "", 1, 1
    depth = 0  # inside of a function or an initialiser, where only its end matters
    for character in without_literals(text):
        line += character == "\n"
        if depth:
            depth += (character == "{") - (character == "}")
            if depth == 0:
                name = NAME.search(head)
                if name:
                    yield Function(name.group(1), head_line, line, list(scopes))
                head = ""
        elif character == "{" and SCOPE.match(head):
            scopes.append(head.strip())
            head = ""
        elif character == "{":
            depth = 1
        elif character in ";}":
            if character == "}" and scopes:
                scopes.pop()
            head = ""
        elif head or not character.isspace():
            head_line = head_line if head else line
            head += character


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield Function(node.name, node.lineno, node.end_lineno, [])


def functions(path):
    if path.suffix == ".py":
        return python_functions(path.read_text())
    return cpp_functions(path.read_text()) if path.suffix in CPP else ()


def files(top, folders, suffixes):
    return [path for folder in folders for path in sorted((top / folder).rglob("*"))
            if path.suffix in suffixes and path.is_file()]


def place_of(path, top):
    """Where a file of the library belongs, whichever root it is under: floor/name, without its suffix."""
    root = next(top / root for root in LIBRARY if path.is_relative_to(top / root))
    return path.relative_to(root).with_suffix("")


def large_files(top):
    for path in files(top, ("src", "include", "tests", "bench", "python", "examples"), CODE):
        lines = path.read_text().count("\n")
        if lines > MOST_FILE_LINES:
            yield f"{path.relative_to(top)}: expected at most {MOST_FILE_LINES} lines, got {lines}"
        for function in functions(path):
            lines = function.last - function.first + 1
            if lines > MOST_FUNCTION_LINES:
                yield (f"{path.relative_to(top)}:{function.first}: expected at most {MOST_FUNCTION_LINES} lines in "
                       f"{function.name}, got {lines}")


def large_floors(top):
    lines = defaultdict(int)
    for path in files(top, LIBRARY, CPP | {".def"}):
        lines[place_of(path, top).parts[0]] += path.read_text().count("\n")
    whole = sum(lines.values())
    for floor, count in lines.items():
        if count > MOST_SHARE * whole:
            yield f"{floor}: expected at most a fifth of the {whole} lines of src/ and include/, got {count}"


def shared_names(top):
    of_name = defaultdict(list)
    for path in files(top, LIBRARY, CPP):
        of_name[path.stem.lower()].append(path)
    for name, paths in of_name.items():
        places, suffixes = {place_of(path, top) for path in paths}, {path.suffix for path in paths}
        if len(places) > 1 or len(suffixes) < len(paths):
            yield f"{name}: is the name of {', '.join(str(path.relative_to(top)) for path in paths)}"


def other_names(top):
    """Several sources may share a header, and entries of a registry (a .def of their floor) need none."""
    registered = {entry for path in files(top, LIBRARY, {".def"})
                  for entry in re.findall(r"\((\w+)\)", path.read_text())}
    defined = {path: {function.name for function in functions(path)
                      if all(re.match(r"namespace \w", scope) for scope in function.scopes)}
               for path in files(top, LIBRARY, {".cpp"}) if path.stem not in registered}
    for header in files(top, LIBRARY, {".h"}):
        text = without_literals(header.read_text())
        declared = set(re.findall(r"([~\w]+)\s*\(", text)) - {function.name for function in functions(header)}
        included = re.compile(f'["/]{re.escape(header.name)}"')
        makers = [path for path, names in defined.items() if names & declared and included.search(path.read_text())
                  and place_of(path, top).parts[0] == place_of(header, top).parts[0]]
        if len(makers) == 1 and makers[0].stem != header.stem:
            yield f"{makers[0].relative_to(top)}: alone implements {header.relative_to(top)}, under another name"


def strange_entries(top):
    ignored = (top / ".gitignore").read_text().split() if (top / ".gitignore").exists() else []
    for path in sorted(top.iterdir()):
        known = path.name in TOP_LEVEL or path.name.startswith(".")
        if not known and not any(fnmatch.fnmatch(path.name, pattern.strip("/")) for pattern in ignored):
            yield f"{path.name}: is not among what may be at the top: {', '.join(sorted(TOP_LEVEL))}"


def misplaced_errors(top):
    planted = top / "tests" / "mutations" / "planted.txt"
    for name, line in re.findall(r"^(src/\S+)\n- (.*)$", planted.read_text() if planted.exists() else "", re.M):
        count = (top / name).read_text().count(line) if (top / name).exists() else 0
        if count != 1:
            yield f"tests/mutations/planted.txt: expected this once in {name}, got it {count} times: {line}"


def problems(top):
    return [problem for rule in (large_files, large_floors, shared_names, other_names, strange_entries, misplaced_errors)
            for problem in rule(top)]


# A small house in order: no floor has more than a fifth of its lines.
SOUND = {f"src/floor{i}/file{i}.h": f"int made{i}();\n" for i in range(12)} | {
    f"src/floor{i}/file{i}.cpp": f'#include "floor{i}/file{i}.h"\nnamespace n {{\nint made{i}() {{ return 1; }}\n}}\n'
    for i in range(12)}
LONG_BODY = "  // '{' and \"{\" are no braces\n  int i = 1'0 + '{';\n" + "  ++i;\n" * 60
LONG_CONSTRUCTOR = f"namespace {{\nclass A : public B {{\n  A(int x) : x_{{x}}, y_(1) {{\n{LONG_BODY}  }}\n}};\n}}\n"
LONG_TEMPLATE = f'template <class T>\nauto f(T x) -> decltype(g(x)) {{\n  const char* t = R"(}} }})";\n{LONG_BODY}}}\n'
NEW_HEADER = {"src/floor0/new.h": "int other();\n"}
SECOND_PART = {"src/floor0/file0.h": "int made0();\nint other();\n",
               "src/floor0/part.cpp": '#include "floor0/file0.h"\nint other() {}\n'}
OTHER_NAME = NEW_HEADER | {"src/floor0/part.cpp": '#include "floor0/new.h"\nint other() {}\n'}
OVERLOAD = {"src/floor0/file0.cpp": '#include "file0.h"\nint made0() {}\n', "src/floor0/other.h": "int made0(int);\n",
            "src/floor0/other.cpp": '#include "floor0/other.h"\n#include "floor0/file0.h"\nint made0(int) {}\n'}
OF_ITS_OWN = NEW_HEADER | {"src/floor0/part.cpp": '#include "floor0/new.h"\nnamespace {\nint other() {}\n}\n'}
# Files that are planted, and how many problems that makes.
PLANTED = [
    ({}, 0),
    ({"tests/a.cpp": "\n" * 350}, 0),
    ({"tests/a.cpp": "\n" * 351}, 1),
    ({"bench/a.py": "\n" * 351}, 1),
    ({"python/a.py": "\n" * 351}, 1),
    ({"src/floor0/a.js": "\n" * 351}, 1),
    ({"tests/a.cpp": "void f() {" + "\n" * 59 + "}\n"}, 0),
    ({"tests/a.cpp": "void f() {" + "\n" * 60 + "}\n"}, 1),
    ({"tests/a.cpp": LONG_CONSTRUCTOR}, 1),
    ({"tests/a.cpp": LONG_TEMPLATE}, 1),
    ({"tests/a.cpp": "const int table[] = {\n" + "  1,\n" * 100 + "};\nvoid f() {}\n"}, 0),
    ({"tests/a.py": "def f():\n" + "    pass\n" * 60}, 1),
    ({"src/floor0/large.cpp": "int x;\n" * 20}, 1),
    ({"src/floor0/registry.def": "LINE(x)\n" * 20}, 1),
    ({"src/floor0/file1.cpp": ""}, 1),
    ({"src/floor0/File1.cpp": ""}, 1),
    ({"include/specfuse/floor1/file1.h": ""}, 1),
    (SECOND_PART, 0),
    (OTHER_NAME, 1),
    (OTHER_NAME | {"src/floor0/parts.def": "PART(part)\n"}, 0),
    (OF_ITS_OWN, 0),
    (OVERLOAD, 0),
    ({"notes.txt": ""}, 1),
    ({"tests/mutations/planted.txt": "src/floor0/file0.cpp\n- return 1;\n+ return 2;\n"}, 0),
    ({"tests/mutations/planted.txt": "src/floor0/file0.cpp\n- return 3;\n+ return 2;\n"}, 1),
    ({"tests/mutations/planted.txt": "src/floor0/gone.cpp\n- return 1;\n+ return 2;\n"}, 1),
    ({"build-asan/x": "", ".gitignore": "/build*/\n"}, 0),
]


def check_itself():
    """Each rule has to see what is planted against it, and nothing else."""
    for planted, expected in PLANTED:
        with tempfile.TemporaryDirectory() as folder:
            top = Path(folder)
            for name, text in (SOUND | planted).items():
                (top / name).parent.mkdir(parents=True, exist_ok=True)
                (top / name).write_text(text)
            found = problems(top)
            assert len(found) == expected, f"self-check: {planted} should give {expected} problems, gave {found}"


def main():
    check_itself()
    top = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    found = problems(top)
    print("\n".join(found) if found else "house: in order")
    print(f"{1 - bool(found)} passed, {int(bool(found))} failed")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
