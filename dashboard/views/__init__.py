"""One file a page: read state, show widgets, call the library once, show the result, write state."""
