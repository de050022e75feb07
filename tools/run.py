"""`make run`: brings the database up to date, then runs web and scheduler side by side until Ctrl-C.

If one of the two ends, the other is stopped too.
"""

import signal
import socket
import subprocess
import sys
import time

from config import ROOT, from_environment

FLASK = [sys.executable, "-m", "flask"]
WEB = [sys.executable, "-m", "gunicorn", "wsgi:app"]
PATIENCE = 30
"""Seconds that a process has to finish what it is doing."""


def main() -> int:
    """Returns the exit code: 0 after Ctrl-C or SIGTERM, otherwise that of the process that ended."""
    config = from_environment()
    if _taken(config.host, config.port):
        print(f"Port {config.port} is in use. Choose another: PORT={config.port + 1} make run", file=sys.stderr)
        return 1
    subprocess.run([*FLASK, "db", "upgrade"], cwd=ROOT, check=True)
    subprocess.run([*FLASK, "demo", "--if-empty"], cwd=ROOT, check=True)
    print(f"\n  Perennial: http://{config.host}:{config.port}/   (Ctrl-C stops it)\n", flush=True)
    return _keep_running([WEB, [*FLASK, "scheduler"]])


def _taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _keep_running(commands: list[list[str]]) -> int:
    signal.signal(signal.SIGTERM, _interrupt)
    # Sessions of their own: Ctrl-C reaches this process alone, which then stops each of them once.
    running = [subprocess.Popen(command, cwd=ROOT, start_new_session=True) for command in commands]
    try:
        while True:
            for process in running:
                if process.poll() is not None:
                    return process.returncode or 1
            time.sleep(0.2)
    except KeyboardInterrupt:
        print("\nstopping")
        return 0
    finally:
        _stop(running)


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _stop(running: list[subprocess.Popen[bytes]]) -> None:
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as failure:
        sys.exit(failure.returncode)
    except KeyboardInterrupt:
        sys.exit(0)
