"""The page that answers a search from anywhere."""
