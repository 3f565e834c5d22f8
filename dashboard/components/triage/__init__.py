"""Triage: a queue of bad cases, decided one by one from the keyboard."""
