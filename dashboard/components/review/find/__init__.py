"""Bad cases looked for in labelled data, or brought in from a file."""
