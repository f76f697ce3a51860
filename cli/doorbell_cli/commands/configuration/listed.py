"""The commands of this folder, for `doorbell --help`."""

from doorbell_cli.lazy import Line, Listed

_HERE = "doorbell_cli.commands.configuration"

CONFIGURATION = {
    "sources": Listed(
        f"{_HERE}.sources:sources",
        "Who may ring, and how they prove who they are.",
        commands={
            "list": Line("Every source, with what is wrong with it.", "sources list"),
            "show": Line("One source, as it is written.", "sources show github --yaml"),
            "delete": Line("Remove a source.", "sources delete github"),
            "enable": Line("Switch a source on.", "sources enable github"),
            "disable": Line("Switch a source off.", "sources disable github --reason 'moved away'"),
            "pause": Line(
                "Send none of its events, and lose none: they come in and wait.",
                "sources pause github",
            ),
            "resume": Line(
                "Let out what waits for it, oldest first, at a metered rate.", "sources resume github"
            ),
            "detect": Line(
                "Say which providers' a captured request can be, and what is missing to verify it.",
                "sources detect request.txt --url https://example.com/in/orders",
            ),
            "put": Line(
                "Create a source, or change the given fields of an existing one. With --file, write it as "
                "the file says.",
                "sources put github --provider github --secret-stdin",
            ),
            "rotate-secret": Line(
                "Read a new secret from stdin and accept it beside the old one until --finish.",
                "sources rotate-secret github --generate",
            ),
        },
    ),
    "subscriptions": Listed(
        f"{_HERE}.subscriptions:subscriptions",
        "Who wants which events, where to, how.",
        commands={
            "list": Line("Every subscription, with what is wrong with it.", "subscriptions list --json"),
            "show": Line("One subscription, as it is written.", "subscriptions show acme/ci --yaml"),
            "delete": Line("Remove a subscription.", "subscriptions delete acme/ci"),
            "enable": Line(
                "Switch a subscription on, with a clean record: its breaker is closed.",
                "subscriptions enable acme/ci",
            ),
            "disable": Line(
                "Switch a subscription off; what waits for it is cancelled within two minutes.",
                "subscriptions disable acme/ci --reason 'being rebuilt'",
            ),
            "pause": Line(
                "Send nothing for now, and lose nothing: events match and wait.",
                "subscriptions pause acme/ci",
            ),
            "resume": Line(
                "Let out what waits, oldest first, at a metered rate.", "subscriptions resume acme/ci"
            ),
            "preview": Line(
                "Say which recorded events a changed subscription would have matched, and which not and why.",
                "subscriptions preview doorbell.yaml --since 24h",
            ),
            "put": Line(
                "Create a subscription, or change the given fields of an existing one. A new one gets a new "
                "signing secret unless you name one. With --file, write it as the file says.",
                "subscriptions put acme/ci --url https://ci.example.com/hooks --event-type push",
            ),
            "rotate-secret": Line(
                "Make a new secret and sign with both until --finish.",
                "subscriptions rotate-secret acme/ci",
            ),
            "trust-policy": Line(
                "Show the trust policy of the role that a subscription names with --role. The subscription "
                "need not be there yet: make the role first.",
                "subscriptions trust-policy acme/orders",
            ),
        },
    ),
    "apply": Listed(
        f"{_HERE}.apply:apply",
        "Make the stack's sources and subscriptions what the files say.",
        "apply -f doorbell.yaml --dry-run",
    ),
}
