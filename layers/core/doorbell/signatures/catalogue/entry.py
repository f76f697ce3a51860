"""What the catalogue knows of a provider."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from doorbell.signatures.scheme import Scheme

POST = ("POST",)
WRITES = ("POST", "PUT", "PATCH", "DELETE")
ANY = ("GET", *WRITES)


@dataclass(frozen=True, slots=True)
class AckRule:
    """What the provider wants to hear, and within how many seconds. `limit_seconds` None = not stated."""

    status: int = 202
    body: str = '{"status":"accepted"}'
    content_type: str = "application/json"
    limit_seconds: float | None = None


NO_CONTENT = AckRule(204, "", "text/plain")


@dataclass(frozen=True, slots=True)
class Option:
    """A parameter that a source may (or must) give under `options`."""

    meaning: str
    required: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One provider, or one of its signature forms (`github`, `github.sha1`).

    Either `scheme` or `special` (a module of `signatures/special`) says how requests are proven.
    `dedupe` and `event_type` are locators as in `facts`, joined when several. `unsigned` and `signed` name
    handshakes (`handshakes`): answered before, or only after, the check. `window_hours` is the provider's
    whole retry span. `only_json`: what is no JSON object or list is none of the provider's events, though it
    be signed: somebody played with an answered challenge, or went on with a hash. `facts` says of single
    facts how they are known.
    """

    name: str
    title: str
    docs: str
    scheme: Scheme | None = None
    special: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Option] = field(default_factory=dict)
    needs_secret: bool = True
    needs_public_url: bool = False
    methods: tuple[str, ...] = POST
    dedupe: tuple[str, ...] = ()
    event_type: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    ack: AckRule = AckRule()
    window_hours: int | None = None
    secret: str = "the signing secret"
    setup: str = ""
    binds_body: bool = True
    only_json: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)
