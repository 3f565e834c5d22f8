"""Spread deduplication and matching over many processes, with the results of one.

`steps` says what a kind of work is made of, `workers` who does it, `kept` what of it is done already.
"""
