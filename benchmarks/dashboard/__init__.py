"""How fast the dashboard answers with large datasets, in a real browser."""
