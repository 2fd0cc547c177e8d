"""`troth verify` and `troth serve`: a release, and its pages, looked at again."""

from __future__ import annotations

from pathlib import Path

from troth.errors import VerificationError
from troth.publish.current import current_release
from troth.terminal.screen import Format, note, plain, say, say_json


def verify(folder: Path, form: Format) -> None:
    """Compute everything anew that can be; a release that is not what it says leaves with 4."""
    from troth.publish.verify import verify as faults_of

    release = current_release(folder)
    faults = faults_of(release)
    if form is Format.JSON:
        say_json({"release": release.resolve().name, "faults": faults})
    elif faults:
        say(*(plain(fault) for fault in faults))
    else:
        say(f"{release}: every file, every promise and every sum holds")
    if faults:
        told = "1 thing does" if len(faults) == 1 else f"{len(faults):,} things do"
        raise VerificationError(
            f"{release}: {told} not hold. Fetch the release again, or ask who published it."
        )


def serve(folder: Path, port: int, get: str | None) -> None:
    """The pages on this machine until interrupted, or one page to standard output."""
    from troth.site.serve import serve as serve_pages

    if get is None and (folder / "index.html").is_file():
        note(f"serving {folder} on http://127.0.0.1:{port}/ (Ctrl-C ends it)")
    page = serve_pages(folder, port=port, get=get)
    if page is not None:
        say(page.removesuffix("\n"))
