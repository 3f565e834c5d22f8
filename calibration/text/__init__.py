"""Cleaning, sentences, and differences between two texts."""
