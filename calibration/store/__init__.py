"""Datasets, policies and bad cases, kept in SQLite or PostgreSQL."""
