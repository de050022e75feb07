"""`python -m bench.hostile`: posts at the public form, 10,000 a minute, while somebody works with the rest of the site.

A real gunicorn on localhost, as `make run` starts it, with the practice charity, and one trusted proxy so that each
post can come from a network of its own. Quiet and flood take turns, so that what else the machine does hits them alike;
figures are the pages of somebody signed in.
"""

import argparse
import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from config import ROOT
from donors.cli.practice import world

RATE = 10_000 / 60
"""Posts a second."""
SENDERS = 12
PLAIN = "application/x-www-form-urlencoded"
PAGES = ("/today", "/constituents", "/giving", "/pipeline/list")
WORDS = {"given_name": "Iris", "family_name": "Vega", "email": "iris@example.org", "message": "<script>x</script>"}


@dataclass(frozen=True)
class Flood:
    """A kind of flood. `sender` and `body` are the address and the fields of the n-th post, by the signed time in the
    page; `claims` is the length that its head claims, if another."""

    name: str
    sender: Callable[[int], str]
    body: Callable[[int, str], dict[str, str]]
    claims: int = 0


def _everywhere(n: int) -> str:
    return f"198.{n // 250 % 250}.{n % 250}.9"


def _one_network(_n: int) -> str:
    return "203.0.113.9"


def _plain(_n: int, _sealed: str) -> dict[str, str]:
    return WORDS


def _clever(n: int, sealed: str) -> dict[str, str]:
    """As a person would send it: with the time in the page, and words of its own."""
    return {**WORDS, "given_name": f"Iris {n}", "sealed": sealed}


FLOODS = (
    Flood("from one network", _one_network, _plain),
    Flood("each from another network", _everywhere, _plain),
    Flood("each from another network, in the trap", _everywhere, lambda _n, _sealed: {**WORDS, "website": "x"}),
    Flood("each from another network, 60 kB each", _everywhere, lambda _n, _sealed: {**WORDS, "message": "x" * 60_000}),
    Flood("from one network, saying they are 10 MB", _one_network, _plain, 10 * 1024 * 1024),
    Flood("each from another network, each like a person’s", _everywhere, _clever),
)


def main() -> None:
    """Serves, floods and measures."""
    parser = argparse.ArgumentParser(prog="python -m bench.hostile", description=__doc__)
    parser.add_argument("--seconds", type=int, default=10, help="of a turn")
    parser.add_argument("--turns", type=int, default=6, help="of each flood, and of quiet")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="perennial-hostile-") as folder, _served(Path(folder)) as (port, token):
        cookie = _signed_in(port)
        for flood in FLOODS:
            told = _in_turns(Crowd(port, token, _seal(port, token), flood), cookie, asked.seconds, asked.turns)
            print(json.dumps(told), flush=True)
        with closing(sqlite3.connect(Path(folder) / "perennial.db")) as kept:
            [leads] = kept.execute("SELECT count(*) FROM lead WHERE family_name = 'Vega'").fetchone()
            [mails] = kept.execute("SELECT count(*) FROM outbox WHERE subject LIKE 'New lead: Iris%'").fetchone()
        print(json.dumps({"leads": leads, "mails": mails}))


@dataclass
class Crowd:
    """The senders of a flood, and how they were answered."""

    port: int
    token: str
    sealed: str
    flood: Flood
    statuses: Counter[str] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Sends at the rate until the block ends."""
        self.over.clear()
        senders = [threading.Thread(target=self._send, args=(n,)) for n in range(SENDERS)]
        for each in senders:
            each.start()
        yield
        self.over.set()
        for each in senders:
            each.join()

    def _send(self, first: int) -> None:
        n, began = first, time.monotonic()
        while not self.over.is_set():
            self.statuses[self._one(n)] += 1
            n += SENDERS
            ahead = began + (n - first) / RATE - time.monotonic()
            if ahead > 0:
                self.over.wait(ahead)

    def _one(self, n: int) -> str:
        body = urlencode(self.flood.body(n, self.sealed)).encode()
        head = (
            f"POST /f/{self.token} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {self.flood.sender(n)}\r\n"
            f"Content-Type: {PLAIN}\r\nContent-Length: {self.flood.claims or len(body)}\r\n\r\n"
        )
        try:
            with socket.create_connection(("127.0.0.1", self.port), 60) as talk:
                talk.sendall(head.encode() + body)
                return talk.recv(4096)[9:12].decode() or "closed"
        except OSError:
            return "closed"


def _in_turns(crowd: Crowd, cookie: str, seconds: int, turns: int) -> dict[str, object]:
    """Quiet and flood, one after the other, and what the pages took in each."""
    quiet: list[float] = []
    busy: list[float] = []
    wrong = 0
    took = 0.0
    for _turn in range(turns):
        times, failed = _pages(crowd.port, cookie, seconds)
        quiet, wrong = quiet + times, wrong + failed
        began = time.monotonic()
        with crowd.sending():
            times, failed = _pages(crowd.port, cookie, seconds)
        busy, wrong, took = busy + times, wrong + failed, took + time.monotonic() - began
    return _line(crowd, quiet, busy, took) | {"pages that failed": wrong}


def _line(crowd: Crowd, quiet: list[float], busy: list[float], took: float) -> dict[str, object]:
    def told(times: list[float]) -> str:
        ordered = sorted(times)
        return f"{statistics.median(ordered) * 1000:.0f} / {ordered[int(len(ordered) * 0.95)] * 1000:.0f} ms"

    return {
        "flood": crowd.flood.name,
        "posts a minute": round(sum(crowd.statuses.values()) / took * 60),
        "quiet, median / 95 of 100": told(quiet),
        "meanwhile": told(busy),
        "ratio of medians": round(statistics.median(busy) / statistics.median(quiet), 2),
        "answers": dict(crowd.statuses.most_common()),
    }


@contextmanager
def _served(folder: Path) -> Iterator[tuple[int, str]]:
    """The port of a server with the practice charity, and the token of a form."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    house = {"INSTANCE_DIR": str(folder), "PORT": str(port), "TRUSTED_PROXIES": "1"}
    environ = {**os.environ, **house}
    flask = [sys.executable, "-m", "flask"]
    subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=environ, check=True, stderr=subprocess.DEVNULL)
    subprocess.run([*flask, "demo", "--if-empty"], cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
    with closing(sqlite3.connect(folder / "perennial.db")) as kept:
        token = kept.execute("SELECT token FROM lead_form ORDER BY id").fetchone()[0]
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", "wsgi:app"], cwd=ROOT, env=environ)
    try:
        _wait(port)
        yield port, token
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return


def _ask(port: int, method: str, path: str, body: str = "", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    talk = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    told = {"X-Forwarded-For": "127.0.0.1", **{name.replace("_", "-"): text for name, text in headers.items()}}
    talk.request(method, path, body or None, told)
    answer = talk.getresponse()
    read = answer.read()
    talk.close()
    return answer, read


def _signed_in(port: int) -> str:
    """The cookie of an officer."""
    page, text = _ask(port, "GET", "/accounts/sign-in")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text.decode())
    cookie = (page.getheader("Set-Cookie") or "").partition(";")[0]
    given = {"csrf_token": token[1] if token else "", "email": f"maren@{world.DOMAIN}", "password": world.PASSWORD}
    answer, _ = _ask(port, "POST", "/accounts/sign-in", urlencode(given), Cookie=cookie, Content_Type=PLAIN)
    if answer.status != 303:
        raise RuntimeError(f"the officer could not sign in: {answer.status}")
    cookies = [text.partition(";")[0] for text in answer.headers.get_all("Set-Cookie") or []]
    return "; ".join(cookies)


def _seal(port: int, token: str) -> str:
    """The signed time in the page of the form, which is old enough once the first quiet turn is over."""
    found = re.search(r'name="sealed" value="([^"]+)"', _ask(port, "GET", f"/f/{token}")[1].decode())
    return found[1] if found else ""


def _pages(port: int, cookie: str, seconds: int) -> tuple[list[float], int]:
    """Opens pages one after the other for a while: the seconds of each, and how many failed."""
    times, wrong, end = [], 0, time.monotonic() + seconds
    while time.monotonic() < end:
        for path in PAGES:
            began = time.monotonic()
            answer, _ = _ask(port, "GET", path, Cookie=cookie)
            times.append(time.monotonic() - began)
            wrong += answer.status != 200
        time.sleep(0.2)
    return times, wrong


if __name__ == "__main__":
    main()
