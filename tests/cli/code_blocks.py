"""The pages, and the fenced blocks of those whose code has to work as printed."""
import re
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
DOCS = sorted(str(path.relative_to(TOP)) for path in TOP.glob("docs/*.md"))
PAGES = ["README.md", *DOCS, "data/README.md", "experiments/README.md", "bench/README.md"]
# Those whose code does not run here: CONTRIBUTING.md's does in tests/contributing.
OTHER_PAGES = ["CONTRIBUTING.md", "CHANGELOG.md", "BENCHMARK.md", "bench/SIZE.md"]
BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def code_blocks(text, name):
    """(where, language, code) of each; a block without a language is a picture, and left out."""
    for match in BLOCK.finditer(text):
        if match["language"]:
            yield f"{name}:{text.count(chr(10), 0, match.start()) + 1}", match["language"], match["code"]


def all_code_blocks():
    return [block for page in PAGES for block in code_blocks((TOP / page).read_text(), page)]
