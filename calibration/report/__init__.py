"""Charts and the report; the only part of the library that draws."""
