"""How long it takes from a cold start to help, a decision, a vector and a server that answers."""
