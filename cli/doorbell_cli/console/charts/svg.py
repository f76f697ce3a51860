"""SVG elements as text that a template takes as it is: whatever stands in them is escaped."""

from xml.etree import ElementTree

from markupsafe import Markup

from doorbell_cli.cells import printable


def drawing(width: float, height: float, label: str) -> ElementTree.Element:
    """`label`: what it shows, for who cannot see it; the numbers stand in a table beside it."""
    return ElementTree.Element(
        "svg",
        {
            "viewBox": f"0 0 {width:g} {height:g}",
            "role": "img",
            "aria-label": printable(label),
            "class": "chart",
        },
    )


def add(
    parent: ElementTree.Element, tag: str, text: str = "", **attributes: str | float
) -> ElementTree.Element:
    """`class_` is class, `stroke_width` stroke-width."""
    named = {
        name.rstrip("_").replace("_", "-"): value
        if isinstance(value, str)
        else f"{value:.1f}".removesuffix(".0")
        for name, value in attributes.items()
    }
    element = ElementTree.SubElement(parent, tag, named)
    element.text = printable(text)
    return element


def markup(element: ElementTree.Element) -> Markup:
    return Markup(ElementTree.tostring(element, encoding="unicode", short_empty_elements=True))
