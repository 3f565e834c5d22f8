"""Policies: thresholds per domain, their file format, and the gate before publishing."""
