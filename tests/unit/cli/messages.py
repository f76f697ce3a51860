"""Every message of the CLI, read out of its source: what is said, asked, refused and advised."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3] / "cli" / "doorbell_cli"
SPEAKERS = {
    "fail", "say", "note", "echo", "secho", "confirm", "confirmed", "prompt", "BadParameter", "Refusal",
    "Option", "Argument", "Typer", "Line", "Listed",
    "Finding", "TargetError", "StackError", "FileError", "SampleError", "progress", "step", "rows", "Styled",
    "ParameterError", "Elsewhere", "refuse_typed", "refuse_other",
}  # fmt: skip
"""Whose texts are for people."""


def messages() -> list[str]:
    """`file: text`, sorted; `{…}` stands for what is only known when it is said."""
    found = {
        f"{path.relative_to(ROOT)}: {text}".replace("\n", "\\n")
        for path in sorted(ROOT.rglob("*.py"))
        if "conformance" not in path.parts
        for text in _spoken(ast.parse(path.read_text()))
    }
    return sorted(found)


def _spoken(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in SPEAKERS:
            for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                yield from filter(_is_prose, _texts(argument))
        elif isinstance(node, ast.Return | ast.Yield) and node.value is not None:
            yield from filter(_is_prose, _texts(node.value))
    for statement in getattr(tree, "body", []):  # words for codes
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Dict):
            yield from filter(_is_prose, _texts(statement.value))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _texts(node: ast.AST) -> Iterator[str]:
    """The texts in an argument, those it chooses among and those it joins."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{…}" for part in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif not isinstance(node, ast.Call) or _name(node.func) not in SPEAKERS:
        for child in ast.iter_child_nodes(node):
            yield from _texts(child)


def _is_prose(text: str) -> bool:
    return " " in text.strip() and any(character.isalpha() for character in text.replace("{…}", ""))


LIST = Path(__file__).with_name("messages.txt")

if __name__ == "__main__":
    LIST.write_text("".join(f"{message}\n" for message in messages()))
