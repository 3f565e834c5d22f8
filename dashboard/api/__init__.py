"""The HTTP API beside the pages."""
