"""`troth config show`: the settings that hold here, where each was set, and how records are read."""

from __future__ import annotations

from troth.settings import NAMES, load_settings
from troth.terminal.screen import Format, columns, plain, say, say_json


def show(form: Format) -> None:
    """Every setting with its value and its origin, and which of the two readers is at work."""
    from troth.sources.ocds import native

    settings = load_settings()
    found = {
        name: {"value": getattr(settings, name), "set_in": settings.where(name)} for name in NAMES
    }
    reader = "compiled" if native.IS_THERE else "python"
    found["reader"] = {"value": reader, "set_in": "how troth was installed"}
    if form is Format.JSON:
        say_json(found)
    else:
        say(
            *columns(
                [(name, plain(one["value"]), one["set_in"]) for name, one in found.items()],
                indent=0,
            )
        )
