"""What is judged about constituents from outside and inside: dated ratings with their sources, never overwritten."""
