"""kill -9 of the web server in the middle of forms: what was sent again is there once, nothing is half written."""

import os
import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from donors.core.changes import ChangeSet
from donors.core.db import transaction
from donors.plans.models import Task
from tests.cast import OLIVE, Person, enroll
from tests.harness.processes import web
from tests.soak.browser import Browser

KILLS = 50
AT_ONCE = 4
FORMS_A_KILL = 24


def send_all(url: str, keys: list[str], owner: int) -> list[str]:
    """Sends a task for each key, a few at a time; returns the keys that nobody confirmed."""
    browser = Browser(url)
    if not browser.sign_in(OLIVE):
        return keys
    form = {"due_on": "2026-12-01", "owner": str(owner), "note": "", "constituent": ""}

    def send(key: str) -> bool:
        return browser.send("/plans/tasks/new", request_key=key, subject=key, **form) == 200

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [key for key, sent in zip(keys, pool.map(send, keys), strict=True) if not sent]


@pytest.mark.soak
def test_what_is_sent_again_after_a_kill_is_there_once(app: Flask, database: str, tmp_path: Path) -> None:
    with app.app_context(), transaction() as session:
        ids: dict[Person, int] = enroll(session)
    chance = random.Random(7)
    keys = [f"task {number}" for number in range(KILLS * FORMS_A_KILL)]
    left: list[str] = []
    for kill in range(KILLS):
        batch = left + keys[kill * FORMS_A_KILL : (kill + 1) * FORMS_A_KILL]
        with web(database, tmp_path) as live, ThreadPoolExecutor(1) as pool:
            sending = pool.submit(send_all, live.url, batch, ids[OLIVE])
            time.sleep(chance.uniform(0.2, 2.0))
            os.killpg(live.process.pid, signal.SIGKILL)
            left = sending.result()
    with web(database, tmp_path) as live:
        assert send_all(live.url, left, ids[OLIVE]) == []
    with app.app_context(), transaction() as session:
        made = Counter(session.scalars(select(Task.subject)))
        acts = session.scalar(select(func.count(ChangeSet.id)).where(ChangeSet.kind == "task.add"))
    assert made == Counter(keys)
    assert acts == len(keys)
