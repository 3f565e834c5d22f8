"""Rules of this project that ruff does not know: `python -m tools.lint`, run by `make style`."""
