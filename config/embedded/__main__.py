"""``python -m config.embedded serve | manage … | test …``: what ``./run`` calls."""

from __future__ import annotations

import sys

from config.embedded.manage import manage
from config.embedded.process import SetupError, complain
from config.embedded.serve import serve
from config.embedded.testing import test

USAGE = (
    "Usage: ./run | ./run test [--fast] [pytest's arguments] | ./run manage COMMAND [its arguments]"
)


def main(arguments: list[str]) -> int:
    """Run the command that the arguments name; return an exit code."""
    try:
        match arguments:
            case ["serve"]:
                return serve()
            case ["manage", *rest]:
                return manage(rest)
            case ["test", *rest]:
                return test(rest)
    except SetupError as error:
        complain(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    complain(USAGE)
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
