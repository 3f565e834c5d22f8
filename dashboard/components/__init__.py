"""Parts that pages are put together from. None imports a page."""
