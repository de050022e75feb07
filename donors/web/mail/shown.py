"""HTML of mails on our own site: a document that may carry styles and pictures, and cannot do anything."""

from flask import Response

POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; form-action 'none'"
NOTHING = "<!doctype html><title>No HTML</title><p>This mail is plain text alone.</p>"


def as_document(html: str) -> Response:
    """The HTML as a page of its own: no script, no form, no cookie, no frame around it."""
    answer = Response(html or NOTHING, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = POLICY
    return answer
