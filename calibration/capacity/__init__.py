"""How long a corpus of any size takes to encode and deduplicate, and what memory, disk and network it needs."""
