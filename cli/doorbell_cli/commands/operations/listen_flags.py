"""The flags of `doorbell listen --forward`, and which of all go together."""

from typing import Annotated, Final

import typer

from doorbell_cli.commands.typed import refuse_typed

_PANEL: Final = "With --forward"
ALONE: Final = ("port", "host", "status", "fail", "keep")
"""Of the receiver that listens itself."""
WITH_FORWARD: Final = (
    "name", "tenant", "event_type", "source", "filter", "transform", "body", "event",
    "retry", "stay", "timeout", "anywhere", "stack",
)  # fmt: skip

Forward = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Ring here what a deployed Doorbell delivers.", rich_help_panel=_PANEL),
]
Name = Annotated[
    str | None,
    typer.Option(
        help="Several at once have a name each; the same one goes on where it was. "
        "Else user, host and the URL's port.",
        rich_help_panel=_PANEL,
    ),
]
Tenant = Annotated[str, typer.Option(help="Whose events.", rich_help_panel=_PANEL)]
EventType = Annotated[
    list[str] | None,
    typer.Option(help="Only types that this glob matches: `invoice.*`.", rich_help_panel=_PANEL),
]
Source = Annotated[list[str] | None, typer.Option(help="Only events of this source.", rich_help_panel=_PANEL)]
Filter = Annotated[
    str | None, typer.Option(help="JMESPath over {event, body, headers}.", rich_help_panel=_PANEL)
]
Transform = Annotated[str | None, typer.Option(help="JMESPath that makes the body.", rich_help_panel=_PANEL)]
Body = Annotated[str | None, typer.Option(help="raw or cloudevents.", rich_help_panel=_PANEL)]
From = Annotated[
    list[str] | None,
    typer.Option(
        "--from", metavar="EVENT", help="Ring this old event first; can be repeated.", rich_help_panel=_PANEL
    ),
]
Retry = Annotated[
    bool,
    typer.Option("--retry", help="Ring again what is not answered 2xx.", rich_help_panel=_PANEL),
]
Anywhere = Annotated[
    bool,
    typer.Option(
        "--anywhere",
        help="The URL may be another machine's: events, and what stands in them, leave this one.",
        rich_help_panel=_PANEL,
    ),
]
Stay = Annotated[
    bool,
    typer.Option(
        "--stay",
        help="Leave queue and subscription at the end: what comes within a day waits.",
        rich_help_panel=_PANEL,
    ),
]
Timeout = Annotated[
    int, typer.Option(help="Seconds that the URL may take.", min=1, max=3600, rich_help_panel=_PANEL)
]


def refuse_mixed(context: typer.Context) -> None:
    """A flag that means nothing here is a mistake of whoever typed it."""
    if context.params.get("forward") is not None:
        refuse_typed(context, ALONE, "Means nothing with --forward.")
    else:
        refuse_typed(context, WITH_FORWARD, "Goes with --forward.")
