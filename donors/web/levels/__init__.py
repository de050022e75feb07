"""Pages of levels: who stands where, and why."""
