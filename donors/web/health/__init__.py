"""The address that monitoring asks."""
