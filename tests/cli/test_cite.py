#!/usr/bin/env python3
"""What --cite prints is BibTeX, of the methods asked for and no others: test_cite.py RUN_EXPERIMENT MAKE_BAD_FILES"""
import json
import re

from program import TOP, ProgramTest, experiment, main

METHODS = re.findall(r"SPECFUSE_METHOD\((\w+)\)", (TOP / "src/methods/methods.def").read_text())
ENTRY = re.compile(r"% (?P<what>[^\n]+)\n@(?P<type>\w+)\{(?P<key>\w+),\n(?P<fields>(?:  \w+ = \{.*\},\n)+)\}\n")
FIELD = re.compile(r"  (\w+) = \{(.*)\},\n")
REQUIRED = {"article": {"author", "title", "journal", "year", "volume", "number", "pages", "doi"},
            "inproceedings": {"author", "title", "booktitle", "year", "pages", "doi"},
            "misc": {"author", "title", "year", "note"}}
OF_THE_PROGRAM = {"the program", "its network"}


def balanced(text):
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


class Cite(ProgramTest):
    def entries(self, *arguments):
        """{key: (what it is cited for, fields)}; nothing but whole entries, with an empty line between."""
        run = self.run_program("--cite", *arguments)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        found = list(ENTRY.finditer(run.stdout))
        self.assertEqual("\n".join(match.group() for match in found), run.stdout)
        self.assertEqual(len({match["key"] for match in found}), len(found))
        result = {}
        for match in found:
            fields = FIELD.findall(match["fields"])
            self.assertEqual({name for name, _ in fields}, REQUIRED[match["type"]], match["key"])
            self.assertEqual(len(fields), len(dict(fields)), match["key"])
            for _, value in fields:
                self.assertTrue(value.isascii() and balanced(value), value)
            result[match["key"]] = (set(match["what"].split(", ")), dict(fields))
        return result

    def methods(self, *arguments):
        return set().union(*(what for what, _ in self.entries(*arguments).values()))

    def test_every_method_answers(self):
        entries = self.entries()
        self.assertEqual(self.methods(), set(METHODS) | OF_THE_PROGRAM)
        self.assertEqual(list(entries)[:2], ["specfuse", "yang2018hyperspectral"])
        self.assertEqual(entries["selva2015hyper"][0], {"sfim_hs", "glp_hs"})
        self.assertIn("local_injection", entries["specfuse"][0])
        self.assertEqual(entries["simoes2015a"][1]["author"].split(" and ")[0], r"Sim{\~o}es, Miguel")

    def test_the_list_names_the_same_papers(self):
        listing = self.run_program("--list").stdout
        for _, (what, fields) in self.entries().items():
            surname = re.sub(r"[{}]|\\.", "", fields["author"].split(",")[0])
            for method in what - OF_THE_PROGRAM if "doi" in fields else ():
                self.assertRegex(listing, rf"(?m)^  {method} .*\b{surname}\b.* {fields['year']}\b")

    def test_an_experiment_has_its_own_methods_only(self):
        path = self.folder / "some.json"
        path.write_text(self.text_of([{"name": "gsa"}, {"name": "gsa", "label": "again"}, {"name": "csu"}]))
        self.assertEqual(self.methods(path), {"gsa", "csu"} | OF_THE_PROGRAM)
        self.assertEqual(self.methods(path, "--set", "methods.0.name=cnmf"), {"gsa", "cnmf", "csu"} | OF_THE_PROGRAM)

    def test_what_a_method_is_made_of_is_cited_with_it(self):
        path = self.folder / "made.json"
        candidates = {"cnmf": {"enabled": False}, "csu": {"enabled": False}}
        path.write_text(self.text_of([{"name": "two_cnn_fu_plus", "model": {"candidates": candidates}, "weights": "none"},
                                      {"name": "two_cnn_fu", "model": {"base": "glp_hs", "output": "residual"}}]))
        self.assertEqual(self.methods(path), {"two_cnn_fu_plus", "local_injection", "fuse", "hysure", "gsa", "sfim_hs",
                                              "linear_injection", "two_cnn_fu", "glp_hs"} | OF_THE_PROGRAM)
        for guided, more in ((1, {"local_injection"}), (0, set())):
            model = {"guided": guided, "candidates": {name: {"enabled": False} for name in (
                "local", "local_projected", "local_subspace", "local_both", "fuse_projected", "cnmf", "csu", "gsa",
                "sfim_hs", "linear")}}
            path.write_text(self.text_of([{"name": "two_cnn_fu_plus", "model": model, "weights": "none"}]))
            self.assertEqual(self.methods(path), {"two_cnn_fu_plus", "fuse", "hysure"} | more | OF_THE_PROGRAM)

    def test_a_sweep_has_those_of_all_runs(self):
        (self.folder / "base.json").write_text(self.text_of([{"name": "gsa"}]))
        path = self.folder / "sweep.json"
        path.write_text('{"name": "sweep", "sweep": {"base": "base.json", "grid": {"methods.0.name": ["fuse", "csu"]}}}')
        self.assertEqual(self.methods(path), {"fuse", "csu"} | OF_THE_PROGRAM)

    def test_what_is_no_experiment_is_refused(self):
        self.refused(2, "absent.json", self.run_program("--cite", "absent.json"))
        self.refused(2, "--cite: expected a value", self.run_program("--cite="))

    def test_the_citation_file_is_of_this_version(self):
        text = (TOP / "CITATION.cff").read_text()
        version = self.run_program("--version").stdout.split()[1]
        self.assertRegex(text, rf"(?m)^version: {re.escape(version)}$")
        entries = self.entries()
        self.assertIn(entries["specfuse"][1]["title"], text)
        self.assertIn(f"\n  doi: {entries['yang2018hyperspectral'][1]['doi']}\n", text)

    @staticmethod
    def text_of(methods):
        return json.dumps(experiment(methods=methods))


if __name__ == "__main__":
    main()
