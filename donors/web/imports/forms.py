"""Forms of imports."""

from wtforms import FileField, Form, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from donors.imports.fields import CONSTITUENTS, GIFTS, HOURS, LEADS
from donors.imports.receive import DEFAULT_SOURCE
from donors.web.forms import option

KINDS = [
    option(GIFTS, "Gifts, with their givers"),
    option(CONSTITUENTS, "Constituents"),
    option(HOURS, "Volunteer hours"),
    option(LEADS, "Leads"),
]
ENCODINGS = [
    option("", "Unicode (found by itself)"),
    option("cp1252", "Windows-1252, Western European"),
    option("cp1250", "Windows-1250, Central European"),
]
ORDERS = [
    option("", "As in 2026-03-09"),
    option("mdy", "Month first: 3/9/2026"),
    option("dmy", "Day first: 9.3.2026"),
]
LIKELY = [
    option("ask", "Show them to me"),
    option("new", "Make them new"),
    option("best", "Take the likeliest"),
]


class UploadForm(Form):
    """A file, what it holds, and where it comes from."""

    kind = RadioField("What it holds", choices=KINDS, default=GIFTS)
    file = FileField("File")
    source = StringField(
        "Where it comes from",
        [InputRequired("Name the system, such as file."), Length(max=60)],
        default=DEFAULT_SOURCE,
        description="Ids in the file belong to this source: take the same word for files of the same system",
    )
    encoding = SelectField("Letters", choices=ENCODINGS, default="")


class ColumnsForm(Form):
    """How dates are read, and what is done about those who may be known. The columns themselves are fields by name."""

    order = SelectField("Dates", choices=ORDERS, default="")
    likely = SelectField("People who may be known already", choices=LIKELY, default="ask")
