"""Gettext catalogues, one `.po` a language."""
