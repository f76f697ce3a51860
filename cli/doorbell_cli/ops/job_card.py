"""One job as people read it: what its kind has, and no line that says nothing."""

from collections.abc import Mapping

from doorbell_cli.ops.trying import VERIFIED

_OF_ONE_KIND = ("preview", "test", "purge")
NOT_OF = {
    "test": frozenset({"since", "written", "reached"}),
    "preview": frozenset({"written"}),
    "purge": frozenset({"since", "until", "written", "reached"}),
}
"""Lines that every job has, and that say nothing of this kind."""


def job_card(document: Mapping[str, object]) -> dict[str, object]:
    """Of `job_json`, by the words of each line."""
    kind = str(document["kind"])
    told = {name: value for name, value in document.items() if name not in _OF_ONE_KIND}
    own = document.get(kind)
    told |= _counted(own) if isinstance(own, dict) else {}
    if isinstance(verified := told.get("verified"), bool):
        told["verified"] = VERIFIED[verified]
    return {
        _words(name, kind): value
        for name, value in told.items()
        if name not in NOT_OF.get(kind, ()) and _says_something(name, value)
    }


def _counted(own: Mapping[str, object]) -> dict[str, object]:
    """A purge's counts are told with their kinds, and those of nothing are not."""
    return {name: _shown(value) if isinstance(value, dict) else value for name, value in own.items()}


def _shown(counts: Mapping[str, object]) -> str:
    return (
        ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in counts.items() if count) or "nothing"
    )


def _words(name: str, kind: str) -> str:
    return "waits until" if (name, kind) == ("until", "test") else name.replace("_", " ")


def _says_something(name: str, value: object) -> bool:
    """A count of none does, but for `tries`."""
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return bool(value) or (is_count and name != "tries")
