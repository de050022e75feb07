"""Answers of reports in a request: they are kept once its own reading is over."""

from flask import g

from donors.reports.answers import Memory
from donors.web.session import afterwards


def memory() -> Memory:
    """Where this request keeps what it finds."""
    return Memory(afterwards, g.now)
