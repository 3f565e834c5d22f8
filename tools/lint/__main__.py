"""Run all rules; exit code 1 if one is broken."""

from __future__ import annotations

import sys

from tools.lint import catalogues, circles, documentation, navigation, numbers, untranslated

RULES = (untranslated, catalogues, numbers, navigation, documentation, circles)


def main() -> int:
    """Print what the rules find, ordered by file and line."""
    found = sorted({str(problem) for rule in RULES for problem in rule.check()})
    sys.stdout.writelines(f"{line}\n" for line in found)
    sys.stdout.write(f"{len(found)} problems\n" if found else "All rules kept.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
