"""The console: web pages on this machine, for who is on call and for who sets up a customer.

    views/      what a page shows, as plain data: made by the use cases, told to nobody in particular
    pages/      a request in, a view, a template out; and what a form does
    charts/     SVG that is drawn here
    templates/, static/   HTML, one style sheet, ES modules without a build step

`door.py` is the only way in: one browser on this machine. It needs Starlette, Jinja2 and uvicorn, which no
Lambda has.
"""
