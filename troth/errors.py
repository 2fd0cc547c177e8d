"""Errors that say what happened, where, and what to do next.

Every error that a person may meet derives from `TrothError`. The command line prints its text and
leaves with its `exit_code`; a traceback is for faults of ours.
"""


class TrothError(Exception):
    """Something the user can act on. `exit_code` is what the command line leaves with: never 1,
    which is for `check --fail-on` alone."""

    exit_code = 2


class UsageError(TrothError):
    """A wrong option, setting, name or card. The text names the nearest right one."""

    exit_code = 2


class InputError(TrothError):
    """An input that cannot be used at all, or any fault in it under `--strict`."""

    exit_code = 3


class VerificationError(TrothError):
    """A release, a table or a promise that does not hold what it says."""

    exit_code = 4


class PersonError(VerificationError):
    """An attempt to key, show or publish a figure of anything that is not a public body."""
