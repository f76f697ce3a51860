"""SVG that the console draws itself. Colours and fonts come from the style sheet, by class."""
