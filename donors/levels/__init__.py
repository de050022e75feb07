"""Level tracks, who stands where, and who moved.

Words: level track, level, standing. Rule it protects: a constituent has one standing on a track at a time,
each with its dates, its cause and the version of the rules that gave it.
"""
