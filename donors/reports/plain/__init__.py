"""Plain: reports and the people behind them as files carry them: decimals, ISO dates, no signs of currency.

Rule it protects: no name is a formula in a spreadsheet.
"""
