"""The public form of leads, under `/f`: without cookies, without sign-in, behind a guard of its own."""
