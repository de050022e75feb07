"""Pages of volunteering: the list of shifts, entry, one shift."""
