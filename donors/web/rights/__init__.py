"""Pages of the rights of persons."""
