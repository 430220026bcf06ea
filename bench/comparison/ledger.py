"""tanhui's own programs: the server, the load upon it, growth without gRPC, start and audit."""

import json
import signal
import time

from comparison import programs

CONFIG = """listen = "127.0.0.1:0"
data_directory = "data"
checkpoint_copy = "checkpoint"
signing_key = "key"
personal_key = "personal_key"
evidence_keys = "evidence_keys"
trust_loopback = true
"""


class Server:
    """Something that writes the address at which it listens into a file."""

    def __init__(self, owner, name):
        self._owner = owner
        self.load_program = owner.ours("bench/tanhui_load")
        self.directory = owner.scratch / name
        self.directory.mkdir()
        self._address_file = self.directory / "address"
        self._log = self.directory / "log"
        self.address = None
        self.process = None

    def _start(self, command):
        self._address_file.unlink(missing_ok=True)
        begin = time.monotonic()
        self.process = self._owner.start(command, self._log, cwd=self.directory)
        self.address = programs.await_file(self.process, self._address_file, self._log)
        return time.monotonic() - begin

    def stop(self):
        self._owner.stop(self.process, signal.SIGTERM, self._log)


class Echo(Server):
    def __init__(self, owner):
        super().__init__(owner, "echo")
        self._start([self._owner.ours("bench/tanhui_echo"), str(self._address_file)])


class Ledger(Server):
    """A new ledger; start() answers after how many seconds it listens."""

    def __init__(self, owner, name):
        super().__init__(owner, name)
        self.key = self.directory / "key"
        programs.run([self._owner.ours("bin/tanhui"), "keygen", "--name", "bench.example/ledger",
                      "--out", str(self.key)], 60)
        (self.directory / "tanhuid.toml").write_text(CONFIG)

    def start(self):
        return self._start([self._owner.ours("bin/tanhuid"), "--config", "tanhuid.toml",
                            "--address-file", str(self._address_file)])

    def grow(self, options, then_kill=False):
        """Yields the lines of ledger_growth. A server must have made the ledger, and be stopped:
        only a server makes all of its keys."""
        command = [self._owner.ours("bench/ledger_growth"), "--directory", str(self.directory),
                   "--key", str(self.key), *flags(options)]
        if then_kill:
            command.append("--until-killed")
        limit = options["seconds"] * 4 + options["citizens"] / 5_000 + 600
        for process, line in self._owner.lines(command, limit):
            if line["kind"] != "done":
                yield line
            elif then_kill:
                time.sleep(0.2)  # into batches under way
                self._owner.kill(process)
                return

    def audit(self, quick):
        """Entries a second, from the program's start to its end."""
        command = [self._owner.ours("bin/tanhui"), "--json", "audit", "--data",
                   str(self.directory / "data")]
        begin = time.monotonic()
        report = json.loads(programs.run(command + ["--quick"] * quick, 7200))
        seconds = time.monotonic() - begin
        if not report["ok"]:
            raise programs.Failure(f"the audit found a difference: {report['difference']}")
        return report["entries"], report["entries"] / seconds


def new_ledger_to_grow(owner, name):
    ledger = Ledger(owner, name)
    ledger.start()
    ledger.stop()
    return ledger


def flags(options):
    return [text for name, value in options.items()
            for text in ("--" + name.replace("_", "-"), str(value))]


def load_command(server, options):
    return [server.load_program, "--address", server.address, "--json", "-",
            *flags(options)]


def load(server, options, extra=()):
    """One run of tanhui_load; answers its row. Any refusal is a failure."""
    seconds = options.get("seconds", 5) + options.get("warmup", 1)
    said = programs.run([*load_command(server, options), *extra], seconds + 900)
    rows = [line for line in said.splitlines() if line.startswith("{")]
    return json.loads(rows[-1])["rows"][0]
