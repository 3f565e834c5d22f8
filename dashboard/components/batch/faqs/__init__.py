"""FAQ collections that the API answers from: contents with versions, cut-offs, questions they could not answer."""
