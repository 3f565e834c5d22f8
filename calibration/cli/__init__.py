"""The command line: `simtier COMMAND`, the same as `python -m calibration COMMAND`; one module a command."""
