"""People who may be worth a first look, and where they came from: the funnel's suspects.

A lead is a row of its own. It is received (a form on the web, a program, a file, a colleague), goes to the next on the
rota, is to be answered within hours, is qualified by three fits, and then converted into a constituent or disqualified
with a reason and perhaps a day of return. Nothing that somebody sent is lost by it: what was written, consented to and
tried stays with the lead, which keeps the id of the constituent that it became.
"""
