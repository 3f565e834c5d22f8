"""Policies: kept, listed, compared, published through the gate, rolled back, brought in from files."""
