"""How many requests a server of sentence similarity answers, and how long they take."""
