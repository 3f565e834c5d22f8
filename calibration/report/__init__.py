"""Pictures of results; the only part of the library that draws."""
