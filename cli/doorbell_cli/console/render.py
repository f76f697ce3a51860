"""Views into HTML. Everything that is put into a page is escaped, and control characters (those that turn the
direction of writing, too) are made visible: bodies and answers are hostile text."""

import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from doorbell_cli.cells import printable
from doorbell_cli.ops.times import span


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around each page. `form_token` goes into each form."""

    stack: str
    local: bool
    read_only: bool
    form_token: str

    @property
    def stack_option(self) -> str:
        """What a command needs besides, to speak of this stack."""
        return "" if self.local else f" --stack {shlex.quote(self.stack)}"

    def command(self, words: str, *arguments: str) -> str:
        """A command line for a terminal, whole: `words` as they are, `arguments` quoted."""
        return " ".join(["doorbell", words, *map(shlex.quote, arguments)]) + self.stack_option


class Pages:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self._jinja = Environment(
            loader=PackageLoader("doorbell_cli.console"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_visible,
        )
        self._jinja.filters |= {"ago": ago, "segment": segment, "query": urlencode, "number": number}

    def page(self, template: str, now: float, /, *, status: int = 200, **shown: Any) -> HTMLResponse:
        text = self._jinja.get_template(template).render(frame=self.frame, now=now, **shown)
        return HTMLResponse(text, status)


def _visible(value: object) -> object:
    if value is None:
        return "–"
    return printable(value) if type(value) is str else value


def ago(at: float | None, now: float) -> Markup:
    """How long ago, or until when; the moment itself is in it, UTC, for the script that knows the reader's
    zone."""
    if at is None:
        return Markup("–")
    moment = datetime.fromtimestamp(at, UTC)
    text = "now" if abs(now - at) < 1 else f"{span(now - at)} ago" if at < now else f"in {span(at - now)}"
    exact = f"{moment:%Y-%m-%d %H:%M:%S} UTC"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(moment.isoformat(), exact, text)


def segment(text: str) -> Markup:
    """Within a path."""
    return escape(quote(text, safe=""))


def number(value: float) -> str:
    return f"{value:,}"
