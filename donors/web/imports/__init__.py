"""Pages of imports: upload, columns, check, decisions, apply, undo."""
