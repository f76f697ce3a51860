"""Metrics and logs of use cases that run in the operator's hands: the command itself says what happened."""


class Quiet:
    def count(self, name: str, value: float = 1, **dimensions: str) -> None:
        return

    def measure(self, name: str, seconds: float) -> None:
        return

    def debug(self, message: str, **fields: object) -> None:
        return

    def info(self, message: str, **fields: object) -> None:
        return

    def error(self, message: str, **fields: object) -> None:
        return
