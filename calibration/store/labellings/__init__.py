"""Second labels in the store."""
