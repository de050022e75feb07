"""The form as HTML for a page of the organization's own: no script, nothing loaded from elsewhere. Pure."""

from collections.abc import Iterator
from html import escape

from donors.leads.form_lines import LONGEST, lines_of
from donors.leads.forms import mark_of
from donors.leads.models import LeadForm


def snippet(form: LeadForm, address: str, trap: str) -> str:
    """The HTML of a form that is sent to `address`. `trap` names the field that people do not see."""
    return "\n".join(_lines(form, address, trap)) + "\n"


def _lines(form: LeadForm, address: str, trap: str) -> Iterator[str]:
    yield f'<form method="post" action="{escape(address)}">'
    hidden = 'style="position:absolute;left:-9999px" aria-hidden="true"'
    yield f'  <p {hidden}><label>Leave this empty <input name="{trap}" tabindex="-1" autocomplete="off"></label></p>'
    for one in lines_of(form):
        more = f'maxlength="{one.longest}" autocomplete="{one.complete}"' + (" required" if one.needed else "")
        yield f'  <p><label>{one.label} <input name="{one.name}" type="{one.kind}" {more}></label></p>'
    for interest in map(escape, form.interests):
        yield f'  <p><label><input type="checkbox" name="interest" value="{interest}"> {interest}</label></p>'
    if "message" in form.asks:
        more = f'rows="5" maxlength="{LONGEST["message"]}"'
        yield f'  <p><label>Message <textarea name="message" {more}></textarea></label></p>'
    for each in form.consents:
        wording = escape(each["wording"]).replace("\n", "<br>")
        value = f"{each['channel']}-{mark_of(each['wording'])}"
        yield f'  <p><label><input type="checkbox" name="consent" value="{value}"> {wording}</label></p>'
    yield "  <p><button>Send</button></p>"
    yield "</form>"
