"""What becomes of leads: constituents with their households, organizations, prospects and asks, in one act."""
