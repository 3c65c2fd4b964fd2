"""Writes SIZE.md and its figures from the result files of size.py."""
import json
import math
import statistics

# A network between machines: bytes a second, and seconds for a message.
NETWORKS = (("10 Gbit/s", 1.25e9, 30e-6), ("100 Gbit/s", 12.5e9, 2e-6))
RANKS = (2, 4, 16, 64, 256)


def load(work, part):
    """{method: {size: result}} of one part."""
    found = {}
    for file in sorted((work / part).glob("*/*/metrics.json")):
        size = int(file.parent.parent.name)
        for result in json.loads(file.read_text())["methods"]:
            found.setdefault(result["label"], {})[size] = result
    return found


def seconds(result):
    return result["fit_seconds"] + result["fuse_seconds"]


def exponent(times, power):
    """Of the growth with size ** power between the two largest sizes, times below a tenth of a second left out."""
    usable = sorted((size, time) for size, time in times.items() if time >= 0.1)[-2:]
    if len(usable) < 2:
        return None
    (small, before), (large, after) = usable
    return math.log(after / before) / (power * math.log(large / small))


def digits(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(head, rows):
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "|".join(["---"] + ["--:"] * (len(head) - 1)) + "|"]
                     + ["| " + " | ".join(row) + " |" for row in rows])


def size_table(found, value, head, power=None):
    """A row for each method; with `power` its exponent at the end."""
    sizes = sorted({size for results in found.values() for size in results})
    rows = []
    for method, results in found.items():
        row = [f"`{method}`"] + [digits(value(results[size])) if size in results else "" for size in sizes]
        if power:
            grows = exponent({size: value(result) for size, result in results.items()}, power)
            row.append("" if grows is None else f"{grows:.2f}")
        rows.append(row)
    return table([head, *map(str, sizes)] + (["exponent"] if power else []), rows)


def draw(found, value, folder, name, labels, in_memory=math.inf):
    """The figure as Markdown; nothing without matplotlib."""
    try:
        import matplotlib
    except ImportError:
        return ""
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "specfuse", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(figsize=(6.5, 4), layout="constrained")
    for place, (method, results) in enumerate(found.items()):
        # Two lines: what is in memory and what stays on disk are not the same work.
        for on_disk in (False, True):
            sizes = sorted(size for size in results if (size > in_memory) == on_disk)
            if not sizes:
                continue
            axes.loglog(sizes, [max(value(results[size]), 1e-3) for size in sizes], marker="os^Dv*"[place % 6],
                        label=None if on_disk else method, color=pyplot.get_cmap("tab20")(place % 20))
    sizes = sorted({size for results in found.values() for size in results})
    axes.set_xticks(sizes, map(str, sizes))
    axes.minorticks_off()
    axes.set(xlabel=labels[0], ylabel=labels[1])
    axes.grid(alpha=0.3)
    axes.legend(fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
    pyplot.close(figure)
    return f"![{labels[1]} against {labels[0]}]({name}.svg)\n"


def training(work):
    """Seconds of a step in each round by the number of ranks, and the parameters of the network."""
    import h5py
    steps, parameters = {}, 0
    for file in sorted((work / "ranks").glob("*/*/metrics.json")):
        result = json.loads(file.read_text())
        log = [json.loads(line) for line in (file.parent / "log.jsonl").read_text().splitlines()]
        log = [line for line in log if "step" in line][1:]  # caches fill first
        each = [(after["seconds"] - before["seconds"]) / (after["step"] - before["step"])
                for before, after in zip(log, log[1:])]
        steps.setdefault(int(file.parent.parent.name), {})[file.parent.name] = statistics.median(each)
        with h5py.File(file.parent / result["methods"][0]["label"] / "checkpoint.h5") as checkpoint:
            parameters = sum(tensor.size for tensor in checkpoint["model"].values())
    return steps, parameters


def ranks_text(work, setting):
    rounds, parameters = training(work)
    if 1 not in rounds:
        return "Not measured: there is no `mpirun`.\n"
    steps = {count: statistics.median(times.values()) for count, times in rounds.items()}
    rows = []
    for count, times in sorted(rounds.items()):
        gains = sorted(count * rounds[1][turn] / time for turn, time in times.items() if turn in rounds[1])
        rows.append([str(count), digits(1000 * steps[count]), f"{statistics.median(gains):.2f}",
                     f"{gains[0]:.2f} - {gains[-1]:.2f}"])
    text = table(["ranks, a thread each", "ms a step", "times as many tiles a second", "from - to"], rows) + "\n"
    beyond = []
    for count in RANKS:
        row = [str(count)]
        for _, bandwidth, latency in NETWORKS:
            sent = 2 * 4 * parameters * (count - 1) / count
            exchange = sent / bandwidth + 2 * (count - 1) * latency
            row.append(f"{1000 * exchange:.1f}")
            row.append(f"{count * steps[1] / max(steps[1], steps[1] / 3 + exchange):.1f}")
        beyond.append(row)
    head = ["ranks"]
    for name, _, _ in NETWORKS:
        head += [f"ms for gradients, {name}", "times as many tiles a second"]
    return text + f"""
More ranks than this machine has cores are modelled, not measured. A step of a rank takes {1000 * steps[1]:.0f} ms for its
{setting['tiles']} tiles, a third of it forward. Each rank sends and receives the {parameters} gradients twice, less its own
slice, {8e-6 * parameters:.1f} MB, in as many messages as there are other ranks; this may take as long as the backward pass, two
thirds of a step, before a rank waits. The model assumes one rank on a machine, full bandwidth between all of them at once,
{NETWORKS[0][2] * 1e6:.0f} or {NETWORKS[1][2] * 1e6:.0f} us a message and ranks of equal speed, and leaves out validation and files.

""" + table(head, beyond) + "\n"


def write_report(work, folder, setting):
    pixels, bands, threads = (load(work, part) for part in ("pixels", "bands", "threads"))
    environment = next((json.loads(file.read_text())["environment"] for file in sorted(work.glob("pixels/*/*/metrics.json"))), {})
    memory = lambda result: result["peak_memory_mb"]  # noqa: E731
    bad = [f"`{method}` {value:.2f}" for method, results in pixels.items()
           if (value := exponent({size: seconds(result) for size, result in results.items()}, 2) or 0) > 1.15]
    text = f"""# Cost against size

Written by `make bench-size` from result files. {environment.get('cpu', '')}, {environment.get('threads', '')} threads,
{environment.get('date', '')}. Seconds are those of fitting and fusing one pair of ratio {setting['ratio']}, learning one scale down
included, each measured once. Synthetic scenes of up to {setting['in_memory']} pixels a side are held in memory; there the network learns for 50
steps. Larger pairs stay in their files with `--memory {setting['memory']}`, and are fused by a network that has learned. Their seconds include
reading, writing each part, and packing the result into its file, which for the fast methods is most of it. Scores and the report
come on top. Memory is the peak of the process.

## Pixels

{setting['bands']} bands, side of the square image in pixels.

{size_table(pixels, seconds, "seconds", 2)}

The exponent is that of growth with the number of pixels, between the two largest sizes: 1 is linear.
{"Above 1.15: " + ", ".join(bad) + "." if bad else "None is above 1.15."}

{draw(pixels, seconds, folder, "size_pixels", ("side in pixels", "seconds"), setting['in_memory'])}
{size_table(pixels, memory, "MiB")}

{draw(pixels, memory, folder, "size_memory", ("side in pixels", "MiB"), setting['in_memory'])}
## Bands

{setting['side']} x {setting['side']} pixels; the exponent is that of growth with the number of bands. The published network takes at
least {setting['network_bands']} bands.

{size_table(bands, seconds, "seconds", 1)}

{draw(bands, seconds, folder, "size_bands", ("bands", "seconds"))}
## Threads

{setting['side']} x {setting['side']} pixels, {setting['bands']} bands.

{size_table(threads, seconds, "seconds")}

## Ranks

Training of the network, {setting['tiles']} tiles of 8 x 8 for each rank; medians of {setting['rounds']} rounds in which each number of
ranks had its turn.

{ranks_text(work, setting)}"""
    (folder / "SIZE.md").write_text(text)
    print(f"wrote {folder / 'SIZE.md'}")
