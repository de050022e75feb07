"""Reading of the pipeline, by noun: stages, prospects, the board, moves, portfolios, who is next."""
