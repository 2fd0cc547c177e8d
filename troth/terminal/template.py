"""`troth template`: the ledgers there are, and one of them as a file to fill."""

from __future__ import annotations

from pathlib import Path

from troth.errors import UsageError
from troth.sources.ledgers.templates import named, written
from troth.tables import LEDGERS
from troth.terminal.screen import say


def template(name: str | None, out: Path | None) -> None:
    """One template, to standard output or to a new file; without a name, the list of them."""
    if name is None:
        if out is not None:
            raise UsageError("--out writes one template: name it, such as `troth template invoice`")
        width = max(map(len, LEDGERS))
        say(*(f"{one.name:<{width}}  {one.meaning}" for one in LEDGERS.values()))
        return
    text = written(named(name))
    if out is None:
        say(*text.rstrip("\n").split("\n"))
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{out}: there already. Name a new file, or remove that one") from None
    except OSError as error:
        raise UsageError(f"{out}: cannot be written ({error.strerror})") from None
    say(f"{out}")
