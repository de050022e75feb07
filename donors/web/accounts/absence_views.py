"""My absences: noting when one is away and who stands in, and taking it back."""

from flask import url_for
from werkzeug.wrappers import Response

from donors.web.accounts.absences import absence_removed, absences_shown
from donors.web.accounts.views import Page, accounts
from donors.web.session import viewer


@accounts.route("/absences", methods=["GET", "POST"])
def own_absences() -> Page:
    """The viewer's absences of now and later, and a form for one more."""
    return absences_shown("accounts/absences.html", url_for("accounts.own_absences"), of=viewer().id)


@accounts.post("/absences/<int:absence_id>/remove")
def remove_own_absence(absence_id: int) -> Response:
    """Takes an absence of the viewer's back; what was handed over stays so."""
    return absence_removed(absence_id, url_for("accounts.own_absences"), of=viewer().id)
