"""How long it takes to count at every threshold and to resample, beside the usual loops."""
