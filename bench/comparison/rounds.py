"""What is measured: first in rounds, peers and ours in turn, then what takes one long run."""

import json
import shutil
import subprocess

from comparison import ledger as ours
from comparison import programs
from comparison.postgres_server import Postgres

GIB = 1 << 30
SINGLES = 64  # in flight
BATCHES = 4  # in flight
BATCHES_A_SECOND = 20_000  # awards, beside reads
BATCH_BYTES_AN_AWARD = 140  # of an entry in the log
MANY = 1_024  # in flight, when a rate is kept
FIRST_AND_LAST = 5  # slices of growth that its beginning and its end are


class Comparison:
    def __init__(self, owner, scale, measured, with_postgres, say):
        self._owner = owner
        self._scale = scale
        self._measured = measured
        self._say = say
        self.curve = []  # (awards a second, p50, p99, p99.9 in ms)
        self.growth = []  # lines of ledger_growth
        self._grown = 0
        self._echo = ours.Echo(owner)
        self._ledger = ours.Ledger(owner, "ledger")
        self._ledger.start()
        say("opening citizens")
        programs.run([*ours.load_command(self._ledger, self._stage()), "--set-only"], 7_200)
        self.postgres = None
        if with_postgres:
            say("PostgreSQL: a new database")
            self.postgres = Postgres(owner, scale.citizens, scale.budgets)

    # --- Rounds ---

    def rounds(self):
        steps = [self._disk, self._echo_singles, self._ledger_singles, self._latency,
                 self._ledger_batches, self._reads, self._engine, self._rides, self._visits]
        if self.postgres:
            # Beside what it is the peer of.
            steps.insert(1, self._postgres_singles)
            steps.insert(6, self._postgres_batches)
        for number in range(self._scale.rounds):
            # Latency needs the rate that singles reach; the first round goes forwards.
            for step in steps if number % 2 == 0 else reversed(steps):
                self._say(f"round {number + 1} of {self._scale.rounds}: {step.__name__.strip('_')}")
                step()

    def _n(self, text=""):
        return f"{self._scale.citizens:,} citizens, {text}{self._scale.seconds:g} s"

    def _add(self, name, what, unit, value, n=None):
        self._measured.add(name, what, unit, n or self._n(), value)

    def _disk(self):
        size = self._scale.batch * BATCH_BYTES_AN_AWARD
        probe = [self._owner.ours("bench/tanhui_disk_probe"), str(self._owner.scratch), "--times",
                 str(self._scale.appends), "--batch-bytes", str(size)]
        report = json.loads(programs.run(probe, 600))
        for name, what in (("file_page", "durable append to a file, 4 KiB"),
                           ("file_batch", f"durable append to a file, {size:,} bytes"),
                           ("rocksdb_page", "durable append to RocksDB, 4 KiB"),
                           ("rocksdb_batch", f"durable append to RocksDB, {size:,} bytes")):
            n = f"{report[name]['n']:,} appends"
            for part in ("p50", "p99", "max"):
                self._add(f"{name}_{part}", f"{what}, {part}", "ms", report[name][f"{part}_ms"], n)

    def _stage(self, budgets=None):
        return {"citizens": self._scale.citizens, "budgets": budgets or self._scale.budgets,
                "names": self._owner.scratch / "names"}

    def _load(self, server, options, seconds=None):
        timing = {"seconds": seconds or self._scale.seconds, "warmup": self._scale.warmup}
        if server is self._echo:
            return ours.load(server, {"citizens": self._scale.citizens} | timing | options,
                             ["--no-stage"])
        return ours.load(server, self._stage() | timing | options)

    def _echo_singles(self):
        row = self._load(self._echo, {"in_flight": SINGLES})
        self._add("echo", f"gRPC echo, {SINGLES} in flight", "calls/s", row["units_per_second"])

    def _ledger_singles(self):
        row = self._load(self._ledger, {"in_flight": SINGLES})
        self._add("grpc_single", f"single awards, {SINGLES} in flight", "awards/s",
                  row["units_per_second"])

    def _rate(self, part):
        return {"rate": max(10, round(self._measured.median("grpc_single") * part)),
                "in_flight": MANY}

    def _latency(self):
        rate = self._rate(0.5)
        row = self._load(self._ledger, rate)
        echo = self._load(self._echo, rate)
        n = self._n("half of what singles reached, ")
        for part in ("p50", "p99", "p99.9"):
            self._add(f"latency_{part}", f"single award at half load, {part}", "ms",
                      row["latency_us"][part] / 1e3, n)
            self._add(f"echo_{part}", f"gRPC echo at the same rate, {part}", "ms",
                      echo["latency_us"][part] / 1e3, n)

    def _batches(self, **options):
        return {"mode": "batch", "batch": self._scale.batch, "in_flight": BATCHES} | options

    def _ledger_batches(self):
        size = f"{self._scale.batch:,}"
        for ids, name, what in (("uuidv7", "grpc_batch", "time-ordered"),
                                ("random", "grpc_batch_random", "random")):
            row = self._load(self._ledger, self._batches(ids=ids))
            self._add(name, f"gRPC, batches of {size}, {what} ids", "awards/s",
                      row["units_per_second"])
        row = self._load(self._ledger, self._batches(budgets=1))
        self._add("grpc_batch_hot", f"gRPC, batches of {size}, one budget", "awards/s",
                  row["units_per_second"])

    def _reads(self):
        scale = self._scale
        rate = max(1, BATCHES_A_SECOND // scale.batch)
        # The batches begin before the reads and end after them.
        batches = self._stage() | self._batches(
            rate=rate, in_flight=32, warmup=0, seconds=scale.seconds + scale.warmup + 1)
        writer = self._owner.start(ours.load_command(self._ledger, batches),
                                   log := self._owner.scratch / "writer")
        row = self._load(self._ledger, {"mode": "read", "in_flight": SINGLES})
        try:
            writer.wait(120)
        except subprocess.TimeoutExpired:
            raise programs.Failure("the batches beside reads did not end") from None
        self._owner.stop(writer, log=log)
        written = json.loads(log.read_text().splitlines()[-1])["rows"][0]
        log.unlink()
        self._add("read", f"balance reads beside batches, {SINGLES} in flight", "reads/s",
                  row["units_per_second"])
        self._add("read_batches", "awards in batches beside the reads", "awards/s",
                  written["units_per_second"])

    def _grow(self, options, then_kill=False, **kept):
        """Growth in a new ledger; answers it, what opening said and the slices."""
        self._grown += 1
        ledger = ours.new_ledger_to_grow(self._owner, f"growth{self._grown}")
        lines = []
        for line in ledger.grow({"seconds": 3_600} | options, then_kill):
            lines.append(line)
            if kept.get("show") and line["kind"] == "slice":
                self._say(f"  {line['total']:,} awards, {line['per_second']:,.0f}/s")
        return ledger, lines[0], lines[1:]

    def _engine_run(self, batch, **options):
        count = self._scale.engine_awards
        ledger, _, slices = self._grow({"citizens": self._scale.citizens, "awards": count,
                                        "slice": count, "batch": batch} | options)
        shutil.rmtree(ledger.directory)
        return slices[-1]

    def _engine(self):
        n = f"{self._scale.citizens:,} citizens, {self._scale.engine_awards:,} awards"
        for batch, ids, name in ((1_000, "uuidv7", "engine_1000"),
                                 (8_190, "uuidv7", "engine_8190"),
                                 (1_000, "random", "engine_1000_random"),
                                 (8_190, "random", "engine_8190_random")):
            row = self._engine_run(batch, ids=ids)
            kind = "random" if ids == "random" else "time-ordered"
            what = f"engine, batches of {batch:,}, {kind} ids"
            self._add(name, what, "awards/s", row["per_second"], n)
            self._add(name + "_cpu", what + ": processor time", "µs/award", row["cpu_us"], n)
            self._add(name + "_stall", what + ": longest time without a commit", "ms",
                      row["stall_ms"], n)

    def _rides(self):
        n = f"{self._scale.citizens:,} citizens, {self._scale.engine_awards:,} acts"
        row = self._engine_run(self._scale.batch, commands="rides")
        self._add("engine_rides", "engine, rides by the rules, each with evidence", "acts/s",
                  row["per_second"], n)
        self._add("engine_rides_cpu", "the same: processor time", "µs/act", row["cpu_us"], n)

    def _visits(self):
        n = f"{self._scale.citizens:,} citizens, {self._scale.engine_awards:,} entries"
        for count, name in ((100, "visits_many"), (1, "visits_hot")):
            row = self._engine_run(self._scale.batch, commands="visits", budgets=count)
            self._add(name, f"engine, awards and redemptions, sponsors and merchants: {count}",
                      "entries/s", row["per_second"], n)

    def _postgres_singles(self):
        self._add("postgres_single", "PostgreSQL, single awards, 32 clients", "awards/s",
                  self.postgres.load("single.sql", 32, self._scale.seconds))
        self._add("postgres_read", "PostgreSQL, balance reads, 8 clients", "reads/s",
                  self.postgres.load("read.sql", 8, self._scale.seconds))

    def _postgres_batches(self):
        calls = self.postgres.load("batch.sql", 2, self._scale.seconds, batch=self._scale.batch)
        self._add("postgres_batch", f"PostgreSQL, calls of {self._scale.batch:,}, 2 clients",
                  "awards/s", calls * self._scale.batch)

    # --- Once ---

    def once(self):
        self._load_curve()
        self._stall()
        self._ledger.stop()
        self._echo.stop()
        if self.postgres:
            self._postgres_end()
        self._memory()
        self._growth_and_after()

    def _load_curve(self):
        for part in self._scale.load_points:
            rate = self._rate(part)
            self._say(f"latency at {rate['rate']:,} awards/s")
            latency = self._load(self._ledger, rate)["latency_us"]
            self.curve.append((rate["rate"],
                               *(latency[name] / 1e3 for name in ("p50", "p99", "p99.9"))))

    def _stall(self):
        seconds = self._scale.stall_seconds
        self._say(f"stall: {seconds:g} s of batches")
        row = self._load(self._ledger, self._batches(), seconds)
        n = f"{self._scale.citizens:,} citizens, {seconds:g} s"
        self._add("stall", "longest time without a commit, batches over gRPC", "ms",
                  row["longest_gap_us"] / 1e3, n)
        self._add("stall_speed", "speed meanwhile", "awards/s", row["units_per_second"], n)

    def _postgres_end(self):
        self._say("PostgreSQL: its books, its size, its start after a crash")
        n = f"{self.postgres.awards():,} awards"
        self.postgres.check_books()
        self._add("postgres_disk", "PostgreSQL, bytes an award", "bytes",
                  self.postgres.bytes_per_award(), n)
        # Writes that no checkpoint follows, as at a kill under load.
        self.postgres.load("batch.sql", 2, self._scale.seconds, checkpoint=False,
                           batch=self._scale.batch)
        n = f"{self.postgres.awards():,} awards"
        self._add("postgres_start", "PostgreSQL, start after a crash", "s",
                  self.postgres.restart_after_crash(), n)
        self.postgres.stop()

    def _memory(self):
        scale = self._scale
        self._say(f"memory: {scale.memory_citizens:,} citizens")
        ledger, opened, slices = self._grow(
            {"citizens": scale.memory_citizens, "awards": scale.memory_awards,
             "slice": max(1, scale.memory_awards // 4), "chunk": 50_000})
        peak = max(line["resident_bytes"] for line in (opened, *slices))
        n = f"{scale.memory_citizens:,} citizens, {scale.memory_awards:,} awards"
        self._add("memory", "memory of the engine, the most after any slice", "GiB", peak / GIB, n)
        shutil.rmtree(ledger.directory)

    def _growth_and_after(self):
        scale = self._scale
        self._say(f"growth to {scale.growth_awards:,} awards")
        ledger, opened, slices = self._grow(
            {"citizens": scale.citizens, "awards": scale.growth_awards,
             "slice": scale.growth_slice, "seconds": scale.growth_seconds},
            then_kill=True, show=True)
        self.growth = slices
        last = slices[-1]
        n = f"{scale.citizens:,} citizens, {last['total']:,} awards"
        wide = max(1, min(FIRST_AND_LAST, len(slices) // 10))
        begins = slices[:max(1, min(wide, 1_000_000 // scale.growth_slice))]
        for line in begins:
            self._add("growth_begin", "engine, the first awards of the growth", "awards/s",
                      line["per_second"], f"{begins[-1]['total']:,} awards")
        for line in slices[-wide:]:
            self._add("growth_end", "engine, the last awards of the growth", "awards/s",
                      line["per_second"], n)
        self._add("growth_stall", "longest time without a commit in the growth", "ms",
                  max(line["stall_ms"] for line in slices), n)
        self._add("disk", "bytes an award on disk, the engine's whole directory", "bytes",
                  (last["disk_bytes"] - opened["disk_bytes"]) / last["total"], n)
        self._say("start after the kill")
        self._add("start", "start after kill -9 in the growth", "s", ledger.start(), n)
        ledger.stop()
        self._say("audit")
        for quick, name, what in ((False, "audit", "audit, every rule asked again"),
                                  (True, "audit_quick", "audit --quick")):
            entries, speed = ledger.audit(quick)
            self._add(name, what, "entries/s", speed, f"{entries:,} entries")
