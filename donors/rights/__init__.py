"""The rights of a person: everything about them in one file, and erasure that keeps what the law makes us keep.

`held.py` is the one list of what is about a person; the file, the preview of an erasure and the erasure itself go by
it, so none of them can know less than the others. A test holds it complete, table by table and text by text.
"""
