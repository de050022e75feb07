"""`make run` from its second start on: logins are printed, web and scheduler run, SIGTERM ends both, data stay."""

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest

from donors.cli.practice import world
from donors.cli.practice.draw import draw
from donors.cli.practice.load import Loader
from tests.harness.application import application, configuration, let_go
from tests.harness.processes import free_port, start

RUN = (sys.executable, "-m", "tools.run")
LOGIN = next(login for login, _, role in world.STAFF if role == "director")

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def practice(database: str, tmp_path: Path) -> str:
    """The URL of a database with a small practice charity, as the first start leaves it."""
    app = application(configuration(database, tmp_path))
    with app.app_context():
        Loader(draw(7, date(2026, 11, 22), 40)).load()
    let_go(app)
    return database


class Running:
    """A start of the program, with the address it serves and what it has said so far."""

    def __init__(self, port: int, log: Path, pid: int) -> None:
        self.url, self.log, self.pid = f"http://127.0.0.1:{port}", log, pid

    def said(self) -> str:
        """Everything that it printed."""
        return self.log.read_text()


@contextmanager
def running(database: str, folder: Path, name: str) -> Iterator[Running]:
    """Starts the program as `make run` does, and at the end asks it to stop; fails when it does not."""
    port, log = free_port(), folder / f"{name}.log"
    process = start(RUN, log, DATABASE_URL=database, PORT=str(port), INSTANCE_DIR=str(folder))
    try:
        made = Running(port, log, process.pid)
        wait(lambda: answers(made.url), made)
        yield made
        children = offspring(process.pid)
        assert len(children) >= 2, made.said()
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0, made.said()
        assert not [pid for pid in children if Path(f"/proc/{pid}").exists()], "something of it still runs"
    finally:
        if process.poll() is None:
            for pid in (*offspring(process.pid), process.pid):
                os.kill(pid, signal.SIGKILL)
            process.wait()


def offspring(pid: int) -> list[int]:
    """The processes that one has started."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in listed.split()]


def answers(url: str) -> bool:
    """Whether the web server is up."""
    try:
        build_opener().open(url + "/accounts/sign-in", timeout=5).close()
    except OSError:
        return False
    return True


def wait(until: Callable[[], bool], made: Running, *, patience: float = 60) -> None:
    """Waits for something to become true. Fails with what the program said."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if until():
            return
        time.sleep(0.1)
    raise AssertionError(made.said())


def signed_in(made: Running) -> tuple[OpenerDirector, str]:
    """A browser after the practice login that was printed, and the page that it landed on."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    form = opener.open(f"{made.url}/accounts/sign-in").read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    assert token is not None
    fields = {"email": f"{LOGIN}@{world.DOMAIN}", "password": world.PASSWORD, "csrf_token": token[1]}
    answer = opener.open(f"{made.url}/accounts/sign-in", urlencode(fields).encode())
    assert answer.url == f"{made.url}/today"
    return opener, answer.read().decode()


def count_people(browser: OpenerDirector, made: Running) -> int:
    """How many constituents the list counts."""
    found = re.search(r"(\d+) constituents", browser.open(f"{made.url}/constituents").read().decode())
    assert found is not None
    return int(found[1])


def jobs_ran(made: Running) -> bool:
    """Whether the scheduler has said that it is there."""
    return "scheduler" in made.said()


def another(database: str, folder: Path, made: Running) -> str:
    """What a second start on the same port says before it gives up."""
    log, port = folder / "late.log", made.url.rpartition(":")[2]
    late = start(RUN, log, DATABASE_URL=database, PORT=port, INSTANCE_DIR=str(folder))
    assert late.wait(60) == 1
    return log.read_text()


def test_it_starts_signs_in_and_stops_and_starts_again(practice: str, tmp_path: Path) -> None:
    with running(practice, tmp_path, "first") as made:
        assert world.PASSWORD in made.said()
        assert f"{LOGIN}@{world.DOMAIN}" in made.said()
        assert "Loading the practice charity" not in made.said()
        assert made.url in made.said()
        browser, page = signed_in(made)
        assert world.ORGANIZATION in unescape(page)
        people = count_people(browser, made)
        wait(lambda: jobs_ran(made), made)
        assert "is in use" in another(practice, tmp_path, made)
    with running(practice, tmp_path, "second") as made:
        browser, _ = signed_in(made)
        assert count_people(browser, made) == people
