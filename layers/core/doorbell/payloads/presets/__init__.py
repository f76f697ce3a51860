"""Messages for the tools that people look at: what of an event is told, and each tool's form of it."""
