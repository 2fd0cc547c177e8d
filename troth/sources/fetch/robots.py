"""What a site lets robots read: robots.txt as RFC 9309 has it.

The standard library's reader takes the first rule that fits and knows no `*` in a path; RFC 9309
takes the longest and does, so by the former pages would be asked for that a site keeps from robots.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: The name by which robots.txt may address this program.
PRODUCT = "troth"

#: More of a robots.txt is not read (RFC 9309, 2.5, asks for at least this).
MOST_BYTES = 500 * 1024

#: A longer pause than this, in seconds, is not asked for by anybody in earnest.
LONGEST_PAUSE = 60.0


@dataclass(frozen=True)
class Rules:
    """Rules for us: (allowed, pattern) and the seconds to wait between two requests."""

    rules: tuple[tuple[bool, str], ...] = ()
    pause: float = 0.0

    def allow(self, target: str) -> bool:
        """Whether a path with its query may be asked for: the longest rule that fits decides, and
        of two of one length the one that allows."""
        path = _escaped(target)
        fitting = [(len(pattern), yes) for yes, pattern in self.rules if _fits(pattern, path)]
        return max(fitting)[1] if fitting else True


ALL_ALLOWED = Rules()


def rules_of(data: bytes) -> Rules:
    """The rules for us in a robots.txt: of the groups that name us, else of those for everybody."""
    ours: list[tuple[str, str]] = []
    everybodys: list[tuple[str, str]] = []
    agents: list[str] = []
    named_us = in_rules = False
    text = data[:MOST_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")
    for line in re.split(r"[\r\n]+", text):
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            agents = [*([] if in_rules else agents), _product(value)]
            in_rules = False
            named_us = named_us or agents[-1] == PRODUCT
        elif key in ("allow", "disallow", "crawl-delay"):
            in_rules = True
            if PRODUCT in agents:
                ours.append((key, value))
            if "*" in agents:
                everybodys.append((key, value))
    return _rules(ours if named_us else everybodys)


def _product(value: str) -> str:
    if value == "*":
        return value
    found = re.match(r"[a-zA-Z_-]+", value)
    return found.group().lower() if found else ""


def _rules(lines: list[tuple[str, str]]) -> Rules:
    pauses = [
        float(v)
        for k, v in lines
        if k == "crawl-delay" and re.fullmatch(r"\d{1,6}(\.\d{1,6})?", v, re.ASCII)
    ]
    return Rules(
        tuple(
            (key == "allow", _escaped(value))
            for key, value in lines
            if key != "crawl-delay" and value
        ),
        min(max(pauses, default=0.0), LONGEST_PAUSE),
    )


def _escaped(text: str) -> str:
    """Escapes written one way: letters that are not ASCII escaped, unreserved ones not."""
    encoded = "".join(
        one if one.isascii() else "".join(f"%{byte:02X}" for byte in one.encode()) for one in text
    )
    return re.sub(r"%[0-9a-fA-F]{2}", _one_way, encoded)


def _one_way(escape: re.Match[str]) -> str:
    letter = chr(int(escape.group()[1:], 16))
    return (
        letter
        if letter.isascii() and (letter.isalnum() or letter in "-._~")
        else escape.group().upper()
    )


def _fits(pattern: str, path: str) -> bool:
    """Whether a pattern fits the beginning of a path: `*` is anything, `$` at its end is the end."""
    to_the_end = pattern.endswith("$")
    first, *rest = (pattern[:-1] if to_the_end else pattern).split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    last = rest.pop() if rest and to_the_end else None
    for part in rest:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    if not to_the_end:
        return True
    return at == len(path) if last is None else path.endswith(last) and len(path) - len(last) >= at
