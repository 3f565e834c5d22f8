"""Bad cases in the store."""
