"""Questions that a FAQ collection could not answer: grouped by meaning, made entries of, and what that brings."""
