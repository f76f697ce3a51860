"""A request in, a view, a template out; and what each form does."""
