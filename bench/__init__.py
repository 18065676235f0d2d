"""Benchmarks, one command each: `python -m bench.rate` and its neighbours.

Each starts an instance of its own in a temporary folder, measures, prints a table and cleans up.
"""
