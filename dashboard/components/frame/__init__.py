"""What is around every page: heading, errors, notices, progress, presentation, ways between pages."""
