"""The WSGI application, for the server and for `flask`."""

from config import from_environment
from donors.app import create_app

app = create_app(from_environment())
