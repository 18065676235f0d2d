r"""Releases read back by the programs they are for: the optional job.

TRL trains on releases, and the converters of other trainers read theirs. None of it is needed to
run Concord or its tests, and where a program is missing its tests are skipped with the reason. In
an environment of its own, without Django and without a database:

    python3.11 -m venv /tmp/training
    /tmp/training/bin/pip install torch==2.13.0
    /tmp/training/bin/pip install --no-deps --require-hashes \
        -r requirements-training.txt -r requirements-converters.txt
    PYTHONPATH=. /tmp/training/bin/python -m pytest -c tests/training/pytest.ini \
        --rootdir=. --confcutdir=tests/training tests/training
"""
