"""The Calibrate page and its tabs."""
