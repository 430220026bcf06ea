"""RESULTS.md and RESULTS.json."""

import datetime
import json
import os
import platform
import subprocess

from comparison import programs

NOTES = """\
## How

One command on one machine, in one go: load, server and peer share its cores. What has a peer is
measured in rounds, forwards and backwards in turn; the value is the median of the rounds, min and
max are the smallest and the largest of them, a ratio is that of the medians. Every answer waited
for its fsync, everywhere; idempotency, double entry and tanhui's proofs are on.

- **The workload** of every row but rides and visits: awards of 27 points that state their points,
  to citizens and from budgets drawn evenly, with UUIDv7 request ids unless said otherwise. Share of
  acts with evidence: 0 %, but 100 % in the engine's rides, which earn by the rules under three
  caps; the steps of an act are in [RULES.md](RULES.md), a day of acts as a file in
  [BOOKS.md](BOOKS.md), and a rush for coupons in
  [COUPONS.md](COUPONS.md). Visits are an award and a redemption of a
  point each. Lots: all awards of a run are of one month and lots of one date
  merge, so a citizen holds one lot, or none yet. {lots}
- **PostgreSQL** {version} as Debian packs it, fsync and synchronous_commit on, over TCP on
  loopback: a ledger row whose caller and request id are unique, and both balances, in one
  statement; a call of 1,000 does that for a set. [SQL](comparison/postgres). Its ids rise, too. It
  makes its batches inside the server. Its books were checked at the end.
- **gRPC echo** answers the same messages at once and keeps nothing.
- **The engine alone** is decide, encode, hash, store and fsync without gRPC; making the commands is
  not measured, and the processor rests from it meanwhile.
- **Latency** counts from the time at which a call was due, so that waiting behind a stall counts.
- **Memory** is of the process that runs the engine, with what it uses to make the load.
- **Start** is from the start of tanhuid until it listens, in a ledger that was killed (-9) while
  batches were under way.
"""


def shell(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return (f"{models[0] if models else platform.machine()}, {os.cpu_count()} cores, {gib:.0f} GiB "
            f"of memory, Linux {platform.release()}")


def commit():
    git = ("git", "-C", str(programs.ROOT))
    name = shell(*git, "rev-parse", "--short", "HEAD") or "unknown"
    changed = shell(*git, "status", "--porcelain", "--", "ledger", "services", "proto",
                    "bench/*.cc", "bench/*.h", "bench/load", "bench/comparison")
    return name + (" with uncommitted changes" if changed else "")


def number(value):
    if value is None:
        return "–"
    if abs(value) >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def goal_text(kind):
    goals = " and ".join(goal.text for goal in kind.goals if goal.text)
    least = " and ".join(goal.least_text for goal in kind.goals if goal.least_text)
    return goals, least or "–"


def comparison_table(rows):
    lines = ["| name | what | n | value | min – max | peer | its value | ratio | goal | at least "
             "| reached |",
             "| --- | --- | --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | --- |"]
    for row in rows:
        goal, least = goal_text(row.kind)
        ratio = "–" if row.ratio is None else f"{row.ratio:.2f}"
        lines.append(f"| {row.kind.name} | {row.kind.what} | {row.n} | {number(row.value)} "
                     f"{row.unit} | {number(row.low)} – {number(row.high)} "
                     f"| {row.kind.peer or '–'} | {number(row.peer_value)} | {ratio} | {goal} "
                     f"| {least} | {row.reached()} |")
    return "\n".join(lines)


def everything_table(measured):
    lines = ["| what | n | values | median | min | max | unit |",
             "| --- | --- | ---: | ---: | ---: | ---: | --- |"]
    for series in measured.series.values():
        lines.append(f"| {series.what} | {series.n} | {len(series.values)} "
                     f"| {number(series.median)} | {number(min(series.values))} "
                     f"| {number(max(series.values))} | {series.unit} |")
    return "\n".join(lines)


def lots(comparison, scale):
    grown = comparison.growth[-1]["total"] / scale.citizens if comparison.growth else 0
    return f"At the\n  end of the growth a citizen had got {grown:.1f} awards on average."


def write(directory, scale, rows, measured, comparison, load_average, minutes):
    postgres = comparison.postgres
    command = "bench/compare" + ("" if scale.name == "full" else f" --{scale.name}")
    scaled = "" if scale.name == "full" else (
        " Scaled down: it shows that everything works; the goals are about a full run.")
    if float(load_average) > (os.cpu_count() or 1) / 2:
        scaled += " The machine did other work meanwhile: the figures say little."
    charts = ("\n![Latency against load](charts/latency.svg)\n\n"
              "![Speed against size](charts/speed.svg)\n"
              if (directory / "charts" / "speed.svg").exists() else "")
    today = datetime.datetime.now(datetime.timezone.utc).date()
    text = f"""# Results of {command}

Commit {commit()}, {today}; {machine()}; load average
at the start {load_average}; {minutes:.0f} minutes.{scaled} The same rows as data:
[RESULTS.json](RESULTS.json).

{comparison_table(rows)}

"Reached" compares with the goals of the project for a quiet machine of two cores, "at least" with
what it must not fall below. Of stall, latency, bytes, memory and start less is better.
{charts}
{NOTES.format(version=postgres.version if postgres else "(not installed)",
              lots=lots(comparison, scale))}
## Everything measured

{everything_table(measured)}
"""
    (directory / "RESULTS.md").write_text(text, encoding="utf-8")
    (directory / "RESULTS.json").write_text(
        json.dumps([row.json() for row in rows], indent=1, ensure_ascii=False) + "\n",
        encoding="utf-8")
