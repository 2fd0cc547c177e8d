"""`troth config show`: the settings that hold here, and where each was set."""

from __future__ import annotations

from troth.settings import NAMES, load_settings
from troth.terminal.screen import Format, columns, plain, say, say_json


def show(form: Format) -> None:
    """Every setting with its value and its origin."""
    settings = load_settings()
    found = {
        name: {"value": getattr(settings, name), "set_in": settings.where(name)} for name in NAMES
    }
    if form is Format.JSON:
        say_json(found)
    else:
        say(
            *columns(
                [(name, plain(one["value"]), one["set_in"]) for name, one in found.items()],
                indent=0,
            )
        )
