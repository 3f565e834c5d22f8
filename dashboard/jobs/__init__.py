"""Work that takes longer than a page run: a queue, scoring and the gate."""
