"""The commands of this folder, for `doorbell --help`."""

from doorbell_cli.lazy import Line, Listed

_HERE = "doorbell_cli.commands.operations"

TRIAL = {
    "test": Listed(
        f"{_HERE}.test:send_test",
        "Send a signed test event to one subscription and show the answer; exit 1 unless it was delivered.",
        "test acme/ci",
    ),
    "listen": Listed(
        f"{_HERE}.listen:listen",
        "Print every request, and whether its signature is right; with --json a line of JSON for each.",
        "listen --forward http://localhost:3000/hooks",
    ),
}
WATCH = {
    "status": Listed(
        f"{_HERE}.status:status",
        "What waits and why, what fails and since when, what is lost: one subscription, or all of a tenant.",
        "status acme/ci",
    ),
    "console": Listed(
        f"{_HERE}.console:console",
        "Web pages on this machine: what fails and why, every event, who is refused; until Ctrl-C.",
        "console --read-only",
    ),
    "stats": Listed(
        f"{_HERE}.stats:stats",
        "What happened at a subscription or a source, how often, and how long it took: p50, p95, p99.",
        "stats acme/ci --since 7d --by day",
    ),
    "check": Listed(
        f"{_HERE}.check:check",
        "Check every item, schema, secret, URL, endpoint, queue and alarm; exit 1 when anything is wrong.",
        "check --stack doorbell",
    ),
    "show": Listed(
        f"{_HERE}.show:show",
        "Whatever an id stands for: an event, a delivery, a subscription, a source.",
        "show evt_6nyk2uki",
    ),
    "events": Listed(
        f"{_HERE}.events:events",
        "Events: what came in.",
        commands={
            "list": Line("A tenant's events, newest first.", "events list --since 1h --type push"),
            "show": Line(
                "An event, who wanted it, who nearly did, and every delivery with its attempts.",
                "events show evt_6nyk2uki",
            ),
            "tail": Line("Events as they are recorded, until Ctrl-C.", "events tail --for 60"),
        },
    ),
    "deliveries": Listed(
        f"{_HERE}.deliveries:deliveries",
        "Deliveries: where events went.",
        commands={
            "list": Line(
                "Deliveries by their state, newest first; without --state what ended without success.",
                "deliveries list --state failing --subscription ci",
            ),
            "show": Line(
                "The timeline of one delivery and of its replays: every attempt, and what was answered.",
                "deliveries show evt_6nyk2uki ci",
            ),
        },
    ),
    "refused": Listed(
        f"{_HERE}.refused:refused",
        "Refused requests: what was turned away, and why.",
        commands={
            "list": Line(
                "A source's refused requests that are kept, newest first.", "refused list github-main"
            ),
            "show": Line(
                "One refused request, and in words what was wrong with it.", "refused show github-main"
            ),
            "accept": Line(
                "Let refused requests in after all: each is verified again.",
                "refused accept github-main --all",
            ),
        },
    ),
    "logs": Listed(
        f"{_HERE}.logs:logs",
        "What the functions have written, oldest first: of a source, of an event, or all.",
        "logs --source github-main --since 15m",
    ),
    "audit": Listed(
        f"{_HERE}.audit:audit",
        "Count events, matches and every state from the tables; list what does not balance; exit 1 if any.",
        "audit --since 7d",
    ),
    "cost": Listed(
        f"{_HERE}.cost:cost",
        "What a month costs, by service, with the price list's date, and the two largest levers.",
        "cost --measured --body 4KB",
    ),
}
REPAIR = {
    "replay": Listed(
        f"{_HERE}.replay:replay",
        "Deliver again: one EVENT, or what --subscription missed --since a time.",
        "replay --subscription ci --since 24h --dry-run",
    ),
    "jobs": Listed(
        f"{_HERE}.jobs:jobs",
        "Jobs: what the stack works on by itself.",
        commands={
            "list": Line("A tenant's jobs, newest first; kept for a month.", "jobs list --tenant acme"),
            "show": Line(
                "One job: what it does, how far it is, what it left out, and why it failed.",
                "jobs show 5f0c9d2b7a6e4d13a8b1c2d3e4f50617",
            ),
            "cancel": Line(
                "Call a job off: it goes no further.", "jobs cancel 5f0c9d2b7a6e4d13a8b1c2d3e4f50617"
            ),
        },
    ),
    "backfill": Listed(
        f"{_HERE}.backfill:backfill",
        "Compare the provider's own list of a source with the record, and bring what is missing.",
        "backfill github-main --dry-run",
    ),
    "dlq": Listed(
        f"{_HERE}.dlq:dlq",
        "The dead-letter queues: Doorbell's own faults.",
        commands={
            "list": Line(
                "Show how many messages each queue has, and a few of them: ids only, never a body. Exit 1 if "
                "there are any.",
                "dlq list",
            ),
            "redrive": Line(
                "Send the messages back to where they came from. Safe to repeat and to interrupt.",
                "dlq redrive events",
            ),
        },
    ),
    "purge": Listed(
        f"{_HERE}.purge:purge",
        "Remove everything of a tenant and count again: exit 1 unless nothing is left.",
        "purge --tenant acme --dry-run",
    ),
}
