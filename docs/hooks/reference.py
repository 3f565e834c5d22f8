"""Reference pages made from the program itself when the site is built: they cannot go stale."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from command_line import command_line_page
from http_api import http_api_page, openapi
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[2]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the command line, the HTTP API and its schema."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    schema = openapi()
    made = {
        "reference/command-line.md": command_line_page(),
        "reference/http-api.md": http_api_page(schema),
        "reference/openapi.json": json.dumps(schema, ensure_ascii=False, indent=1),
    }
    for path, content in made.items():
        files.append(File.generated(config, path, content=content))
    return files
