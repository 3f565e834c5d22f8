"""Labels to come: which pairs, how many, and which existing ones to look at again."""
