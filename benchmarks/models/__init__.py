"""Which model finds most of what means the same at a certified precision."""
