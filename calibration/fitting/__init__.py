"""Labelled scores to thresholds."""
