"""Finite-sample guarantees about thresholds."""
