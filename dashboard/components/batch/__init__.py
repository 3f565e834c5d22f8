"""The Batch page: deduplicate and match whole files."""
