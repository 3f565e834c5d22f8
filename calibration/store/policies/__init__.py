"""Policies in the store."""
