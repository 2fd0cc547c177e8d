"""The main currency: the one that is set, or else the first that an indicator meets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class MainCurrency:
    """Which currency prices are compared in, and how many bids were left out for another.

    Cardinal takes the first currency of each of its threads, so that its answer changes from run to
    run where data have several; one thread is the answer that can be repeated, and it is ours.
    """

    code: str | None
    left_out: int = 0

    def is_main(self, currency: str) -> bool:
        """Whether a bid in this currency is compared; the first one asked for decides."""
        if self.code is None:
            self.code = currency
        if currency == self.code:
            return True
        self.left_out += 1
        return False
