"""Pairs of texts to cosine similarities."""
