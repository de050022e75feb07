"""What a form sent, in the order in which it sent it: a tree of criteria is spelled by the order of its fields."""

from collections.abc import Iterable
from typing import Any

from flask import Flask, Request, request
from werkzeug.datastructures import ImmutableMultiDict


class Sent(ImmutableMultiDict[str, Any]):
    """The usual multi-dict that also remembers the pairs as they came."""

    def __init__(self, mapping: Any = None) -> None:
        pairs = tuple(mapping) if isinstance(mapping, Iterable) and not isinstance(mapping, dict) else ()
        super().__init__(pairs or mapping)
        self.pairs = pairs


class OrderedRequest(Request):
    """A request whose form and arguments keep their order."""

    parameter_storage_class = Sent


def register(app: Flask) -> None:
    """Makes every request of the application one of these."""
    app.request_class = OrderedRequest


def sent_pairs() -> tuple[tuple[str, str], ...]:
    """Names and values of the form of this request, from top to bottom."""
    form = request.form
    return form.pairs if isinstance(form, Sent) else ()
