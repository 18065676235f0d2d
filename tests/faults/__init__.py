"""Long experiments: what is broken on purpose, and how long things take at a million judgments.

`./run test` leaves them out; `./run test tests/faults` runs them, and CI has a step for them.
"""
