"""Reviews of bad cases: who has which case before them, what they decided, and the way back."""
