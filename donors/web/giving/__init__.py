"""Pages of giving: the list of gifts, entry, one gift and what is done with it."""
