"""Labelling sessions: pairs drawn at random, labelled by several people in batches."""
