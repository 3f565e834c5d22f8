"""Live scores beside those that were calibrated on."""
