"""The model in use: its facts, its speed, another in its place."""
