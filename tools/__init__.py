"""What the Makefile calls besides the application itself."""
