"""Bad cases: recorded, found by filter, shown, moved, exported, and what they have in common."""
