"""How thresholds kept their promise of precision, and how much recall they got: SimTier against the alternatives.

`python -m benchmarks.calibration` draws labelled samples from pools whose truth is known exactly, lets every method
choose a threshold, and counts how often the precision promised is missed in the pool, and which share of the best
possible recall is reached. See benchmarks/README.md.
"""
