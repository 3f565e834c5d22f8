"""What computes vectors: OpenVINO on processors, PyTorch elsewhere and for models that cannot be converted."""
