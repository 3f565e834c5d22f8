"""Rows of one meaning in a file: found, reviewed cluster by cluster, taken away."""
