"""What the tests stand on: databases, server processes, a browser, a mail server."""
