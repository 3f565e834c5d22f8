"""One reader of tables for pairs and corpora: a file of any accepted format as a stream of rows and problems."""
