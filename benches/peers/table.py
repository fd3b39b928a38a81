"""Markdown tables of a race: ours against the strongest peer with the targets, and every program's own figures."""

import statistics

HEAD = "| workload | metric | cores | ours | strongest peer | its figure | ratio | target ratio | target | met |"
RULE = "|---|---|---:|---:|---|---:|---:|---:|---:|---|"
ALL_HEAD = "| workload | cores | metric | program | median | least | greatest |"
ALL_RULE = "|---|---:|---|---|---:|---:|---:|"


class Figures:
    """What one program measured of one metric: the median of its blocks' medians, the least and greatest sample, and
    the blocks' medians by their number."""

    def __init__(self, lines):
        self.blocks = {line["block"]: line["median"] for line in lines}
        self.median = statistics.median(self.blocks.values())
        self.least = min(line["min"] for line in lines)
        self.greatest = max(line["max"] for line in lines)

    def over(self, other):
        """Quotients of the blocks that both have."""
        return [self.blocks[b] / other.blocks[b] for b in self.blocks if b in other.blocks]


def figures(lines, workload, threads, peer, metric):
    """None where that was not measured. A metric "x / y" is the quotient of two, block by block."""
    if " / " in metric:
        parts = [figures(lines, workload, threads, peer, part) for part in metric.split(" / ")]
        if None in parts:
            return None
        quotients = enumerate(parts[0].over(parts[1]))
        return Figures([{"block": b, "median": q, "min": q, "max": q} for b, q in quotients])
    key = (workload, threads, peer, metric)
    found = [line for line in lines if (line["workload"], line["threads"], line["peer"], line["metric"]) == key]
    return Figures(found) if found else None


def render(workloads, lines, ours):
    compared = [HEAD, RULE] + [compare(w, row, lines, ours) for w in workloads for row in w.rows]
    legend = (
        "A figure is the median over blocks, in parentheses the least and greatest sample; a ratio is ours over the "
        "strongest peer, in brackets the least and greatest of the rounds; targets are upper bounds."
    )
    return "\n".join([*compared, "", legend, "", *every(lines), ""])


def compare(workload, row, lines, ours):
    title, unit = named(row)
    own = figures(lines, workload.name, row.threads, ours, row.ours or row.metric)
    peers = [row.against] if row.against else workload.peers
    found = {p: figures(lines, workload.name, row.threads, p, row.metric) for p in peers}
    found = {peer: f for peer, f in found.items() if f}
    best = min(found, key=lambda p: found[p].median, default=None)
    ratio, met = "-", "-"
    if own and best:
        quotient, rounds = own.median / found[best].median, own.over(found[best])
        ratio = number(quotient) + (f" [{number(min(rounds))}..{number(max(rounds))}]" if len(rounds) > 1 else "")
        if row.ratio:
            met = "yes" if quotient <= row.ratio else "no"
    if met == "-" and own and row.target:
        met = "yes" if own.median <= row.target else "no"
    goal, bound = (number(x) if x else "-" for x in (row.ratio, row.target))
    cells = [f"{workload.name}: {workload.title}", f"{title}{unit}", str(row.threads), shown(own), best or "-"]
    return "| " + " | ".join([*cells, shown(found.get(best)), ratio, goal, bound, met]) + " |"


def every(lines):
    keys = dict.fromkeys((line["workload"], line["threads"], line["metric"], line["peer"]) for line in lines)
    rows = []
    for workload, threads, metric, peer in sorted(keys, key=lambda k: (k[0], k[1], k[2])):
        f = figures(lines, workload, threads, peer, metric)
        cells = [workload, str(threads), metric, peer, number(f.median), number(f.least), number(f.greatest)]
        rows.append("| " + " | ".join(cells) + " |")
    return [ALL_HEAD, ALL_RULE, *rows]


def named(row):
    """A row's title and its unit: step_us is step, us."""
    if " / " in row.metric:
        return row.title or row.metric.replace("_us", ""), ""
    word, unit = row.metric.rsplit("_", 1)
    return row.title or word, f", {unit}"


def shown(f):
    return f"{number(f.median)} ({number(f.least)}..{number(f.greatest)})" if f else "-"


def number(x):
    """Three significant digits; the integer part whole."""
    return f"{x:.0f}" if abs(x) >= 100 else f"{x:.3g}"
