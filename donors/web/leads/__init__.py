"""Pages of leads: how they are entered, whose turn it is, and what becomes of them."""
