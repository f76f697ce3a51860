"""Views into HTML. Everything that is put into a page is escaped, and control characters (those that turn the
direction of writing, too) are made visible: bodies and answers are hostile text."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, StreamingResponse

from doorbell.domain.errors import Refusal
from doorbell_cli.cells import printable
from doorbell_cli.ops.times import span
from doorbell_cli.target import EXPECTED, said

FLUSH = "\0"
"""In a template: what stands before it goes out now. Nothing else in a page is that character: it would have
been made visible."""
CODE = re.compile("`([^`]+)`")
_ENDED = Markup('</table><p class="problem" role="alert">It ends here: {}</p></main></body></html>')


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
        self._jinja.globals["flush"] = Markup(FLUSH)
        self._jinja.filters |= {"ago": ago, "segment": segment, "query": urlencode, "number": number}
        self._jinja.filters |= {"usd": usd, "coded": coded}

    def page(self, template: str, now: float, /, *, status: int = 200, **shown: Any) -> HTMLResponse:
        text = self._jinja.get_template(template).render(frame=self.frame, now=now, **shown)
        return HTMLResponse(text, status)

    def streamed(self, template: str, now: float, /, *, status: int = 200, **shown: Any) -> StreamingResponse:
        """A page of which each part goes out as soon as it is there: `shown` may have functions and iterators
        that ask AWS when the template comes to them. What AWS refuses then is said where the page ends."""
        pieces = self._jinja.get_template(template).generate(frame=self.frame, now=now, **shown)
        return StreamingResponse(_chunks(pieces), status, media_type="text/html")


def _chunks(pieces: Iterator[str]) -> Iterator[str]:
    waiting = list[str]()
    try:
        for piece in pieces:
            if piece != FLUSH:
                waiting.append(piece)
            elif waiting:
                yield "".join(waiting)
                waiting.clear()
    except EXPECTED as error:
        text = error.detail if isinstance(error, Refusal) else said(error)
        waiting.append(_ENDED.format(printable(text)))
    yield "".join(waiting)


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


def coded(text: str) -> Markup:
    """What the catalogue has between backticks, as code."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(printable(text)))))


def number(value: float) -> str:
    return f"{value:,}"


def usd(value: float) -> str:
    """Of less than a cent that it is less."""
    return f"{value:,.2f}" if value >= 0.005 or value <= 0 else "< 0.01"
