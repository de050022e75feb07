"""Effects of levels: what follows when somebody reaches a level, leaves it, rises or falls, and what became of it."""
