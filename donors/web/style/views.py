"""/style: the living style guide, and /style/dialog, a dialog on a page of its own."""

from datetime import date

from flask import Blueprint, render_template

from donors.web.style.forms import sample, sample_with_errors
from donors.web.style.samples import charts

DAY = date(2026, 10, 20)


def blueprint() -> Blueprint:
    """The pages of the style guide. They read nothing and write nothing."""
    pages = Blueprint("style", __name__, url_prefix="/style")
    pages.add_url_rule("", "index", _index)
    pages.add_url_rule("/dialog", "dialog", _dialog)
    return pages


def _index() -> str:
    return render_template("style/index.html", day=DAY, form=sample(), wrong=sample_with_errors(), charts=charts())


def _dialog() -> str:
    return render_template("style/dialog.html", day=DAY)
