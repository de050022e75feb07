"""What a file may tell: the fields of each kind of import, and the headers by which they are recognized."""

import re
from dataclasses import dataclass

from donors.research.fields import KINDS as RATINGS

GIFTS, CONSTITUENTS, HOURS, LEADS = "gifts", "constituents", "hours", "leads"
KINDS = (GIFTS, CONSTITUENTS, HOURS, LEADS)


@dataclass(frozen=True)
class FileField:
    """A field of a kind of import. `headers` are usual names of its column, without case, spaces and signs."""

    name: str
    label: str
    headers: tuple[str, ...]
    needed: bool = False


def _field(name: str, label: str, headers: str, *, needed: bool = False) -> FileField:
    return FileField(name, label, (plain(name), *headers.split()), needed)


def plain(header: str) -> str:
    """A header as it is compared: small letters and digits only."""
    return re.sub(r"[\W_]+", "", header.casefold())


PERSON = (
    _field("name", "Name", "donor donorname giver givername fullname attendee supporter contact contactname"),
    _field("given_name", "Given name", "firstname first forename donorfirstname contactfirstname"),
    _field("family_name", "Family name", "lastname last surname donorlastname contactlastname"),
    _field("organization", "Organization", "organisation company companyname organizationname employer business"),
    _field("email", "E-mail", "emailaddress mail donoremail contactemail"),
    _field("phone", "Phone", "phonenumber telephone mobile cell donorphone homephone"),
    _field("street", "Street", "address address1 addressline1 streetaddress mailingstreet"),
    _field("city", "City", "town mailingcity"),
    _field("region", "State or region", "state province county mailingstate"),
    _field("postal_code", "Postal code", "zip zipcode postcode mailingpostalcode"),
    _field("country", "Country", "mailingcountry"),
)
GIVER = (
    _field(
        "giver_external_id",
        "Giver’s id",
        "donorkey donorid giverid giverkey constituentid contactid supporterid accountid personid memberid",
    ),
    *PERSON,
)

FIELDS: dict[str, tuple[FileField, ...]] = {
    GIFTS: (
        _field("external_id", "Gift’s id", "giftkey giftid donationid transactionid transaction orderid orderno id"),
        *GIVER,
        _field(
            "amount", "Amount", "giftamount donationamount ordertotal total sum value gross grossamount", needed=True
        ),
        _field("currency", "Currency", "currencycode"),
        _field("rate", "Exchange rate", "exchangerate"),
        _field(
            "received_on",
            "Received on",
            "receivedat received giftdate donationdate closedate orderdate paymentdate transactiondate date datetime",
            needed=True,
        ),
        _field("campaign", "Campaign", "campaignname event drive"),
        _field("appeal", "Appeal", "appealname mailing"),
        _field("fund", "Fund", "fundname designation"),
        _field("method", "Method", "paymentmethod paymethod paymenttype payment tender"),
        _field("hides_name", "Anonymous", "anonymous isanonymous anonymousgift hidename"),
        _field(
            "soft_credit_key",
            "Id of who gets soft credit",
            "softcredit softcreditid softcreditto softcreditkey softcreditdonorid softcreditconstituentid",
        ),
        _field("note", "Note", "notes memo"),
    ),
    CONSTITUENTS: (
        _field(
            "external_id",
            "Their id",
            "donorkey donorid constituentid contactid giverid supporterid accountid personid memberid id",
        ),
        _field("kind", "Kind", "type constituenttype recordtype"),
        *PERSON,
        _field("title", "Title", "salutationtitle prefix honorific"),
        _field("middle_name", "Middle name", "middle middleinitial"),
        _field("suffix", "Suffix", "namesuffix"),
        _field("nickname", "Nickname", "preferredname knownas goesby"),
        _field("born_on", "Born on", "birthdate birthday dateofbirth dob"),
        _field("is_deceased", "Deceased", "deceased"),
        _field("deceased_on", "Died on", "dateofdeath deathdate"),
        _field("is_anonymous", "Always anonymous", "anonymous"),
        _field("do_not_contact", "Do not contact", "donotcontact optout nocontact"),
        _field("capacity", "Capacity", "capacityrating givingcapacity majorgiftcapacity estimatedcapacity"),
        *(_field(kind, word, f"{kind}score {kind}rating") for kind, word in RATINGS.items() if kind != "capacity"),
        _field("rated_on", "Rated on", "ratingdate dateofrating screeningdate screenedon capacityratedon"),
        _field("rating_source", "Source of the ratings", "ratedby screeningsource screenedby sourceofthecapacity"),
        _field("note", "Note", "notes comment comments"),
    ),
    HOURS: (
        _field("external_id", "Shift’s id", "shiftid shiftkey id"),
        *(
            FileField(f.name, "Volunteer’s id", (*f.headers, "volunteerid", "volunteerkey"))
            if f.name == "giver_external_id"
            else FileField(f.name, f.label, (*f.headers, "volunteer", "volunteername"))
            if f.name == "name"
            else f
            for f in GIVER
        ),
        _field("worked_on", "Worked on", "date shiftdate day workdate volunteeredon", needed=True),
        _field("hours", "Hours", "hoursworked duration time length volunteerhours"),
        _field("minutes", "Minutes", "minutesworked"),
        _field("activity", "Activity", "role job task kindofwork"),
        _field("note", "Note", "notes comment comments"),
    ),
    LEADS: (
        _field("external_id", "Lead’s id", "leadid leadkey id"),
        *PERSON,
        _field("title", "Title", "salutationtitle prefix honorific"),
        _field("source", "Came by", "leadsource camefrom channel origin"),
        _field("source_note", "Which one", "sourcenote sourcedetail event eventname campaign campaignname"),
        _field("introducer_key", "Introducer’s id", "introducerid referrerid referredbyid introducedbyid"),
        _field("introduced_by", "Introduced by", "introducer referrer referredby referral broughtby"),
        _field("interests", "Interests", "interest interestedin topics"),
        _field("message", "Message", "messages note notes comment comments"),
        _field("received_on", "Received on", "createddate created date receivedat received submitted submittedon"),
        _field("consent_email", "May write by e-mail", "emailconsent emailoptin optin newsletter"),
        _field("consent_phone", "May call", "phoneconsent phoneoptin"),
        _field("consent_post", "May write by post", "postconsent postoptin mailconsent"),
        _field("consent_wording", "In which words", "consenttext wording consentwording"),
    ),
}
"""Kind → its fields. Of several headers that fit a field the one that stands first here is taken."""


DEFAULTS: dict[str, tuple[str, ...]] = {
    GIFTS: ("campaign", "appeal", "fund", "method"),
    CONSTITUENTS: ("rating_source",),
    HOURS: ("activity",),
    LEADS: ("source", "source_note", "consent_wording"),
}
"""Kind → fields that may be said once for a whole file: they hold where a row has nothing of its own."""


def field_names(kind: str) -> tuple[str, ...]:
    """The names of a kind's fields."""
    return tuple(field.name for field in FIELDS[kind])


def label_of(kind: str, name: str) -> str:
    """What pages call a field."""
    return next((field.label for field in FIELDS[kind] if field.name == name), name)
