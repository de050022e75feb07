"""Kinds of change sets in words: `gift.record` is “Gift recorded”."""

PAST = {
    "add": "added",
    "apply": "applied",
    "ask": "ask changed",
    "assign": "assigned",
    "begin": "begun",
    "change": "changed",
    "close": "closed",
    "consent": "consent noted",
    "contact": "contact point changed",
    "correct": "corrected",
    "create": "created",
    "date": "re-dated",
    "deactivate": "deactivated",
    "deceased": "noted as deceased",
    "delete": "deleted",
    "done": "completed",
    "drain": "brought up to date",
    "drop": "dropped",
    "edit": "edited",
    "join": "joined",
    "leave": "left",
    "link": "link made",
    "log": "logged",
    "merge": "merged",
    "move": "moved to another giver",
    "no_contact": "contact ruled out",
    "owner": "handed over",
    "plan": "planned",
    "reactivate": "reactivated",
    "record": "recorded",
    "refresh": "refreshed",
    "refund": "refunded",
    "relate": "related",
    "release": "released",
    "remind": "reminded of",
    "remove": "removed",
    "rename": "renamed",
    "reopen": "taken up again",
    "restore": "restored",
    "retire": "retired",
    "retry": "tried again",
    "revise": "revised",
    "save": "saved",
    "send_again": "sent again",
    "skip": "skipped",
    "start": "started",
    "steps": "tasks made",
    "stop": "stopped",
    "take_back": "adjustment taken back",
    "upload": "uploaded",
    "use": "taken into use again",
}
"""The last part of a kind → what was done. Kinds are written `noun.verb`."""


def words(kind: str) -> str:
    """A kind as pages say it. A verb that is not known is shown as it is."""
    noun, _, verb = kind.partition(".")
    done = PAST.get(verb, verb.replace("_", " "))
    return f"{noun.replace('_', ' ').capitalize()} {done}".strip()
