"""Thresholds of least cost, and the mistakes they make."""
