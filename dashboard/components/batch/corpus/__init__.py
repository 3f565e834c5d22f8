"""Whole files of texts, and from which score on two texts count as the same."""
