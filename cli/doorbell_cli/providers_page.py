"""docs/providers.md, made of the catalogue: `make docs` writes it, a test holds the two together."""

from collections.abc import Callable, Iterator, Sequence

from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.schemes.presets import PRESETS
from doorbell.signatures.source_check import NEED_VERIFY_TOKEN
from doorbell_cli.providers.elsewhere import compared
from doorbell_cli.providers.texts import SECOND_SECRET, wants_two_secrets

type Said = Callable[[Entry], str]

URL_SIGNED_BY = frozenset({"contentful", "plivo", "twilio"})
"""Special rules whose message holds the URL."""

HEAD = """\
# Providers

<!-- Made by `make docs` (`doorbell providers --markdown`). Change the catalogue, not this page. -->

`doorbell providers PART` finds one by any part of its name. `doorbell providers show NAME` says what to paste
where, what a request looks like, what is not signed, where the facts come from and which are from memory.
`doorbell sources detect FILE` says whose a captured request can be. `doorbell sign --provider NAME` prints a
request that is signed as the provider does.

- **provider**: a † marks those that only third parties' code shows: nothing of the provider's own was run or
  read. Let it send a test event before you rely on it. `doorbell sources put` says so, too.
- **proof**: how a request is proven; `±` is how far a signed time may be off.
- **delivery key**: what tells a repetition from a new event. A source's `dedupe` overrides it.
- **answer**: what an accepted event is answered with, and how soon the provider wants it. A source's `ack`
  overrides it.

A provider that is not here, and signs with an HMAC, needs no code:
[a scheme of your own](configure.md#a-scheme-of-your-own).
Others: [add a provider](architecture.md#add-a-provider).

## The catalogue
"""

NEEDS = """
## What a source needs besides its secret

`public_url`: the exact URL the provider was given. `verify_token_ref`: the token of its handshake.
The rest goes into `options`.
"""

ADDRESSES = """
## Address presets

For `allowed_cidrs`. Providers change them: look at the origin, and take a preset as a help, not as a proof.
"""

ELSEWHERE = """
## Beside other gateways

What two others name as sources that they verify, and what is here for each. An empty column has a reason.
"""


def page(entries: Sequence[Entry], *, proof: Said, key: Said, answer: Said) -> str:
    def row(entry: Entry) -> str:
        mark = " †" if entry.proof else ""
        name = f"| [{entry.title}]({entry.docs}){mark} | `{entry.name}`"
        return f"{name} | {proof(entry).replace('|', '&#124;')} | {key(entry)} | {answer(entry)} |"

    lines = [HEAD, "| provider | name | proof | delivery key | answer |", "|---|---|---|---|---|"]
    lines += [row(entry) for entry in entries]
    lines += [NEEDS, "| name | needs | what it is |", "|---|---|---|"]
    lines += [row for entry in entries for row in _needs(entry)]
    lines += [ADDRESSES, "| preset | ranges | as of | origin |", "|---|---|---|---|"]
    lines += [
        f"| `preset:{name}` | {len(preset.cidrs)} | {preset.as_of} | {preset.origin} |"
        for name, preset in PRESETS.items()
    ]
    titles = {entry.name: entry.title for entry in entries}
    return "\n".join([*lines, ELSEWHERE, *compared(titles.__getitem__)])


def _needs(entry: Entry) -> Iterator[str]:
    if _signs_its_url(entry):
        yield f"| `{entry.name}` | `public_url` | it signs the URL: needed where that is not Doorbell's own |"
    if NEED_VERIFY_TOKEN & set(entry.unsigned):
        yield f"| `{entry.name}` | `verify_token_ref` | for its handshake |"
    if wants_two_secrets(entry):
        yield f"| `{entry.name}` | {SECOND_SECRET} | {entry.secret} |"
    for name, option in entry.options.items():
        needed = ", required" if option.required else ""
        default = f"; without it `{option.default}`" if option.default else ""
        yield f"| `{entry.name}` | `{name}`{needed} | {option.meaning}{default} |"


def _signs_its_url(entry: Entry) -> bool:
    return entry.special in URL_SIGNED_BY or (entry.scheme is not None and "url" in entry.scheme.message)
