"""Texts a second, beside sentence-transformers, transformers and a C engine; and how near the vectors are."""
