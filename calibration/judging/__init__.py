"""A judge that labels pairs, audited by people: asked, measured, and counted for what it is worth."""
