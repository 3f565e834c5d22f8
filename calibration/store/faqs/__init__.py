"""FAQ collections in the store, and the questions that they could not answer."""
