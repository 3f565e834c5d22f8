"""Two versions of a policy compared on the same labelled pairs."""
