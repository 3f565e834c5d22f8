"""How many labels to draw, which ones, and how well labellers agree."""
