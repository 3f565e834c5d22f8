"""The guided tour: its steps, and what its buttons do."""
