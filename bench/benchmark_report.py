"""Writes BENCHMARK.md from the result files of benchmark.py."""
import itertools
import json
import pathlib
import statistics

from benchmark_setting import (ABLATIONS, CLASSICS, LESSONS, NOISES, PLUS, PUBLISHED, RATIOS, SCENES, SPLITS, ablation_name,
                               lesson_name, pair_name)

# Metric, whether more is better, and how a lead in it is given.
SCORES = (("psnr_global_db", True), ("sam_deg", False), ("ergas", False))
TITLES = {"psnr_global_db": "PSNR (dB)", "sam_deg": "SAM (deg)", "ergas": "ERGAS"}
# Of the mean over scenes at ratio 4: lead over the best of the classics, in dB and per cent, and over the base in dB.
WANTED = {"psnr_global_db": 1.3, "sam_deg": 10, "ergas": 12}
WANTED_OVER_BASE = 0.6


def lead(score, value, other):
    """In dB where more is better, else in per cent of the other."""
    return value - other if dict(SCORES)[score] else 100 * (1 - value / other)


def best_of(results, methods, score):
    pick = max if dict(SCORES)[score] else min
    return pick((results[name]["metrics"][score], name) for name in methods if name in results)


def leads_of(results):
    def over(other_of):
        return {score: lead(score, results[PLUS]["metrics"][score], other_of(score)) for score, _ in SCORES}

    return (over(lambda score: best_of(results, CLASSICS, score)[0]),
            over(lambda score: results["base"]["metrics"][score]))


def load(folder):
    """Results of one experiment by label."""
    file = folder / "metrics.json"
    if not file.exists():
        return {}
    return {result["label"]: result for result in json.loads(file.read_text())["methods"]}


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join(["---"] + ["--:"] * (len(head) - 1)) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def setting_text(setting):
    ratio, noise = setting
    return f"{ratio}, " + ("noise-free" if noise is None else f"{noise} dB")


def number(value, score):
    return f"{value:.2f}" if score == "psnr_global_db" else f"{value:.3f}"


def signed(value, score=None):
    return f"{value:+.2f}" if score == "psnr_global_db" else f"{value:+.1f}"


class Report:
    """`results` and `leads` of each (ratio, noise) that there is any of, by scene; leads are over the best of the classics
    and over the base, by score."""

    def __init__(self, bench):
        self.work = bench.work
        self.fold_of = bench.fold_of
        self.results, self.leads = {}, {}
        for setting in itertools.product(RATIOS, NOISES):
            there = {scene: load(self.work / "pairs" / pair_name(scene, *setting)) for scene in SCENES}
            there = {scene: results for scene, results in there.items() if results}
            if there:
                self.results[setting] = there
                self.leads[setting] = {scene: leads_of(results) for scene, results in there.items()}

    def summary(self):
        rows = []
        for setting, leads in self.leads.items():
            row = [setting_text(setting), str(len(leads))]
            for score, _ in SCORES:
                values = [over[score] for over, _ in leads.values()]
                row += [signed(statistics.mean(values), score), signed(min(values), score)]
            over_base = [base["psnr_global_db"] for _, base in leads.values()]
            row.append(signed(statistics.mean(over_base), "psnr_global_db"))
            rows.append(row)
        return table(["ratio, noise", "scenes", "PSNR, dB", "worst", "SAM, %", "worst", "ERGAS, %", "worst",
                      "over its base, dB"], rows)

    def targets(self):
        """The aims of the project against what was measured, over ratio 4, noise-free and 35 dB."""
        leads = [pair for noise in (None, 35) for pair in self.leads.get((4, noise), {}).values()]
        rows = []
        for score, _ in SCORES:
            mean = statistics.mean(over[score] for over, _ in leads)
            unit = "dB" if score == "psnr_global_db" else "%"
            rows.append([f"lead in {TITLES[score].split()[0]}", f"{WANTED[score]} {unit}",
                         f"{signed(mean, score)} {unit}"])
        mean = statistics.mean(base["psnr_global_db"] for _, base in leads)
        rows.append(["the network over its base", f"{WANTED_OVER_BASE} dB", f"{mean:+.2f} dB"])
        return table(["mean over ratio 4, noise-free and 35 dB", "wanted", "measured"], rows)

    def scenes(self, setting):
        rows = []
        for scene, (over, _) in self.leads[setting].items():
            results = self.results[setting][scene]
            row = [scene + ("" if self.fold_of(scene) else " *")]
            for score, _ in SCORES:
                value, name = best_of(results, CLASSICS, score)
                row += [f"{number(value, score)} ({name})", number(results["base"]["metrics"][score], score),
                        number(results[PLUS]["metrics"][score], score), signed(over[score], score)]
            rows.append(row)
        head = ["scene"]
        for score, _ in SCORES:
            head += [f"{TITLES[score]}: best classic", "base", "plus", "lead"]
        return table(head, rows)

    def methods(self, setting):
        """Means over the scenes, of every method."""
        rows = []
        for name in (*CLASSICS, "local_injection", "base", PLUS):
            of = [results[name] for results in self.results[setting].values()]
            row = [name]
            for score, _ in SCORES:
                row.append(number(statistics.mean(result["metrics"][score] for result in of), score))
            row += [f"{statistics.median(result['fit_seconds'] + result['fuse_seconds'] for result in of):.2f}",
                    f"{max(result['peak_memory_mb'] for result in of):.0f}"]
            rows.append(row)
        return table(["method", *TITLES.values(), "median time (s)", "most memory (MiB)"], rows)

    def losses(self):
        """Where the network is behind the best of the classics, by more than 2 % in SAM or at all in the others."""
        rows = []
        for setting, leads in self.leads.items():
            for scene, (over, _) in leads.items():
                results = self.results[setting][scene]
                for score, _ in SCORES:
                    if over[score] >= (-2 if score == "sam_deg" else 0):
                        continue
                    value, name = best_of(results, CLASSICS, score)
                    rows.append([f"{scene}, ratio {setting_text(setting)}", TITLES[score].split()[0],
                                 f"{number(value, score)} ({name})", number(results["base"]["metrics"][score], score),
                                 number(results[PLUS]["metrics"][score], score), signed(over[score], score)])
        if not rows:
            return "Nowhere."
        return table(["where", "score", "best classic", "base", "plus", "lead"], rows)

    def coverage(self):
        rows = []
        for setting, there in self.results.items():
            row = [setting_text(setting)]
            for part in ("coverage_68", "coverage_95"):
                values = [100 * results[PLUS]["reliability"][part] for results in there.values()]
                row += [f"{statistics.mean(values):.1f}", f"{min(values):.1f} - {max(values):.1f}"]
            rows.append(row)
        return table(["ratio, noise", "68 %: mean", "scenes", "95 %: mean", "scenes"], rows)

    def ablations(self):
        usual, rows = {}, []
        for label in ABLATIONS:
            folder = self.work / "ablations" / ablation_name(label)
            scores = {file.parent.name: load(file.parent)[PLUS]["metrics"]
                      for file in sorted(folder.glob("*/metrics.json"))}
            if not scores:
                continue
            usual = usual or scores
            row = [label]
            for score, _ in SCORES:
                change = statistics.mean(lead(score, scores[name][score], usual[name][score]) for name in usual)
                row.append(signed(change, score))
            rows.append(row)
        if not rows:
            return "None were run."
        return table(["what is changed", "PSNR, dB", "SAM, %", "ERGAS, %"], rows)

    def published(self):
        """The published network by what it learned from and how long, beside the best of the classics."""
        rows = []
        for scene in SPLITS:
            for how in LESSONS:
                results = load(self.work / "published" / lesson_name(scene, *how))
                if not results:
                    continue
                preset, share, steps = how
                rows_learned, cols = SPLITS[scene][1]
                network = results[PUBLISHED]
                row = [scene, preset, f"{int(rows_learned * share) * cols:,}", f"{steps:,}"]
                for score, _ in SCORES:
                    value, name = best_of(results, CLASSICS, score)
                    row.append(f"{number(network['metrics'][score], score)} ({number(value, score)} {name})")
                rows.append([*row, f"{network['fit_seconds'] / 60:.1f}"])
        if not rows:
            return "None were run."
        head = ["scene", "preset", "pixels learned from", "steps"]
        return table(head + [f"{title} (best classic)" for title in TITLES.values()] + ["minutes"], rows)

    def machine(self):
        """The machine of the first results."""
        file = min((self.work / "pairs").glob("*/metrics.json"))
        environment = json.loads(file.read_text())["environment"]
        threads = environment["threads"]
        return f"{threads} thread{'s' if threads > 1 else ''} of {environment['cpu']}"

    def text(self, template):
        def sections(part, settings):
            return "\n\n".join(f"### Ratio {setting_text(setting)}\n\n{part(setting)}" for setting in settings)

        parts = {"summary": self.summary(), "targets": self.targets(),
                 "scenes": sections(self.scenes, [setting for setting in self.results if setting[0] == 4]),
                 "methods": sections(self.methods, self.results),
                 "losses": self.losses(), "coverage": self.coverage(), "ablations": self.ablations(),
                 "published": self.published(),
                 "machine": self.machine()}
        for name, part in parts.items():
            template = template.replace(f"@{name}@", part)
        return template


def write_report(bench):
    here = pathlib.Path(__file__).resolve().parent
    text = Report(bench).text((here / "benchmark.md.in").read_text())
    (here.parent / "BENCHMARK.md").write_text(text)
