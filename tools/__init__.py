"""Checks and generators for those who work on SimTier; no part of the product."""
