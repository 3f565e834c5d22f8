"""Live comparison: sentences against others, each answer judged, marked, kept and reported."""
