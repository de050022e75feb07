"""/style: the living style guide, with a dialog on a page of its own and a few people for its finder."""

from datetime import date

from flask import Blueprint, Flask, render_template, request

from donors.web.style.conditions import KNOWN, tree
from donors.web.style.forms import sample, sample_with_errors
from donors.web.style.odds import CLAIMS, ODDS, pictures
from donors.web.style.plan import plan
from donors.web.style.samples import charts

DAY = date(2026, 10, 20)
PAST = {
    "on": date(2026, 9, 30),
    "today": DAY,
    "is_past": True,
    "instant": DAY,
    "known_here": "2026-10-05",
    "known_words": "Oct 5, 2026",
}
"""As a `web.past.Past` looks to a page."""
PEOPLE = ((7, "Eleanor Whitcombe", "Astoria"), (8, "James Whitcombe", "Astoria"), (9, "Harold Nakamura", "Seaside"))


def blueprint() -> Blueprint:
    """The pages of the style guide. They read nothing and write nothing."""
    pages = Blueprint("style", __name__, url_prefix="/style")
    pages.add_url_rule("", "index", _index)
    pages.add_url_rule("/dialog", "dialog", _dialog)
    pages.add_url_rule("/people", "people", _people)
    return pages


def register(app: Flask) -> None:
    """Put the guide at /style."""
    app.register_blueprint(blueprint())


def _index() -> str:
    return render_template(
        "style/index.html",
        day=DAY,
        form=sample(),
        wrong=sample_with_errors(),
        charts={**charts(), **pictures()},
        odds=ODDS,
        claims=CLAIMS,
        plan=plan(),
        criteria=tree(),
        known=KNOWN,
        past=PAST,
    )


def _dialog() -> str:
    return render_template("style/dialog.html", day=DAY)


def _people() -> str:
    asked = request.args.get("q", "").casefold()
    return render_template("style/people.html", found=[row for row in PEOPLE if asked in row[1].casefold()])
