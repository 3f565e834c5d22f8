"""The Python client of the HTTP API."""

from calibration.client.answers import Health, Matching, ReportedCase, Similarity
from calibration.client.client import Client

__all__ = ["Client", "Health", "Matching", "ReportedCase", "Similarity"]
