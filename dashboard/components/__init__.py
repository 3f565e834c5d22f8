"""Parts that pages are put together from, in a folder for each subject. None imports a page.

`frame` is around every page and `shared` is what several subjects use; neither knows a subject. The layers in
pyproject.toml say which subject may build on which.
"""
