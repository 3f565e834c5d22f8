"""What several pages ask, show or read in one way: datasets, uploads, saved policies, tables, charts, tiers."""
