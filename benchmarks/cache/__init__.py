"""How long vectors take to be kept and read again, and what damage does."""
