"""Asking other servers over HTTP."""
