"""Charts as SVG, drawn by gnuplot."""

import shutil

from comparison import programs

SIZE = "size 760,420 dynamic background rgb 'white' font 'sans-serif,13'"


def installed():
    return shutil.which("gnuplot") is not None


def _draw(owner, path, title, axes, lines, columns, extra=""):
    """`columns` are rows of numbers; the first is x, one each of `lines` comes after it."""
    data = owner.scratch / "chart.dat"
    data.write_text("".join(" ".join(f"{value:.6g}" for value in row) + "\n" for row in columns))
    plots = ", ".join(f"'{data}' using 1:{at} with linespoints linewidth 2 title '{name}'"
                      for at, name in enumerate(lines, start=2))
    script = owner.scratch / "chart.gnuplot"
    script.write_text(f"""set terminal svg {SIZE}
set output '{path}'
set title '{title}'
set xlabel '{axes[0]}'
set ylabel '{axes[1]}'
set grid
set key top left
set xrange [0:*]
{extra}
plot {plots}
""")
    programs.run(["gnuplot", str(script)], 60)


def draw(owner, directory, comparison):
    """latency.svg and speed.svg."""
    directory.mkdir(exist_ok=True)
    _draw(owner, directory / "latency.svg", "Latency of single awards against load",
          ("awards a second, evenly spaced", "milliseconds"), ("p50", "p99", "p99.9"),
          comparison.curve, "set logscale y")
    slices = [(line["total"] / 1e6, line["per_second"]) for line in comparison.growth]
    _draw(owner, directory / "speed.svg", "Speed of the engine against the size of the ledger",
          ("million awards in the ledger", "awards a second"),
          ("batches of 1,000, time-ordered ids",),
          slices, "set yrange [0:*]\nset key bottom left")
