"""What a model's scores are worth, domain by domain."""
