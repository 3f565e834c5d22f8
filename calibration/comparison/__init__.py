"""Two policies, preprocessing variants or periods on the same pairs."""
