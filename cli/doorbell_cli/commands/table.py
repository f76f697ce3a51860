"""Every command of `doorbell`: its name, its place, the line that `doorbell --help` shows, and an example.

The line is the first paragraph of the command's own help; a test holds the two together. A new command is a
module in one of the folders beside this file, and an entry here or in the folder's own `listed.py`.
"""

from collections.abc import Mapping

from doorbell_cli.commands.configuration.listed import CONFIGURATION
from doorbell_cli.commands.operations.listed import REPAIR, TRIAL, WATCH
from doorbell_cli.lazy import Line, Listed

_HERE = "doorbell_cli.commands"

_TRY = {
    "demo": Listed(
        "doorbell_cli.demo.command:demo",
        "Watch a signed GitHub push come in, be refused when forged, and be delivered with retries.",
        "demo",
    ),
    "local": Listed(
        f"{_HERE}.local:local",
        "Doorbell on this machine, in a local AWS.",
        commands={
            "up": Line("Bring the local stack up and keep it up until Ctrl-C.", "local up --port 4566"),
            "env": Line(
                'Print what points the AWS CLI and SAM at the running stack: eval "$(doorbell local env)".',
                "local env",
            ),
            "sam-env": Line(
                "Print the file that `sam local invoke --env-vars` needs; the stack must be up with "
                "--bind 0.0.0.0.",
                "local sam-env > env.json",
            ),
        },
    ),
    "ring": Listed(
        f"{_HERE}.ring:ring",
        "Ring at a source of the local stack: signed with the source's own secret, as its provider signs.",
        "ring github --event push --body @push.json",
    ),
}
_PROVIDERS = {
    "providers": Listed(
        f"{_HERE}.providers:providers", "The providers that Doorbell can verify.", "providers show stripe"
    ),
}
_SIGN = {
    "sign": Listed(
        f"{_HERE}.sign:sign",
        "Print a correctly signed request.",
        "sign --provider github --url https://example.com/in/github --body @push.json",
    ),
    "verify": Listed(
        f"{_HERE}.verify:verify",
        "Run a file of requests or of handshakes; exit 1 when an answer is not the expected one, 2 when a "
        "case cannot be read.",
        "verify --vectors vectors.json",
    ),
}

PANELS: Mapping[str, Mapping[str, Listed]] = {
    "Try it out": {**_TRY, **TRIAL},
    "Configure": {**CONFIGURATION, **_PROVIDERS},
    "See what happens": WATCH,
    "Put it right": REPAIR,
    "Signatures": _SIGN,
}
"""Grouped by what one wants to do."""
COMMANDS = {name: one for listed in PANELS.values() for name, one in listed.items()}
