"""Long experiments: what is broken on purpose, and how long things take at a million judgments.

`./run test` leaves them out; `./run test tests/faults` runs them. CI has a step for what is marked
`kill`, here and elsewhere (`./run test -m kill`); the others take long and are run by hand.
"""
