"""Text that people typed is text: markup in any column of any row makes no element, no dialog, no breach of the CSP."""

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page
from sqlalchemy import Column, String, Table, exc, func, or_, select, update
from sqlalchemy.orm import Session

from donors.core.db import Base
from donors.web.access import FRESH
from tests.cast import ADA, sign_in_page
from tests.harness.house import House
from tests.harness.processes import Live
from tests.harness.routes import open_ids, pages, secret_ids

MARK = "\"'><img src=x onerror=alert(1)><marked-by-test>{{7*7}}"
MADE = "document.querySelectorAll('marked-by-test, img[src=x]').length"
PROGRAM = {
    "alembic_version",
    "job_run",
    "queue_state",
    "lease",
    "search_word",
    "credential",
    "sign_in_session",
    "setting",
}
"""Tables that hold no words of people."""

GUARDED = {
    ("app_user", "email"),
    ("app_user", "role"),
    ("constituent", "kind"),
    ("outbox", "policy"),
    ("rollup_definition", "key"),
}
"""Columns of words that the program itself reads."""


LEFT_OUT = FRESH | {
    "accounts.second_factor_picture",
    "health.health_page",
    "mail.look",
    "mail.template_look",
    "pipeline.proposal_file",
}
"""The HTML of mails is what its writers made, in a document in which nothing is carried out; health is a word."""


def is_human(session: Session, table: Table, column: Column[str]) -> bool:
    """Whether people typed what is in a column: nothing yet, or words with capitals, spaces, an at sign or a digit."""
    if table.name in PROGRAM or (table.name, column.name) in GUARDED or not isinstance(column.type, String):
        return False
    values = session.scalars(select(column).where(column.is_not(None), column != "").distinct().limit(20)).all()
    codes = [value for value in values if value.islower() and value.replace("_", "").replace(".", "").isalnum()]
    currency = column.name in {"currency", "rate", "country", "digest", "signature"}
    return not codes and not currency


def mark(session: Session) -> set[str]:
    """Puts the mark after the text of every row, and returns the columns that took it."""
    marked = set()
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if is_human(session, table, column):
                try:
                    with session.begin_nested():
                        changed = update(table).values({column.name: func.coalesce(column, "").concat(MARK)})
                        session.execute(changed.where(or_(column.is_not(None), not column.nullable)))
                except exc.DBAPIError:
                    continue  # a check of the database: the column holds a word of the program
                marked.add(f"{table.name}.{column.name}")
    session.commit()
    return marked


@pytest.mark.browser
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_markup_in_any_column_stays_text(
    app: Flask, live_server: Live, browser: Browser, session: Session, house: House
) -> None:
    secret = secret_ids(session, house)
    marked = mark(session)
    assert {"constituent.name", "move.report", "gift.note", "task.subject", "stage.name", "level.name"} <= marked
    page = browser.new_context(reduced_motion="reduce").new_page()
    faults = watch(page)
    shown = 0
    sign_in_page(page, live_server.url, ADA)
    for rule, path in pages(app, {**open_ids(session, secret), **secret}):
        if rule.endpoint in LEFT_OUT or rule.rule.endswith((".csv", ".js")):
            continue
        answer = page.goto(live_server.url + path)
        if answer is None or answer.status >= 500:
            faults.append(f"{path}: {answer.status if answer else 'no answer'}")
        elif page.evaluate(MADE):
            faults.append(f"{path}: markup became an element")
        else:
            shown += "<marked-by-test>" in page.inner_text("body")
    page.context.close()
    assert not faults, "\n".join(faults)
    assert shown > 15


def watch(page: Page) -> list[str]:
    """What goes wrong on a page from now on: a dialog, a breach of the CSP, an error of a script."""
    faults: list[str] = []

    def asked(dialog: Dialog) -> None:
        faults.append(f"{page.url}: a dialog opened")
        dialog.dismiss()

    def said(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            faults.append(f"{page.url}: {message.text}")

    page.on("dialog", asked)
    page.on("console", said)
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    return faults
