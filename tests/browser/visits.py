"""Pages in a real browser, and what happens while they are looked at."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = "/usr/bin/chromium"

pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: pip install playwright"
)

IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which(CHROMIUM) is None, reason=f"{CHROMIUM} is not there: apt-get install chromium"
    ),
]


@dataclass
class Visit:
    """One page in the browser, and what happened while it was looked at."""

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "requestfailed", lambda request: self.complaints.append(f"failed: {request.url}")
        )
        self.page.on(
            "response",
            lambda answer: (
                answer.status >= 400 and self.complaints.append(f"{answer.status}: {answer.url}")
            ),
        )


def launched(started: Any, profile: Path, scripts: bool = True) -> Any:
    return started.chromium.launch_persistent_context(
        str(profile),
        executable_path=CHROMIUM,
        args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        java_script_enabled=scripts,
    )


def opened(context: Any, address: str, width: int = 1200) -> Visit:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    visit = Visit(page)
    page.goto(address)
    return visit
