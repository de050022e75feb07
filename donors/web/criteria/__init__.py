"""Criteria on pages: as addresses hold them, and as people put them together in a form, with or without script."""
