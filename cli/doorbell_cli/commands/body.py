"""The value of `--body`: the text itself, or @FILE."""

from pathlib import Path

import typer


def body_of(text: str) -> bytes:
    """Raises `typer.BadParameter` for a file that cannot be read."""
    if not text.startswith("@"):
        return text.encode("utf-8", "surrogateescape")  # what was typed need not be UTF-8
    try:
        return Path(text[1:]).read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{text[1:]}: {error.strerror}", param_hint="--body") from None
