"""Who is the same person twice: values made comparable, likely pairs found, judged by a model that learns by itself.

Words: facts, roster, block, level, weight, model, pair, decision.
Rule it protects: no pair is judged by a person's decisions but that pair's own, and each judgement can say why.
"""
