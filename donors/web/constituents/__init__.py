"""Pages of constituents: lists and views, the story of each, new and changed records, merges."""
