"""The script that keeps call reports when there is no network."""
