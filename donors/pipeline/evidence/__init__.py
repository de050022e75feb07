"""What a stage asks for before a prospect enters it: proven by records, confirmed by a person, or claimed."""
