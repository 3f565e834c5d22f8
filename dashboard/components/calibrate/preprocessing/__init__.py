"""Text settings: what cleaning and segmentation do on labelled pairs."""
