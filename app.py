"""Entrance: settings → database → scenarios → the cockpit's server and the ``onemap`` command."""

from __future__ import annotations

import sys

from scenarios.commands import run_commands


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run_commands(sys.argv[1:]))


if __name__ == "__main__":
    main()
