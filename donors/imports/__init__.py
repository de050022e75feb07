"""Files in: parse, map, check, preview, apply, undo.

Words: import, row, verdict, source. Rule it protects: the same file twice adds nothing, and no file ends half done.
"""
