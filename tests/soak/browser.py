"""A signed-in browser without a screen, which goes on when the server is gone."""

import re
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException
from http.cookiejar import CookieJar

from tests.cast import PASSWORD, Person

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Browser:
    """Cookies, and forms with their token."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def sign_in(self, person: Person) -> bool:
        """Whether it worked."""
        return self.send("/accounts/sign-in", email=person.email, password=PASSWORD) == 200

    def send(self, path: str, page: str = "", /, **values: str) -> int:
        """Fills in the form of a page and sends it to `path`; the status of the answer, 0 when the server was gone."""
        try:
            with self.opener.open(self.url + (page or path), timeout=20) as form:
                token = TOKEN.search(form.read().decode())
            data = urllib.parse.urlencode({"csrf_token": token.group(1) if token else "", **values}).encode()
            with self.opener.open(self.url + path, data, timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except (OSError, HTTPException):  # killed before or within its answer
            return 0
