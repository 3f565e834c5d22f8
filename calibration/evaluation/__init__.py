"""How good a policy or a model is on labelled pairs."""
