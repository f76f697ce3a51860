"""How the parts are put together in a Lambda: settings, wiring, logs, metrics, HTTP."""
