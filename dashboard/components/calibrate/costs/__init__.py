"""What mistakes cost, and the thresholds at which they cost least."""
