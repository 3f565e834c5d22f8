"""Messages in both languages."""
