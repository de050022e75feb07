"""The form as HTML for a page of the organization's own: no script, nothing loaded from elsewhere. Pure."""

from collections.abc import Iterator
from html import escape

from donors.leads.forms import mark_of
from donors.leads.models import LeadForm

LINES = {
    "title": ("Title", "text", "honorific-prefix"),
    "given_name": ("Given name", "text", "given-name"),
    "family_name": ("Family name", "text", "family-name"),
    "organization": ("Organization", "text", "organization"),
    "email": ("E-mail", "email", "email"),
    "phone": ("Phone", "tel", "tel"),
    "street": ("Street", "text", "street-address"),
    "postal_code": ("Postal code", "text", "postal-code"),
    "city": ("City", "text", "address-level2"),
    "region": ("State or region", "text", "address-level1"),
    "country": ("Country", "text", "country-name"),
    "introduced_by": ("Who told you about us", "text", "off"),
}
"""Field → label, type, autocomplete; in the order of the form."""
NEEDED = ("family_name", "email")
ADDRESS = ("street", "postal_code", "city", "region", "country")


def snippet(form: LeadForm, address: str, trap: str) -> str:
    """The HTML of a form that is sent to `address`. `trap` names the field that people do not see."""
    return "\n".join(_lines(form, address, trap)) + "\n"


def shows(form: LeadForm, field: str) -> bool:
    """Whether a form has a field."""
    return field in {"given_name", *NEEDED, *form.asks} or (field in ADDRESS and "address" in form.asks)


def _lines(form: LeadForm, address: str, trap: str) -> Iterator[str]:
    yield f'<form method="post" action="{escape(address)}">'
    hidden = 'style="position:absolute;left:-9999px" aria-hidden="true"'
    yield f'  <p {hidden}><label>Leave this empty <input name="{trap}" tabindex="-1" autocomplete="off"></label></p>'
    for name, (label, kind, complete) in LINES.items():
        if shows(form, name):
            more = f'autocomplete="{complete}"' + (" required" if name in NEEDED else "")
            yield f'  <p><label>{label} <input name="{name}" type="{kind}" maxlength="200" {more}></label></p>'
    for one in form.interests:
        yield f'  <p><label><input type="checkbox" name="interest" value="{escape(one)}"> {escape(one)}</label></p>'
    if "message" in form.asks:
        yield '  <p><label>Message <textarea name="message" rows="5" maxlength="5000"></textarea></label></p>'
    for each in form.consents:
        wording = escape(each["wording"]).replace("\n", "<br>")
        value = f"{each['channel']}-{mark_of(each['wording'])}"
        yield f'  <p><label><input type="checkbox" name="consent" value="{value}"> {wording}</label></p>'
    yield "  <p><button>Send</button></p>"
    yield "</form>"
