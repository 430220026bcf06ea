"""What was measured, and the rows that compare it."""

import dataclasses
import statistics


@dataclasses.dataclass
class Series:
    what: str
    unit: str
    n: str  # what one value is over
    values: list = dataclasses.field(default_factory=list)

    @property
    def median(self):
        return statistics.median(self.values)


class Measurements:
    """Values of the same thing from several rounds, by a short name."""

    def __init__(self):
        self.series = {}

    def add(self, name, what, unit, n, value):
        self.series.setdefault(name, Series(what, unit, n)).values.append(value)

    def median(self, name):
        return self.series[name].median if name in self.series else None


@dataclasses.dataclass(frozen=True)
class Goal:
    text: str
    least_text: str
    of_ratio: bool  # whether goal and least are about the ratio
    goal: float
    least: float
    most: bool = False  # less is better


@dataclasses.dataclass(frozen=True)
class RowKind:
    name: str  # as RESULTS.json says it
    what: str
    measured: str  # name of a series
    peer: str  # what it is compared with; empty: nothing comparable
    peer_measured: str
    goals: tuple


POSTGRES_BATCH = "PostgreSQL, calls of 1,000"
ECHO = "gRPC echo, 64 in flight"

KINDS = (
    RowKind("engine_batch", "engine alone, batches of 1,000, time-ordered ids", "engine_1000",
            POSTGRES_BATCH, "postgres_batch",
            (Goal("400,000/s", "300,000/s", False, 400_000, 300_000),)),
    RowKind("grpc_batch", "over gRPC in batches of 1,000", "grpc_batch", POSTGRES_BATCH,
            "postgres_batch", (Goal("250,000/s", "", False, 250_000, 250_000),
                               Goal("", "2.5 × PostgreSQL", True, 2.5, 2.5))),
    RowKind("grpc_single", "single awards, 64 in flight", "grpc_single", ECHO, "echo",
            (Goal("0.7 × echo", "0.5 × echo", True, 0.7, 0.5),)),
    RowKind("latency_p50_ms", "a single award at half that load, p50", "latency_p50",
            "gRPC echo at the same rate", "echo_p50", (Goal("1 ms", "", False, 1, 1, True),)),
    RowKind("latency_p99_ms", "the same, p99", "latency_p99", "gRPC echo at the same rate",
            "echo_p99", (Goal("5 ms", "", False, 5, 5, True),)),
    RowKind("hot_account", "one hot sponsor and one hot merchant: awards and redemptions in "
            "batches of 1,000", "visits_hot", "the same with 100 of each", "visits_many",
            (Goal("no slower", "0.95 ×", True, 1, 0.95),)),
    RowKind("read", "balance reads, 64 in flight, beside 20,000 awards/s in batches", "read", ECHO,
            "echo", (Goal("0.9 × echo", "0.7 × echo", True, 0.9, 0.7),)),
    RowKind("stall_ms", "longest time without a commit under full batch load over gRPC", "stall",
            "RocksDB, longest durable append of a batch's size", "rocksdb_batch_max",
            (Goal("50 ms", "200 ms", False, 50, 200, True),)),
    RowKind("at_100m", "speed of the engine at the end of the growth", "growth_end",
            "the same at its beginning", "growth_begin",
            (Goal("0.9 ×", "0.7 ×", True, 0.9, 0.7),)),
    RowKind("disk_bytes", "bytes on disk an award, all indexes included", "disk",
            "PostgreSQL, tables and indexes", "postgres_disk",
            (Goal("250", "400", False, 250, 400, True),)),
    RowKind("memory_gib", "memory with many citizens", "memory", "", "",
            (Goal("3 GiB", "5 GiB", False, 3, 5, True),)),
    RowKind("start_s", "start after a kill under load", "start",
            "PostgreSQL after a crash, with its own awards", "postgres_start",
            (Goal("2 s", "10 s", False, 2, 10, True),)),
    RowKind("audit", "audit, every rule of every entry asked again", "audit", "", "",
            (Goal("1,000,000/s", "500,000/s", False, 1_000_000, 500_000),)),
)


@dataclasses.dataclass
class Row:
    kind: RowKind
    value: float
    unit: str
    n: str
    peer_value: float | None
    low: float
    high: float

    @property
    def ratio(self):
        return self.value / self.peer_value if self.peer_value else None

    def reached(self):
        """The word for the table: goal, at least, or no; of several goals each counts."""
        reached = {"goal": True, "least": True}
        for goal in self.kind.goals:
            value = self.ratio if goal.of_ratio else self.value
            if value is None:
                return "–"
            sign = -1 if goal.most else 1
            if goal.text:
                reached["goal"] &= sign * value >= sign * goal.goal
            if goal.least_text:
                reached["least"] &= sign * value >= sign * goal.least
        has_least = any(goal.least_text for goal in self.kind.goals)
        return "goal" if reached["goal"] else "at least" if has_least and reached["least"] else "no"

    def json(self):
        return {"name": self.kind.name, "value": self.value, "unit": self.unit,
                "peer": self.kind.peer or None, "peer_value": self.peer_value,
                "ratio": self.ratio, "min": self.low, "max": self.high, "n": self.n}


def rows_of(measured):
    rows = []
    for kind in KINDS:
        series = measured.series[kind.measured]
        peer = measured.median(kind.peer_measured)
        rows.append(Row(kind, series.median, series.unit, series.n, peer, min(series.values),
                        max(series.values)))
    return rows
