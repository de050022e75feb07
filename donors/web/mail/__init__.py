"""Pages of mail to constituents: what waits and what left, templates, and the way to get no more of it."""
