"""A static server for one's own machine: the pages of a folder on 127.0.0.1 and nothing else."""

from __future__ import annotations

import functools
import http.server
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from troth.errors import InputError, UsageError
from troth.site.render import POLICY

HERE = "127.0.0.1"

HEADERS = {
    "Content-Security-Policy": POLICY + "; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

#: File kinds whose type the standard library does not know, or guesses by the machine it runs on.
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
    ".sqlite": "application/vnd.sqlite3",
    "": "application/octet-stream",
}


#: What stands beside the pages and is nobody's to see: the working tables, with the secret that
#: keys the hashes of firms.
PRIVATE = "store"


def _may_be_seen(found: Path, root: Path) -> bool:
    """Whether a file lies in the folder, and not among the working tables or hidden files."""
    if found == root:
        return True
    if root not in found.parents:
        return False
    top = found.relative_to(root).parts[0]
    return top != PRIVATE and not top.startswith(".")


class _Pages(http.server.SimpleHTTPRequestHandler):
    """Files of one folder: no listing, no way out of the folder, the headers of every page."""

    extensions_map = TYPES
    server_version = "troth"
    sys_version = ""

    def end_headers(self) -> None:
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def list_directory(self, path: str | Path) -> None:  # type: ignore[override]  # noqa: ARG002
        self.send_error(HTTPStatus.NOT_FOUND, "No such page")

    def send_head(self) -> BinaryIO | None:
        """The file asked for, if it lies in the folder; a link that leads out of it does not."""
        root = Path(self.directory).resolve()
        found = Path(self.translate_path(self.path)).resolve()
        if not _may_be_seen(found, root):
            self.send_error(HTTPStatus.NOT_FOUND, "No such page")
            return None
        return super().send_head()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing is logged: who looked at what is nobody's business."""


def serve(out: Path | str, port: int = 8000, get: str | None = None) -> str | None:
    """Serve the folder on this machine until interrupted; with `get`, give that page's text.

    A folder without index.html, a port in use and a page that is not there are errors that say so.
    """
    folder = Path(out)
    if not (folder / "index.html").is_file():
        raise InputError(
            f"{folder}: no index.html here. Make the pages first: troth run DATA... --out {folder}"
        )
    if get is not None:
        return _get(folder, get)
    with serving(folder, port) as server:
        server.thread.join()
    return None


def _get(folder: Path, get: str) -> str:
    """The page as the server would send it, without a server."""
    asked = urllib.parse.unquote(urllib.parse.urlsplit(get).path).lstrip("/")
    found = (folder / asked).resolve()
    if found.is_dir():
        found /= "index.html"
    if not _may_be_seen(found, folder.resolve()) or not found.is_file():
        raise UsageError(f"no page {get!r} in {folder}. Pages begin at /index.html.")
    return found.read_text(encoding="utf-8")


class _Server(http.server.ThreadingHTTPServer):
    thread: threading.Thread

    @property
    def address(self) -> str:
        return f"http://{HERE}:{self.server_address[1]}/"


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[_Server]:
    """A running server of this folder; port 0 takes any that is free. It stops with the block."""
    handler = functools.partial(_Pages, directory=str(folder))
    try:
        server = _Server((HERE, port), handler)
    except OSError as error:
        raise UsageError(
            f"port {port} cannot be used ({error.strerror}); choose another with --port"
        ) from error
    server.thread = threading.Thread(target=server.serve_forever, daemon=True)
    server.thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
