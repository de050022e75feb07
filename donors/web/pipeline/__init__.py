"""Pages of the pipeline: board and list, prospects, call reports, planned moves."""
