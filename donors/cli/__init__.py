"""Commands of `flask`."""
