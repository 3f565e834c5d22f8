"""Questions matched to answers: a file of them, or one at once."""
