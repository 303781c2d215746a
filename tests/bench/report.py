"""The figures as tables, printed as they come and kept as Markdown."""
import statistics


class Report:
    def __init__(self, machine):
        self.lines = ["# What tests/bench/run found", "", machine + ".",
                      "A ratio is the median of the ratios of neighbouring runs, Gatehouse's (or the last column's) to nginx's."]
        self.memories = {}
        print(machine, flush=True)

    def table(self, title, rows_are, rows, digits=1):
        """rows: {row: {proxy: [a figure per run]}}; the first proxy is what the others are compared with."""
        names = list(next(iter(rows.values())))
        others = [name for name in names[1:]]
        self.begin(title, [rows_are] + names + [f"{name} / {names[0]}" for name in others])
        for row, figures in rows.items():
            middles = [f"{statistics.median(figures[name]):.{digits}f}" for name in names]
            ratios = [self.ratio(figures[names[0]], figures[name]) for name in others]
            self.row([row] + middles + ratios)

    def memory(self, when, megabytes):
        self.memories[when] = megabytes

    @staticmethod
    def ratio(base, runs):
        pairs = [run / one for one, run in zip(base, runs) if one]
        return f"{statistics.median(pairs):.2f}" if pairs else ""

    def begin(self, title, heads):
        self.write(["", f"## {title}", "", "| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)])

    def row(self, cells):
        self.write(["| " + " | ".join(cells) + " |"])

    def write(self, lines):
        self.lines += lines
        print("\n".join(lines), flush=True)

    def close(self, path):
        names = list(dict.fromkeys(name for figures in self.memories.values() for name in figures))
        self.begin("Memory in use, in MB", ["when"] + names)
        for when, figures in self.memories.items():
            self.row([when] + [f"{figures[name]:.0f}" if name in figures else "" for name in names])
        path.write_text("\n".join(self.lines) + "\n")
        print(f"\nKept in {path}")
