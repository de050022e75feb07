"""Formulas over figures: `lifetime_total + 20 * volunteer_hours`, `if(gift_count = 0, 0, lifetime_total / gift_count)`.

`tree` holds the tree and says what empty means, `parse` reads text and names mistakes by their place, `evaluate`
answers in Python, `compile` makes SQL. All three answer alike, to the last bit; a property test holds them to it.
"""
