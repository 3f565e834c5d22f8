"""Labelled datasets: uploaded, listed, edited, traced, made of others, labelled a second time."""
