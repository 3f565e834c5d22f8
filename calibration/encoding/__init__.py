"""Texts to vectors: named models, the bundled one among them, and a cache that never encodes twice."""
