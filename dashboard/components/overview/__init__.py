"""The Overview: the state of every domain."""
