"""Settings › Absences: who is away and who stands in, of all users."""

from flask import Blueprint, Flask, url_for
from werkzeug.wrappers import Response

from donors.web.accounts.absences import absence_removed, absences_shown
from donors.web.accounts.views import Page

settings_absences = Blueprint("settings_absences", __name__, url_prefix="/settings/absences")


@settings_absences.route("", methods=["GET", "POST"])
def absences_page() -> Page:
    """The absences of now and later, and a form for one more."""
    return absences_shown("settings/absences.html", url_for(".absences_page"), of=None)


@settings_absences.post("/<int:absence_id>/remove")
def remove(absence_id: int) -> Response:
    """Takes an absence back; what was handed over stays so."""
    return absence_removed(absence_id, url_for(".absences_page"), of=None)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(settings_absences)
