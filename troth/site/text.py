"""Text of others made safe to show: a little Markdown, links, and a record line by line.

Everything is escaped first and dressed after, so that no text can bring a tag of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape

from troth.publish.wording import visible

_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*:")


def safe_href(address: str) -> str | None:
    """The address if it is http, https or relative; none for every other kind.

    White space and controls are refused rather than removed: browsers drop some of them, and
    would read `java\\nscript:` as a scheme.
    """
    if re.search(r"[\x00-\x20\x7f\\]", address) or address.startswith("//") or not address:
        return None
    if _SCHEME.match(address):
        return address if address.lower().startswith(("http://", "https://")) else None
    return address


# --- Markdown: paragraphs, lists, `code`, *stress*, **strong**, [links](address) ---

_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\(([^()\s]+)\)")
_BULLET = re.compile(r"^[-*] +")
_NUMBER = re.compile(r"^\d+\. +")


def markdown(text: str) -> str:
    """HTML of the little Markdown that indicator texts use; anything else stays plain text."""
    return "".join(_block(block) for block in re.split(r"\n\s*\n", text.strip()) if block.strip())


def _block(block: str) -> str:
    lines = block.strip().splitlines()
    for begins, tag in ((_BULLET, "ul"), (_NUMBER, "ol")):
        at = next((place for place, line in enumerate(lines) if begins.match(line)), None)
        if at is None:
            continue
        before = f"<p>{_inline(' '.join(lines[:at]))}</p>" if at else ""
        items = "".join(f"<li>{_inline(item)}</li>" for item in _items(lines[at:], begins))
        return f"{before}<{tag}>{items}</{tag}>"
    return f"<p>{_inline(' '.join(line.strip() for line in lines))}</p>"


def _items(lines: list[str], begins: re.Pattern[str]) -> Iterator[str]:
    """List items; a line that begins none belongs to the one before."""
    item = ""
    for line in lines:
        if begins.match(line) and item:
            yield item
            item = ""
        item = f"{item} {begins.sub('', line).strip()}".strip()
    yield item


def _inline(text: str) -> str:
    made, reached = [], 0
    for found in _INLINE.finditer(text):
        made.append(escape(visible(text[reached : found.start()])))
        made.append(_dressed(found))
        reached = found.end()
    made.append(escape(visible(text[reached:])))
    return "".join(made)


def _dressed(found: re.Match[str]) -> str:
    code, strong, stress, label, address = found.groups()
    if code:
        return f"<code>{escape(visible(code))}</code>"
    if strong:
        return f"<strong>{escape(visible(strong))}</strong>"
    if stress:
        return f"<em>{escape(visible(stress))}</em>"
    href = safe_href(address)
    if href is None:
        return escape(visible(label))
    return f'<a href="{escape(href)}" rel="noreferrer nofollow">{escape(visible(label))}</a>'


# --- a record, line by line, with the JSON pointer of each value ---


def record_lines(value: object) -> Iterator[tuple[str, str]]:
    """The record as indented JSON: each line with the JSON pointer (RFC 6901) of what begins there.

    Closing brackets carry the pointer of what they close with a space behind, which no pointer of
    a value has, so that only the opening line is found by it.
    """
    yield from _lines(value, "", "", "", "")


def _lines(
    value: object, pointer: str, indent: str, before: str, after: str
) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        yield f"{indent}{before}{{", pointer
        last = len(value) - 1
        for place, (name, one) in enumerate(value.items()):
            key = f"{json.dumps(name, ensure_ascii=False)}: "
            comma = "," if place < last else ""
            yield from _lines(one, f"{pointer}/{_pointed(name)}", indent + "  ", key, comma)
        yield f"{indent}}}{after}", pointer + " "
    elif isinstance(value, list) and value:
        yield f"{indent}{before}[", pointer
        last = len(value) - 1
        for place, one in enumerate(value):
            yield from _lines(
                one, f"{pointer}/{place}", indent + "  ", "", "," if place < last else ""
            )
        yield f"{indent}]{after}", pointer + " "
    else:
        yield f"{indent}{before}{json.dumps(value, ensure_ascii=False)}{after}", pointer


def _pointed(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
