"""What the pages show: plain data, made of the use cases' results. A view does not know who looks."""
