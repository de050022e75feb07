"""A web worker that is killed, and the people at its pages, who send again what nobody confirmed."""

import random
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from donors.app import create_app
from donors.core.db import transaction
from donors.plans.models import Task
from tests.cast import Person
from tests.harness.application import configuration, let_go
from tests.soak.browser import Browser

GONE, BUSY, OTHERS = 0, 503, (404, 409)
"""Answers: the server was killed; it waited in vain for others; somebody else was quicker."""


def serve(url: str, folder: str, port: int) -> None:
    """One web worker, until SIGTERM."""
    stop = Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    app = create_app(configuration(url, Path(folder)))
    server = make_server("127.0.0.1", port, app, threaded=True)
    serving = Thread(target=server.serve_forever)
    serving.start()
    stop.wait()
    server.shutdown()
    serving.join()
    let_go(app)


@contextmanager
def clerks(app: Flask, ports: Sequence[int], person: Person) -> Iterator[list[int]]:
    """Somebody at the pages of each web worker, completing open tasks until the block ends.

    Gives the ids of the tasks of which they were told that they are done.
    """
    stop, confirmed = Event(), list[int]()
    with ThreadPoolExecutor(len(ports)) as pool:
        at_work: list[Future[None]] = [pool.submit(_work, app, port, person, stop, confirmed) for port in ports]
        try:
            yield confirmed
        finally:
            stop.set()
            for one in at_work:
                one.result()


def _work(app: Flask, port: int, person: Person, stop: Event, confirmed: list[int]) -> None:
    browser = Browser(f"http://127.0.0.1:{port}")
    while not browser.sign_in(person) and not stop.is_set():
        time.sleep(0.1)
    while not stop.is_set():
        with app.app_context():
            open_now = _open_tasks()
        for task_id in random.sample(open_now, min(3, len(open_now))):
            if _complete(browser, task_id, port, stop):
                confirmed.append(task_id)
        time.sleep(0.02)


def _open_tasks() -> Sequence[int]:
    with transaction() as session:
        return session.scalars(select(Task.id).where(Task.state == "open", Task.kind == "task")).all()


def _complete(browser: Browser, task_id: int, port: int, stop: Event) -> bool:
    """Sends the form until somebody answers; whether the answer is that it is done by it."""
    form = {"request_key": f"clerk {port} {task_id}", "result": "reached" if task_id % 2 else "no answer"}
    page = f"/plans/tasks/{task_id}"
    status = GONE
    while status in (GONE, BUSY) and not stop.is_set():
        status = browser.send(f"{page}/done", page, **form)
    if status not in (200, GONE, BUSY, *OTHERS):
        raise AssertionError(f"{page} answered {status}")
    return status == 200
