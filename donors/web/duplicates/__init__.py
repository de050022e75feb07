"""Pages of duplicates: the queue of pairs that are likely the same, and what people decide of them."""
