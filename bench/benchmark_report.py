"""Writes BENCHMARK.md from the records of benchmark.py."""
import itertools
import pathlib
import re
import statistics

from benchmark_setting import (ABLATIONS, AS_IT_IS, CLASSICS, FIELD_KINDS, LESSONS, MEASURED, NOISES, PLUS, PUBLISHED, RATIOS,
                               SCENES, SPLITS, STAGES, ablation_name, fold_of, lesson_name, pair_name)

# Metric, whether more is better, and how a lead in it is given.
SCORES = (("psnr_global_db", True), ("sam_deg", False), ("ergas", False))
TITLES = {"psnr_global_db": "PSNR (dB)", "sam_deg": "SAM (deg)", "ergas": "ERGAS"}
LEADS = ("PSNR, dB", "worst", "SAM, %", "worst", "ERGAS, %", "worst")
# Of the mean over scenes at ratio 4, what the project aims at: lead over the best of the classics, in dB and per cent, and over the base in dB.
WANTED = {"psnr_global_db": 1.3, "sam_deg": 10, "ergas": 12}
WANTED_OVER_BASE = 0.6


def lead(score, value, other):
    """In dB where more is better, else in per cent of the other."""
    return value - other if dict(SCORES)[score] else 100 * (1 - value / other)


def best_of(results, methods, score):
    pick = max if dict(SCORES)[score] else min
    return pick((results[name][score], name) for name in methods if name in results)


def leads_over(results, methods):
    """Over the best of the methods in each score."""
    return {score: lead(score, results[PLUS][score], best_of(results, methods, score)[0]) for score, _ in SCORES}


def means_and_worst(leads):
    """Of leads of several scenes, score by score."""
    row = []
    for score, _ in SCORES:
        values = [over[score] for over in leads]
        row += [signed(statistics.mean(values), score), signed(min(values), score)]
    return row


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


def classic(results, score):
    """The best in the score of all methods but the network."""
    return best_of(results, [name for name in results if name != PLUS], score)[0]


def field_summary(stages):
    """Means over the scenes, and the scene on which the network is furthest behind the best of the others and behind what it
    has where the sensors are as told."""
    rows = []
    for kind, stage in itertools.product(FIELD_KINDS, STAGES):
        scenes = stages.get(stage, {}).get(kind)
        if not scenes:
            continue
        row = [f"{kind}, {stage}", str(len(scenes))]
        for score in ("psnr_global_db", "sam_deg"):
            both = [(classic(results, score), results[PLUS][score]) for results in scenes.values()]
            row += [number(statistics.mean(values), score) for values in zip(*both)]
            row.append(signed(min(lead(score, plus, other) for other, plus in both), score))
        exact = stages[stage].get("none", {})
        losses = [lead("psnr_global_db", results[PLUS]["psnr_global_db"], exact[scene][PLUS]["psnr_global_db"])
                  for scene, results in scenes.items() if scene in exact]
        rows.append(row + [signed(pick(losses), "psnr_global_db") if losses else "-" for pick in (statistics.mean, min)])
    return table(["true sensors", "scenes", "PSNR (dB): best classic", "plus", "worst lead, dB", "SAM (deg): best classic", "plus",
                  "worst lead, %", "plus against `none`, dB", "worst"], rows)


def field_scenes(stages):
    """PSNR of the network and of the best classic, scene by scene, of the last stage there is."""
    kinds = next((stages[stage] for stage in reversed(STAGES) if stage in stages), {})
    there = [kind for kind in FIELD_KINDS if kind in kinds]
    rows = []
    for scene in sorted({scene for scenes in kinds.values() for scene in scenes}):
        of = [kinds[kind].get(scene) for kind in there]
        rows.append([scene, *(f"{results[PLUS]['psnr_global_db']:.2f} ({classic(results, 'psnr_global_db'):.2f})"
                              if results else "-" for results in of)])
    return table(["plus (best classic), PSNR (dB)", *there], rows)


class Report:
    """`results` and `leads` of each (ratio, noise) that there is any of, by scene; leads are over the best of the classics
    and over the base, by score."""

    def __init__(self, records):
        self.records = records
        self.results, self.leads = {}, {}
        pairs = records.of("pairs")
        for setting in itertools.product(RATIOS, NOISES):
            names = {scene: pair_name(scene, *setting) for scene in SCENES}
            there = {scene: pairs[name]["methods"] for scene, name in names.items() if name in pairs}
            if there:
                self.results[setting] = there
                self.leads[setting] = {scene: (leads_over(results, CLASSICS), leads_over(results, ["base"]))
                                       for scene, results in there.items()}

    def summary(self):
        rows = []
        for setting, leads in self.leads.items():
            over_base = [base["psnr_global_db"] for _, base in leads.values()]
            rows.append([setting_text(setting), str(len(leads)), *means_and_worst([over for over, _ in leads.values()]),
                         signed(statistics.mean(over_base), "psnr_global_db")])
        return table(["ratio, noise", "scenes", *LEADS, "over its base, dB"], rows)

    def summary_with_local(self):
        """The same leads where local injection is one of those that are beaten."""
        rows = [[setting_text(setting), *means_and_worst([leads_over(results, (*CLASSICS, "local_injection"))
                                                          for results in there.values()])]
                for setting, there in self.results.items()]
        return table(["ratio, noise", *LEADS], rows)

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
        return table(["mean over ratio 4, noise-free and 35 dB", "aim", "measured"], rows)

    def scenes(self, setting):
        rows = []
        for scene, (over, _) in self.leads[setting].items():
            results = self.results[setting][scene]
            row = [scene + ("" if fold_of(scene) else " *")]
            for score, _ in SCORES:
                value, name = best_of(results, CLASSICS, score)
                row += [f"{number(value, score)} ({name})", number(results["base"][score], score),
                        number(results[PLUS][score], score), signed(over[score], score)]
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
                row.append(number(statistics.mean(result[score] for result in of), score))
            # The base is scored with the inputs that the network has made.
            rows.append(row + (["-", "-"] if name == "base" else [
                f"{statistics.median(result['fit_seconds'] + result['fuse_seconds'] for result in of):.2f}",
                f"{max(result['peak_memory_mb'] for result in of):.0f}"]))
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
                                 f"{number(value, score)} ({name})", number(results["base"][score], score),
                                 number(results[PLUS][score], score), signed(over[score], score)])
        if not rows:
            return "Nowhere."
        return table(["where", "score", "best classic", "base", "plus", "lead"], rows)

    def coverage(self):
        rows = []
        for setting, there in self.results.items():
            row = [setting_text(setting)]
            for part in ("coverage_68", "coverage_95"):
                values = [100 * results[PLUS][part] for results in there.values()]
                row += [f"{statistics.mean(values):.1f}", f"{min(values):.1f} - {max(values):.1f}"]
            rows.append(row)
        return table(["ratio, noise", "68 %: mean", "scenes", "95 %: mean", "scenes"], rows)

    def ablations(self):
        records, rows = self.records.of("ablations"), []

        def scores_of(label):
            folder = ablation_name(label) + "/"
            return {name.removeprefix(folder): record["methods"][PLUS]
                    for name, record in records.items() if name.startswith(folder)}

        usual = scores_of(AS_IT_IS)
        for label in ABLATIONS:
            scores = scores_of(label)
            if not usual or not usual.keys() <= scores.keys():
                continue  # not run, or cut off
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
        records, rows = self.records.of("published"), []
        for scene in SPLITS:
            for how in LESSONS:
                name = lesson_name(scene, *how)
                if name not in records:
                    continue
                results = records[name]["methods"]
                preset, share, steps = how
                rows_learned, cols = SPLITS[scene][1]
                network = results[PUBLISHED]
                row = [scene, preset, f"{int(rows_learned * share) * cols:,}", f"{steps:,}",
                       number(results["bicubic"]["psnr_global_db"], "psnr_global_db")]
                for score, _ in SCORES:
                    value, name = best_of(results, CLASSICS, score)
                    row.append(f"{number(network[score], score)} ({number(value, score)} {name})")
                rows.append([*row, f"{network['fit_seconds'] / 60:.1f}"])
        if not rows:
            return "None were run."
        head = ["scene", "preset", "pixels learned from", "steps", "bicubic, PSNR (dB)"]
        return table(head + [f"{title} (best classic)" for title in TITLES.values()] + ["minutes"], rows)

    def measured(self):
        """How well the result, degraded again, gives each input of the pairs without a reference."""
        records, rows = self.records.of("measured"), []
        for name in MEASURED:
            for label, result in records[name]["methods"].items() if name in records else ():
                rows.append([f"{name}, {label}", *(f"{result[score]:.2f}" for score in ("hsi_psnr_db", "msi_psnr_db")),
                             f"{result['qnr']:.3f}"])
        if not rows:
            return "None were run."
        return table(["pair, method", "HSI, PSNR (dB)", "MSI, PSNR (dB)", "QNR"], rows)

    def field(self):
        """Pairs whose sensors are not as told: a table over the scenes for each ratio and noise, and one of the scenes."""
        settings = {}
        for name, record in self.records.of("field").items():
            stage, scene, setting, kind = re.fullmatch(r"(\w+)/(.+)_(ratio\d+_\w+)/(\w+)", name).groups()
            settings.setdefault(setting, {}).setdefault(stage, {}).setdefault(kind, {})[scene] = record["methods"]
        return "\n\n".join(f"### {setting.replace('_', ', ')}\n\n{field_summary(stages)}\n\n{field_scenes(stages)}"
                           for setting, stages in sorted(settings.items())) or "None were run."

    def made(self):
        """When and on what the pairs were measured."""
        made = [record["made"] for record in self.records.of("pairs").values()]
        dates = sorted({one["date"] for one in made})
        machines = sorted({f"{one['threads']} thread{'s' if one['threads'] > 1 else ''} of {one['cpu']}" for one in made})
        return f"{' and '.join(machines)}, {' to '.join(dict.fromkeys((dates[0], dates[-1])))},"

    def text(self, template):
        def sections(part, settings):
            return "\n\n".join(f"### Ratio {setting_text(setting)}\n\n{part(setting)}" for setting in settings)

        parts = {"summary": self.summary(), "summary_with_local": self.summary_with_local(), "targets": self.targets(),
                 "scenes": sections(self.scenes, [setting for setting in self.results if setting[0] == 4]),
                 "methods": sections(self.methods, self.results),
                 "losses": self.losses(), "coverage": self.coverage(), "ablations": self.ablations(),
                 "published": self.published(), "measured": self.measured(),
                 "field": self.field(), "made": self.made()}
        for name, part in parts.items():
            template = template.replace(f"@{name}@", part)
        return template


def report_text(records):
    return Report(records).text((pathlib.Path(__file__).resolve().parent / "benchmark.md.in").read_text())


def write_report(records):
    (pathlib.Path(__file__).resolve().parent.parent / "BENCHMARK.md").write_text(report_text(records))
