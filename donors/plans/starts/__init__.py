"""What starts plans by itself: rules of events, and what became of each happening for each constituent.

An *event* is a kind of happening that some part knows how to find; a *start rule* says which plan it starts. A
happening has a key, and each key is answered once for a rule and a constituent, however often it is found.
"""
