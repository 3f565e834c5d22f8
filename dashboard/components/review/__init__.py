"""The Review page: bad cases from report to decision."""
