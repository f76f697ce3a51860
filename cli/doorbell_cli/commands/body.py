"""The value of `--body`: the text itself, or @FILE."""

from pathlib import Path

import typer


def body_of(text: str) -> bytes:
    """Raises `typer.BadParameter` for a file that cannot be read."""
    if not text.startswith("@"):
        return text.encode()
    try:
        return Path(text[1:]).read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{text[1:]}: {error.strerror}", param_hint="--body") from None
