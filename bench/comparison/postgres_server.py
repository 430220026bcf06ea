"""PostgreSQL as Debian packs it, in a directory of its own, durable, with schema.sql's award."""

import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time

from comparison import programs

SQL = pathlib.Path(__file__).parent / "postgres"
USER = "bench"
MIB = 1 << 20


def program(name):
    """The newest version's: Debian keeps the server's programs out of PATH."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
                   key=lambda path: float(path.parts[-3]))
    return str(found[-1]) if found else shutil.which(name)


def installed():
    return all(program(name) for name in ("initdb", "postgres", "psql", "pgbench"))


def unprivileged():
    """PostgreSQL refuses root: options for subprocess that make it somebody else."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise programs.Failure("PostgreSQL needs a user that is not root: postgres or nobody")


def free_port():
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def memory_mib():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MIB


class Postgres:
    def __init__(self, owner, citizens, budgets):
        self._owner = owner
        self._directory = owner.scratch / "postgres"
        self._directory.mkdir()
        self._log = owner.scratch / "postgres.log"
        self._as = unprivileged()
        self._variables = {"citizens": citizens, "budgets": budgets}
        if self._as:
            os.chown(self._directory, self._as["user"], self._as["group"])
        programs.run([program("initdb"), "-D", str(self._directory / "data"), "-U", USER,
                      "--auth=trust", "--encoding=UTF8", "--locale=C"], 120,
                     cwd=self._directory, **self._as)
        self.start()
        self.version = self.query("SHOW server_version").split()[0]
        variables = [f"--set={name}={value}" for name, value in self._variables.items()]
        self._psql(*variables, "-f", str(SQL / "schema.sql"))
        self.query("VACUUM; CHECKPOINT")
        self._points = self.query("SELECT sum(points) FROM account")
        self._bytes = self._size()

    def start(self):
        """Answers after how many seconds it took its first query."""
        self._port = free_port()
        begin = time.monotonic()
        # fsync and synchronous_commit are on by default; said here since all depends on them.
        self._server = self._owner.start(
            [program("postgres"), "-D", str(self._directory / "data"), "-p", str(self._port),
             "-k", str(self._directory), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=on",
             "-c", "synchronous_commit=on", "-c", "max_wal_size=8GB", "-c",
             f"shared_buffers={min(2048, memory_mib() // 8)}MB"],
            self._log, cwd=self._directory, **self._as)
        while time.monotonic() < begin + programs.START_SECONDS:
            if self._server.poll() is not None:
                break
            asked = subprocess.run(self._psql_command("-c", "SELECT 1"), check=False,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if asked.returncode == 0:
                return time.monotonic() - begin
        raise programs.Failure(f"PostgreSQL did not start:\n{programs.tail(self._log)}")

    def restart_after_crash(self):
        """SIGQUIT ends it at once, without a checkpoint; the next start repairs from its log."""
        self._owner.stop(self._server, signal.SIGQUIT, self._log)
        return self.start()

    def stop(self):
        self._owner.stop(self._server, signal.SIGINT, self._log)

    def _psql_command(self, *arguments):
        return [program("psql"), "-X", "-q", "-A", "-t", "-h", "127.0.0.1", "-p", str(self._port),
                "-U", USER, "-d", "postgres", "-v", "ON_ERROR_STOP=1", *arguments]

    def _psql(self, *arguments):
        return programs.run(self._psql_command(*arguments), 1800).strip()

    def query(self, sql):
        return self._psql(*[part for one in sql.split(";") for part in ("-c", one)])

    def load(self, script, clients, seconds, checkpoint=True, **variables):
        """Calls a second, with `clients` connections over TCP on loopback."""
        defined = [f"-D{name}={value}" for name, value in (self._variables | variables).items()]
        said = programs.run(
            [program("pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j",
             str(min(clients, os.cpu_count() or 1)), "-T", str(max(1, round(seconds))), *defined,
             "-f", str(SQL / script), "-h", "127.0.0.1", "-p", str(self._port), "-U", USER,
             "postgres"], seconds + 120)
        failed = re.search(r"number of failed transactions: (\d+)", said)
        if failed and failed[1] != "0":
            raise programs.Failure(f"PostgreSQL refused {failed[1]} calls of {script}")
        if checkpoint:  # what it owes the disk is not left to whoever is measured next
            self.query("CHECKPOINT")
        return float(re.search(r"^tps = ([\d.]+)", said, re.MULTILINE)[1])

    def awards(self):
        return int(self.query("SELECT count(*) FROM award"))

    def check_books(self):
        points = self.query("SELECT sum(points) FROM account")
        booked = self.query(
            f"SELECT (SELECT sum(points) FROM account WHERE number > {self._variables['budgets']})"
            " = (SELECT coalesce(sum(points), 0) FROM award)")
        if points != self._points or booked != "t":
            raise programs.Failure("PostgreSQL's balances do not add up: no fair comparison")

    def _size(self):
        return int(self.query("SELECT pg_database_size('postgres')"))

    def bytes_per_award(self):
        """Of tables and indexes; its write-ahead log is not counted."""
        return (self._size() - self._bytes) / max(1, self.awards())
