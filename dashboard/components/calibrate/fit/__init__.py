"""Calibration: asked for, run, and its thresholds told, drawn and reported."""
