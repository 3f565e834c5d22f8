"""Statistics that know no tier, no domain and no policy."""
