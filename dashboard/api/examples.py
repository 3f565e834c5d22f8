"""The examples of the API's documentation, which are the README's too."""

from __future__ import annotations

from typing import Final

CURL: Final = """\
curl -s http://localhost:7860/v1/similarity -H "Content-Type: application/json" \\
  -d '{"sources": ["花呗怎么还款"], "targets": ["花呗如何还款", "今天天气不错"], "domain": "bank"}'
"""
PYTHON: Final = """\
from calibration.client import Client

with Client("http://localhost:7860") as simtier:
    found = simtier.similarity(["花呗怎么还款"], ["花呗如何还款", "今天天气不错"], domain="bank")
    print(found.scores, found.tiers)
"""
JAVASCRIPT: Final = """\
const answer = await fetch("http://localhost:7860/api/predict", {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ data: ["花呗怎么还款", "花呗如何还款\\n今天天气不错"] }),
});
console.log((await answer.json()).data);
"""
MATCH_CURL: Final = """\
curl -s http://localhost:7860/v1/match -H "Content-Type: application/json" \\
  -d '{"queries": ["花呗怎么还款"], "faq": ["花呗如何还款", "今天天气不错"], "domain": "bank"}'
"""
MATCH_PYTHON: Final = """\
from calibration.client import Client

with Client("http://localhost:7860") as simtier:
    found = simtier.match(["花呗怎么还款"], faq=["花呗如何还款", "今天天气不错"], domain="bank")
    for match in found.matches:
        print(match.query, match.decision, [(near.text, near.score, near.tier) for near in match.answers])
"""
MATCH_JAVASCRIPT: Final = """\
const answer = await fetch("http://localhost:7860/v1/match", {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ queries: ["花呗怎么还款"], faq: ["花呗如何还款", "今天天气不错"], domain: "bank" }),
});
const { matches } = await answer.json();
console.log(matches[0].decision, matches[0].answers);
"""
DESCRIPTION: Final = f"""\
Similarity with calibrated tiers, matching of queries with a FAQ, embeddings, and reports of bad cases.

Where keys are in use, send one as `Authorization: Bearer KEY` or `X-API-Key: KEY`. Every error is
`{{"error": {{"type", "code", "message", "field", "param"}}}}`; 503 says in `Retry-After` when to come back.

<details><summary>Scores and tiers: shell, Python, JavaScript</summary>

```bash
{CURL}```

```python
{PYTHON}```

```javascript
{JAVASCRIPT}```

</details>

<details><summary>Match queries with the questions of a FAQ: shell, Python, JavaScript</summary>

`decision` says whether the first answer may be given.

```bash
{MATCH_CURL}```

```python
{MATCH_PYTHON}```

```javascript
{MATCH_JAVASCRIPT}```

</details>
"""
