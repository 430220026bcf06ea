"""Programs that a comparison starts: each is ended by its own process, and none outlives us."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("TANHUI_BUILD_DIR", ROOT / "build" / "release"))
OURS = ("bin/tanhuid", "bin/tanhui", "bench/tanhui_load", "bench/tanhui_echo",
        "bench/tanhui_disk_probe", "bench/ledger_growth")
START_SECONDS = 600  # the most that a server may take to listen: it may have a crash to repair
STOP_SECONDS = 120


class Failure(Exception):
    """Says in one sentence what went wrong and where."""


def tail(path):
    return "\n".join(path.read_text(errors="replace").splitlines()[-20:])


class Programs:
    """Owns a scratch directory and whatever was started in it. TMPDIR says on which disk."""

    def __init__(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="tanhui-compare."))
        self.scratch.chmod(0o755)  # PostgreSQL runs as somebody else, and must pass through
        self._running = []
        self._programs = self.scratch / "programs"
        self._programs.mkdir()

    def copy_ours(self):
        """What is measured stays the same program when somebody builds meanwhile."""
        for name in OURS:
            if not os.access(BUILD / name, os.X_OK):
                raise Failure(f"{BUILD / name} is missing; build first: cmake --preset release && "
                              "cmake --build --preset release")
            shutil.copy2(BUILD / name, self._programs)

    def ours(self, name):
        return str(self._programs / pathlib.Path(name).name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self._running):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._end(process, signal.SIGTERM, 20)
        shutil.rmtree(self.scratch, ignore_errors=True)

    @staticmethod
    def _end(process, how, seconds):
        if process.poll() is None:
            process.send_signal(how)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
                raise
        return process.returncode

    def start(self, command, log, **options):
        """Starts a program whose output goes into `log`."""
        with open(log, "ab") as out:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=subprocess.STDOUT, **options)
        self._running.append(process)
        return process

    def forget(self, process):
        self._running.remove(process)

    def stop(self, process, how=signal.SIGTERM, log=None):
        """Ends it and checks that it ended well."""
        try:
            code = self._end(process, how, STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise Failure(f"{process.args[0]} did not end within {STOP_SECONDS} s") from None
        finally:
            self.forget(process)
        if code not in (0, -how):
            said = f":\n{tail(log)}" if log else ""
            raise Failure(f"{process.args[0]} ended with {code}{said}")

    def kill(self, process):
        process.kill()
        process.wait(30)
        self.forget(process)

    def lines(self, command, seconds):
        """Starts a program and yields (it, each line of JSON it prints), for `seconds` at most."""
        errors = self.scratch / "errors"
        with open(errors, "wb") as err:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=err, text=True)
        self._running.append(process)
        timer = threading.Timer(seconds, process.kill)
        timer.daemon = True
        timer.start()
        try:
            for line in process.stdout:
                yield process, json.loads(line)
            if process in self._running:
                process.wait(STOP_SECONDS)
                self.forget(process)
                if process.returncode != 0:
                    raise Failure(f"{command[0]} ended with {process.returncode}:\n{tail(errors)}")
        finally:
            timer.cancel()
            process.stdout.close()


def run(command, seconds, **options):
    """Runs a program to its end and answers what it printed."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=seconds, check=False, **options)
    except subprocess.TimeoutExpired:
        raise Failure(f"{command[0]} took longer than {seconds:.0f} s") from None
    if done.returncode != 0:
        said = (done.stdout[-1000:] + done.stderr[-2000:]).strip()
        raise Failure(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{said}")
    return done.stdout


def await_file(process, path, log):
    """Waits until a server has written its address, and answers it."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if path.exists() and (text := path.read_text().strip()):
            return text
        if process.poll() is not None:
            break
        time.sleep(0.002)
    raise Failure(f"{process.args[0]} did not start:\n{tail(log)}")
