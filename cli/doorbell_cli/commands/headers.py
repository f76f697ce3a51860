"""Headers of a request, as flags give them."""

from collections.abc import Sequence

import typer


def headers_of(given: Sequence[str] | None) -> dict[str, str]:
    """`name: value`, as often as given, by their names in small letters."""
    found = dict[str, str]()
    for text in given or ():
        name, colon, value = text.partition(":")
        if not colon or not name.strip():
            raise typer.BadParameter(f"{text!r} must be `name: value`.", param_hint="--header")
        if any(one < " " and one != "\t" for one in text):
            raise typer.BadParameter(
                f"{name!r} has a line break or another control character.", param_hint="--header"
            )
        found[name.strip().lower()] = value.strip()
    return found
