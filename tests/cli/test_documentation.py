#!/usr/bin/env python3
"""The generated tables of experiments/README.md are what the program makes, and the links of all pages lead somewhere:

    test_documentation.py RUN_EXPERIMENT    Standard library only. `make docs` makes the tables anew.
"""
import difflib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from code_blocks import BLOCK, OTHER_PAGES, PAGES, TOP

README = TOP / "experiments/README.md"
LINK = re.compile(r"\]\(([^)\s]+)\)")


def stale(program, path):
    """The lines of a file that the program would have otherwise."""
    text = path.read_text()
    made = subprocess.run([program, "--document", str(path)], check=True, stdout=subprocess.PIPE, text=True).stdout
    return list(difflib.unified_diff(text.splitlines(), made.splitlines(), path.name, "generated", lineterm="", n=0))


def check_itself(program):
    """A changed default, a lost line and a changed definition must be seen."""
    text = README.read_text()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "README.md"
        for pattern, change in [(r"\| `40` \|", "| `41` |"), (r"\| `gsa` \|.*\n", ""), ("Wald 2000", "Wald 2001")]:
            assert re.search(pattern, text), f"self-check: no {pattern} in {README}"
            copy.write_text(re.sub(pattern, change, text, count=1))
            assert stale(program, copy), f"self-check: {change!r} instead of {pattern!r} was not seen"


def anchors(text):
    """What GitHub calls the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", BLOCK.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(top, pages):
    """Links within the repository to a file or a heading that is not there, and pages that no other links to."""
    linked = {"README.md"}
    for page in pages:
        for link in LINK.findall(BLOCK.sub("", (top / page).read_text())):
            if re.match(r"\w+:", link):
                continue
            name, _, anchor = link.partition("#")
            target = (top / page).parent / name if name else top / page
            if not target.exists() or (anchor and anchor not in anchors(target.read_text())):
                yield f"{page}: {link} leads nowhere"
            elif target.resolve() != top / page:
                linked.add(str(target.resolve().relative_to(top)))
    yield from (f"{page}: no page links to it" for page in pages if page not in linked)


def check_links_itself():
    """A missing file, a missing heading and a page without a link must be seen, and no more."""
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder).resolve()
        (top / "README.md").write_text("# A `b`, c\n[1](#a-b-c) [2](x/y.md#z) [3](gone.md) [4](x/y.md#gone) [5](https://a.b)\n")
        (top / "x").mkdir()
        (top / "x/y.md").write_text("## Z\n[1](../README.md)\n```sh\n# gone\n```\n")
        (top / "x/alone.md").write_text("[1](alone.md)\n")
        found = list(broken_links(top, ["README.md", "x/y.md", "x/alone.md"]))
    assert [line.split(" ")[1] for line in found] == ["gone.md", "x/y.md#gone", "no"], f"self-check: found {found}"


def main():
    program = Path(sys.argv[1]).resolve()
    lines = stale(program, README)
    if lines:
        print("\n".join(lines), "\n\nexperiments/README.md is stale: make docs", sep="")
    else:
        check_itself(program)
    links = list(broken_links(TOP, PAGES + OTHER_PAGES))
    check_links_itself()
    print("\n".join(links))
    failed = bool(lines) + bool(links)
    print(f"{2 - failed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
