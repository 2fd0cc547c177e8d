"""Django's templates without Django's server: one engine a language, escaping always.

Three things are added for templates, each bound to the language of the engine:

- `{% t nav.bodies %}`: a word of the interface, put in place when the template is compiled;
- `{% say "figure" hits=... %}`: a sentence of `troth.publish.wording`, every slot in <bdi>;
- `{{ name|data }}`: a value from the data in <bdi>, hiding characters spelled out; `plain` is the
  same without <bdi>, for titles and attributes.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from html import escape
from importlib import resources
from pathlib import Path

import django
from django.conf import settings
from django.template import Context, Engine, Library, Node, TemplateSyntaxError
from django.template.base import Parser, Template, TextNode, Token
from django.utils.safestring import SafeString

from troth.errors import UsageError
from troth.publish import wording

#: Which way each language is written.
DIRECTIONS = {"en": "ltr", "ar": "rtl", "zh": "ltr"}

#: What a template shows where it names a value that is not there. A test finds it on no page.
NO_SUCH_VALUE = "⟦no such value: %s⟧"

#: The Content Security Policy of every page; the server says it again as a header.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'"
)


def folder(name: str) -> Path:
    """A folder of this package: templates, static or locale."""
    return Path(str(resources.files("troth.site"))) / name


@functools.cache
def words(language: str) -> Mapping[str, str]:
    """The words of the interface by dotted key, as in `nav.bodies`."""
    if language not in DIRECTIONS:
        raise UsageError(f"no pages in {language!r}; there are {', '.join(DIRECTIONS)}")
    with (folder("locale") / f"{language}.toml").open("rb") as file:
        loaded = tomllib.load(file)
    return {
        f"{part}.{name}": text for part, entries in loaded.items() for name, text in entries.items()
    }


def word(key: str, language: str) -> str:
    known = words(language)
    if key not in known:
        raise UsageError(f"no word is called {key!r} in troth/site/locale/{language}.toml")
    return known[key]


def data(value: object) -> SafeString:
    """A value from the data, set apart from the text around it whichever way it is written."""
    return SafeString(f"<bdi>{escape(wording.visible(str(value)))}</bdi>")


def say(key: str, language: str, **slots: object) -> SafeString:
    """A sentence with every slot set apart; its own words are ours and need no escape."""
    text = wording.template(key, language)
    try:
        return SafeString(text.format_map({name: data(value) for name, value in slots.items()}))
    except KeyError as missing:
        raise UsageError(f"sentence {key!r} needs a value for {missing}") from None


def rule_text(value: str, language: str) -> SafeString:
    """A text of the catalogue, which is in English, marked so on pages in other languages."""
    lang = "" if language == "en" else ' lang="en"'
    return SafeString(f"<bdi{lang}>{escape(wording.visible(value))}</bdi>")


def _library(language: str) -> Library:
    library = Library()

    def t(_: Parser, token: Token) -> Node:
        parts = token.split_contents()
        if len(parts) != 2:
            raise TemplateSyntaxError("t takes one key, as in {% t nav.bodies %}")
        return TextNode(escape(word(parts[1], language)))

    def say_in(key: str, **slots: object) -> SafeString:
        return say(key, language, **slots)

    def rule_in(value: str) -> SafeString:
        return rule_text(value, language)

    library.tag("t", t)
    library.simple_tag(say_in, name="say")
    library.filter("data", data)
    library.filter("plain", _plain)
    library.filter("rule", rule_in)
    library.filter("count", _count)
    library.filter("percent", _percent)
    library.filter("number", _number)
    return library


def _plain(value: object) -> SafeString:
    """A value where no tag may stand: in a title or an attribute."""
    return SafeString(escape(wording.visible(str(value))))


def _count(number: int) -> SafeString:
    return data(wording.count(number))


def _number(value: float) -> SafeString:
    return data(wording.number(value))


def _percent(share: float) -> SafeString:
    return SafeString(f"<bdi>{escape(wording.percent(share))}\u00a0%</bdi>")


class Renderer:
    """Renders the templates in one language. `page` gives the whole text of a page."""

    def __init__(self, language: str, shared: Mapping[str, object]):
        if not settings.configured:
            settings.configure(USE_I18N=False, USE_TZ=False, TEMPLATES=[], INSTALLED_APPS=[])
            django.setup()
        words(language)
        self.language = language
        self._engine = Engine(
            dirs=[str(folder("templates"))], autoescape=True, string_if_invalid=NO_SUCH_VALUE
        )
        self._engine.template_builtins.append(_library(language))
        self._templates: dict[str, Template] = {}
        self._shared = {
            "language": language,
            "direction": DIRECTIONS[language],
            "policy": POLICY,
            "english": language == "en",
            **shared,
        }

    def page(self, template: str, root: str, context: Mapping[str, object]) -> str:
        """The page; `root` is the way from it to the top folder, as "" or "../"."""
        if template not in self._templates:
            self._templates[template] = self._engine.get_template(template)
        return str(
            self._templates[template].render(Context({**self._shared, "root": root, **context}))
        )
