"""What the benchmark keeps of its runs in bench/records, beside the weights of its folds: all that BENCHMARK.md says."""
import json
import os
import threading

# Of a method's results in metrics.json, what a record has; without a reference there are no METRICS.
METRICS = ("psnr_global_db", "sam_deg", "ergas")
NO_REFERENCE = ("hsi_psnr_db", "msi_psnr_db", "qnr")
COSTS = ("fit_seconds", "fuse_seconds", "peak_memory_mb")
COVERAGES = ("coverage_68", "coverage_95")
MADE = ("date", "version", "cpu", "threads")


def short(values, names):
    """Six digits are more than any table shows, and a difference of two records is easier read."""
    return {name: float(f"{values[name]:.6g}") for name in names}


def record_of(metrics):
    """From a run's metrics.json: when and where it was made, and the scores and costs of each method by label."""
    methods = {}
    for result in metrics["methods"]:
        scores = short(result["metrics"], METRICS) if result["metrics"] else short(result["no_reference"], NO_REFERENCE)
        methods[result["label"]] = {**scores, **short(result, COSTS)}
        if result.get("reliability"):
            methods[result["label"]].update(short(result["reliability"], COVERAGES))
    return {"made": {key: metrics["environment"][key] for key in MADE}, "methods": methods}


class Records:
    """One file for each part, one line for each run."""

    def __init__(self, folder):
        self.folder = folder
        self.lock = threading.Lock()

    def of(self, part):
        """Records of a part by name of the run."""
        file = self.folder / f"{part}.json"
        return json.loads(file.read_text()) if file.exists() else {}

    def add(self, part, name, metrics):
        """Several threads may add; a kill leaves the file as it was."""
        with self.lock:
            records = {**self.of(part), name: record_of(metrics)}
            lines = (f"{json.dumps(key)}: {json.dumps(records[key])}" for key in sorted(records))
            self.folder.mkdir(parents=True, exist_ok=True)
            draft = self.folder / f"{part}.json.part"
            draft.write_text("{\n" + ",\n".join(lines) + "\n}\n")
            os.replace(draft, self.folder / f"{part}.json")
