"""Deduplication and matching of whole corpora, beside semhash and plain FAISS on the same vectors."""
