"""What a page or a data file says in numbers, and whether it says itself that it was changed.

Read are HTML, plain text, CSV and JSON. Of everything else (PDF, spreadsheets, pictures) only the
bytes are compared: they changed or they did not, and which numbers changed cannot be told.

To say that somebody changed a published number in silence is grave, so every doubt ends in
"cannot tell" or in no change: numbers that were added are no edit; dates, times, years of
copyright, counters of readers, menus, footers and whatever differs between two looks in a row are
left out; a number written another way (1,000 and 1.000) is the same number.
"""

from __future__ import annotations

import csv
import enum
import html
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

#: How a page says that it was changed, by the language that it declares. Beginnings of words.
NOTE_WORDS = {
    "ar": ("تحديث", "تصحيح", "تعديل", "مراجعة"),
    "de": ("aktualisiert", "aktualisierung", "berichtig", "korrigiert", "korrektur", "geändert",
           "änderung", "revidiert", "stand:", "überarbeitet"),
    "en": ("updat", "correct", "corrigend", "revis", "amend", "errat", "modified", "version",
           "reissued", "republished", "change"),
    "es": ("actualiza", "corregid", "correcci", "modific", "revis", "versi", "errata", "enmienda"),
    "fr": ("mis à jour", "mise à jour", "actualis", "corrig", "correcti", "rectifi", "modifi",
           "révis", "version", "errat"),
    "it": ("aggiorna", "corrett", "correzion", "rettific", "modific", "revision", "versione",
           "errata"),
    "nl": ("bijgewerkt", "gecorrigeerd", "correctie", "gewijzigd", "wijziging", "herzien",
           "versie", "rectificatie"),
    "pt": ("atualiza", "actualiza", "corrigid", "correç", "correcç", "modific", "revis", "versã",
           "errata", "alterad"),
    "ru": ("обновл", "исправл", "уточн", "измен", "редакци", "версия", "поправк"),
    "uk": ("оновл", "виправл", "уточн", "змін", "редакці", "версія", "поправк"),
    "zh": ("更新", "更正", "修订", "修訂", "修改", "勘误", "勘誤", "版本", "订正", "訂正"),
}  # fmt: skip

#: Written without spaces, or with what other languages write as words of their own in front.
_WITHIN_WORDS = ("ar", "zh")

#: Fields of data that say when, or as which version, they were made.
_VERSION_FIELDS = re.compile(
    r"(?:date)?_?(?:last)?_?(?:modified|updated|revised|corrected|revision|version|corrigendum)"
    r"(?:_?(?:at|on|date|time|no|number))?",
    re.IGNORECASE,
)

#: Longer texts are not read: some seconds for each MiB, and nobody checks such a page by eye.
MOST_READ = 8 * 1024 * 1024

_DIGIT = re.compile(r"\d")

_NUMBER = re.compile(r"(?<!\w)[-−]?\d+(?:[.,'’\u00a0\u202f\u2009]\d+)*")
_GROUPED = re.compile(r"(-?\d{1,3})((?:\.\d{3})+|(?:,\d{3})+|(?:'\d{3})+|(?: \d{3})+)([.,]\d+)?")

_MONTH_NAMED = r"[^\W\d_]{3,12}\.?"
_YEAR = r"(?:19|20)\d\d"

#: Days, times and years of copyright: pages change them by themselves.
_WHEN = re.compile(
    rf"\d{{4}}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
    rf"|\d{{1,2}}[./-]\d{{1,2}}[./-](?:\d{{4}}|\d\d)\b"
    rf"|\d{{4}}[./]\d{{1,2}}[./]\d{{1,2}}\b"
    rf"|\b\d{{1,2}}:\d\d(?::\d\d)?\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th|er|º)?\.?,?\s(?:de\s|of\s)?{_MONTH_NAMED},?\s(?:de\s)?{_YEAR}\b"
    rf"|\b{_MONTH_NAMED}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s{_YEAR}\b"
    rf"|\d{{4}}\s?年(?:\s?\d{{1,2}}\s?月)?(?:\s?\d{{1,2}}\s?日)?"
    rf"|(?:©|\(c\)|copyright)\s*{_YEAR}(?:\s?[-–]\s?{_YEAR})?",
    re.IGNORECASE,
)

#: Ages and counters of readers: they change by themselves, and say of no change.
_BY_ITSELF = re.compile(
    r"(?<![\d.,])\d{1,3}\s\w{1,15}\sago\b"
    r"|\b(?:il y a|vor|hace|há)\s\d{1,3}\s\w{1,15}"
    r"|(?<!\d)\d{1,3}\s?(?:秒|分钟|小时|天|周|个月|年)前"
    r"|(?:\b(?:views?|visits?|visitors?|downloads?|hits|vues|visites|téléchargements|visitas|descargas"
    r"|aufrufe|besucher|visualizzazioni|visualizações|просмотр\w{0,3})\b|浏览|瀏覽|阅读|閱讀|点击|访问|下载)"
    r"[^\d\n]{0,10}\d[\d.,]*+"
    r"|(?<![\d.,])\d[\d.,]*+\s?(?:views?|visits?|visitors?|downloads?|hits|vues|visites|visitas"
    r"|aufrufe|besucher|просмотр\w{0,3})\b",
    re.IGNORECASE,
)

_BLOCKS = frozenset(
    "address article aside blockquote body br caption dd div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 head header hr html li main nav ol p pre section summary table tbody td"
    " tfoot th thead title tr ul".split()
)

#: Elements whose text nobody reads; `title` stands in the head.
_HIDDEN = ("script", "style", "template", "noscript", "svg", "select", "textarea", "iframe")

#: Elements that surround what was published. What they say of changes is read, their numbers not.
_AROUND = frozenset({"nav", "header", "footer", "aside", "head"})

_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")

#: Capitals of ASCII alone, so that places in a text stay where they are.
_SMALL = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}

_CHARSET = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([a-zA-Z0-9_.:-]{1,40})", re.IGNORECASE
)
_LANG = re.compile(r"<html[^>]{0,500}?\slang\s*=\s*[\"']?([a-zA-Z]{2,3})", re.IGNORECASE)


class Change(enum.StrEnum):
    """How what is at an address differs from what was there before."""

    FIRST = "first"  # nothing to compare with
    NONE = "none"
    BYTES = "bytes"  # of a kind whose numbers are not read, or that could not be read
    WORDS = "words"  # every number that stood there stands there
    ADDED = "added"  # and further ones
    NUMBERS = "numbers"  # a number that stood there does not stand there any more
    UNSETTLED = "unsettled"  # two looks in a row gave two answers


@dataclass(frozen=True)
class Content:
    """The numbers of a text with how often each stands there, and what says of changes."""

    numbers: Counter[str]
    notes: frozenset[str]
    #: Days and times of a page, of which a new one may be a note in other words.
    days: frozenset[str]
    #: Whether it could say of changes in a way that is understood here.
    could_say: bool


def content(
    data: bytes, media_type: str | None, charset: str | None, language: str | None
) -> Content | None:
    """What these bytes say; None where they are of another kind, too many, or not what
    they claim."""
    if len(data) > MOST_READ:
        return None
    kind = (media_type or "").rpartition("+")[2]
    try:
        if media_type in ("text/html", "application/xhtml+xml"):
            text = _decoded(data, charset or _declared_in(data))
            declared = _LANG.search(text[:20_000])
            return _of_html(text, declared.group(1) if declared else language)
        if media_type == "text/plain":
            return _of_lines(_lines(_decoded(data, charset)), language)
        if media_type in ("text/csv", "application/csv"):
            return _of_csv(_decoded(data, charset))
        if kind in ("application/json", "json") or media_type == "text/json":
            return _of_json(_decoded(data, charset))
    except (UnicodeError, LookupError, ValueError, RecursionError, csv.Error, ArithmeticError):
        pass
    return None


def compared(old: Content, new: Content) -> tuple[Change, bool | None]:
    """How the new differs from the old, and whether numbers changed without a note: None where
    that cannot be told."""
    if not old.numbers - new.numbers:
        return (Change.ADDED if new.numbers - old.numbers else Change.WORDS), False
    if new.notes - old.notes:
        return Change.NUMBERS, False
    sure = old.could_say and new.could_say and not new.days - old.days
    return Change.NUMBERS, True if sure else None


def _decoded(data: bytes, charset: str | None) -> str:
    if charset in (None, "utf-8", "utf8"):
        return data.decode("utf-8-sig")
    assert charset is not None
    text = data.decode(charset)
    assert isinstance(text, str)
    return text


def _declared_in(data: bytes) -> str | None:
    found = _CHARSET.search(data[:4_096])
    return found.group(1).decode().lower() if found else None


def numbers(text: str) -> Iterator[str]:
    """The numbers in a text, each written one way; days, times and counters of readers are none."""
    if not _DIGIT.search(text):
        return
    for found in _NUMBER.finditer(_BY_ITSELF.sub(" ", _WHEN.sub(" ", text))):
        yield _one_way(found.group())


def _one_way(written: str) -> str:
    """Digits of all scripts as ASCII, without marks between thousands, with a point: `1234.5`."""
    plain = "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in written)
    plain = plain.replace("−", "-").replace("’", "'")
    plain = re.sub("[\u00a0\u202f\u2009]", " ", plain)
    grouped = _GROUPED.fullmatch(plain)
    if grouped:
        whole, groups, fraction = grouped.groups()
        plain = whole + re.sub(r"\D", "", groups) + (fraction or "")
    plain = plain.replace(",", ".")
    return plain.rstrip("0").rstrip(".") if plain.count(".") == 1 else plain


def _lines(text: str) -> list[str]:
    """Lines with one space between words; no-break spaces stay, for they stand within numbers."""
    found = (" ".join(re.split(r"[\t\r\f ]+", line)).strip() for line in text.split("\n"))
    return [line for line in found if line]


def _of_lines(
    lines: list[str], language: str | None, around: frozenset[int] = frozenset()
) -> Content:
    """Lines of text; of those whose place is in `around`, and of notes, numbers are not counted.

    A note goes with the line behind it: `Last updated` and its day may be two cells.
    """
    code = (language or "")[:2].lower()
    words = NOTE_WORDS.get(code, ())
    begins = "" if code in _WITHIN_WORDS else r"(?<!\w)"
    pattern = re.compile(begins + "(?:" + "|".join(map(re.escape, words)) + ")")
    notes, days = set(), set()
    counted: Counter[str] = Counter()
    for number, line in enumerate(lines):
        days.update(_WHEN.findall(line))
        if words and pattern.search(unicodedata.normalize("NFC", line).casefold()):
            notes.add(" ".join(lines[number : number + 2]))
        elif number not in around:
            counted.update(numbers(line))
    return Content(counted, frozenset(notes), frozenset(days), could_say=bool(words))


def _of_html(text: str, language: str | None) -> Content:
    lines, around = _lines_of_html(text)
    return _of_lines(lines, language, around)


def _lines_of_html(text: str) -> tuple[list[str], frozenset[int]]:
    """The text of a page in lines, one for each block, and which of them only surround it.

    A tag ends at the next `>`: no more is needed here, and every search either gets on or ends, so
    that no page takes longer than its length.
    """
    lines: list[str] = []
    around: set[int] = set()
    current: list[str] = []
    inside: list[str] = []  # of `_AROUND`, those that are open

    def end_line() -> None:
        for line in _lines(html.unescape("".join(current)).replace("\n", " ")):
            if inside:
                around.add(len(lines))
            lines.append(line)
        current.clear()

    small = text.translate(_SMALL)
    at = 0
    while at < len(text):
        begins = text.find("<", at)
        if begins < 0:
            current.append(text[at:])
            break
        current.append(text[at:begins])
        tag = _TAG.match(text, begins)
        if tag is None and text[begins + 1 : begins + 2] not in ("!", "?", "/"):
            current.append("<")
            at = begins + 1
            continue
        end = "-->" if text.startswith("<!--", begins) else ">"
        ends = text.find(end, begins)
        if ends < 0:
            break
        at = ends + len(end)
        if tag is None:
            continue
        name, closes = tag.group(1).lower(), text[begins + 1] == "/"
        if name in _BLOCKS or name in _AROUND:
            end_line()
        if name == "body" and not closes:
            inside.clear()
        elif name in _AROUND and not closes:
            inside.append(name)
        elif name in inside:
            del inside[inside.index(name) :]
        elif name in _HIDDEN and not closes:
            at = small.find(f"</{name}", at)
            if at < 0:
                break
    end_line()
    return lines, frozenset(around)


def _of_csv(text: str) -> Content:
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    header = rows[0] if rows else []
    versions = {n for n, name in enumerate(header) if _VERSION_FIELDS.fullmatch(name.strip())}
    counted: Counter[str] = Counter()
    notes = set()
    for row in rows:
        for n, cell in enumerate(row):
            if n in versions:
                notes.add(f"{header[n]}: {cell}")
            else:
                counted.update(numbers(cell))
    return Content(counted, frozenset(notes), frozenset(), could_say=bool(versions))


def _of_json(text: str) -> Content:
    counted: Counter[str] = Counter()
    notes = set()
    waiting: list[tuple[str, object]] = [
        ("", json.loads(text, parse_int=Decimal, parse_float=Decimal))
    ]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.items()
        elif isinstance(value, list):
            waiting += [(key, inner) for inner in value]
        elif _VERSION_FIELDS.fullmatch(key):
            notes.add(f"{key}: {value}")
        elif isinstance(value, Decimal):
            # What is equal is written one way; the exponent stays, for it may be of any size.
            counted[f"{value.normalize():e}"] += 1
        elif isinstance(value, str):
            counted.update(numbers(value))
    return Content(counted, frozenset(notes), frozenset(), could_say=bool(notes))
