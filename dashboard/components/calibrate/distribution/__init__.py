"""Scores by label, and thresholds tried on them by hand."""
