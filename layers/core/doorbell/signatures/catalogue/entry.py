"""What the catalogue knows of a provider. (As lean as `schemes.scheme`: cold starts make these classes.)"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from doorbell.signatures.schemes.scheme import Scheme

POST = ("POST",)
WRITES = ("POST", "PUT", "PATCH", "DELETE")
ANY = ("GET", *WRITES)


@dataclass(frozen=True, slots=True, repr=False, match_args=False)
class AckRule:
    """What the provider wants to hear, and within how many seconds. `limit_seconds` None = not stated."""

    status: int = 202
    body: str = '{"status":"accepted"}'
    content_type: str = "application/json"
    limit_seconds: float | None = None


NO_CONTENT = AckRule(204, "", "text/plain")


@dataclass(frozen=True, slots=True, repr=False, match_args=False)
class Option:
    """A parameter that a source may (or must) give under `options`."""

    meaning: str
    required: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True, repr=False, match_args=False)
class Each:
    """Several events in one body. `at`: the path of the elements, ending in `[]`. `key`: paths in an element
    whose values are its own id, if it has one (`special:<module>.…`: what its `key_of` says). `always`: each
    of several is an event of its own, whatever the source says. `empty`: the type of a body without any.
    `content_type`: that of an element by itself."""

    at: str
    key: tuple[str, ...] = ()
    empty: str = ""
    content_type: str = "application/json"
    always: bool = False


@dataclass(frozen=True, slots=True, repr=False, match_args=False)
class Entry:
    """One provider, or one of its signature forms (`github`, `github.sha1`).

    Either `scheme` or `special` (a module of `signatures/special`) says how requests are proven.
    `dedupe` and `event_type` are locators as in `facts`, joined when several. `or_type`: others in their
    place, in order, for what they give nothing for, such as a provider's control messages. `each`: where a
    body has several events. `dedupe_before`: the locators of the release before, whose key is asked too; away
    with the next. `unsigned` and `signed` name handshakes (`handshakes`): answered before, or only after, the
    check. `answers`: the module of `special` whose `reply` makes each answer of its request and of the
    secrets, a second one among them; `ack` is the answer where it makes none. `window_hours` is the
    provider's whole retry span. `only_json`: what is no JSON object or list is
    none of the provider's events, though it be signed: somebody played with an answered challenge, went on
    with a hash, or moved the boundary between two things that are signed side by side. `sends_again`: what
    was refused comes again by itself, or nobody knows whether it does. `taken_once`: no time is signed, and
    the key is: a repetition is one for as long as the event is kept. `token_at`: where in
    the body the token stands that proves its sender; it is blanked then. `proof`: "third-party" where no code
    or page of the provider's own says how it signs. `takes_api_keys`: its secret may look like an API key;
    `foreign`: how what is plainly no secret of this kind begins, and what it is. `facts` says of single
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
    or_type: tuple[tuple[str, ...], ...] = ()
    each: Each | None = None
    dedupe_before: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    answers: str = ""
    ack: AckRule = AckRule()
    window_hours: int | None = None
    secret: str = "the signing secret"
    setup: str = ""
    binds_body: bool = True
    only_json: bool = False
    taken_once: bool = False
    token_at: str = ""
    sends_again: bool = True
    proof: str = ""
    takes_api_keys: bool = False
    foreign: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    has_more: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Once, not per request: most have none of these."""
        object.__setattr__(
            self, "has_more", bool(self.each or self.or_type or self.dedupe_before or self.token_at)
        )
