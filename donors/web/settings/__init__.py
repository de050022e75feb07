"""Pages of the settings: organization, users, stages, tracks, jobs, audit."""
