"""Lists public declarations without a documentation comment; ends with 1 when there are any.

    python3 .ci/undocumented.py SYMBOLS

SYMBOLS is the folder with the symbol graphs that the documentation was made from. What the
compiler adds, and extensions, which have no text of their own, do not count.
"""

import json
import sys
from pathlib import Path


def undocumented(graph):
    """The declarations of a symbol graph that have no comment: their places and names."""
    for symbol in graph["symbols"]:
        is_added = "::SYNTHESIZED::" in symbol["identifier"]["precise"] or "location" not in symbol
        if is_added or symbol["kind"]["identifier"] == "swift.extension":
            continue
        if not symbol.get("docComment"):
            place = symbol["location"]
            path = place["uri"].split("/Sources/")[-1]
            line = place["position"]["line"] + 1
            yield f"Sources/{path}:{line}: {'.'.join(symbol['pathComponents'])}"


def main():
    files = sorted(Path(sys.argv[1]).rglob("*.symbols.json"))
    if not files:
        sys.exit(f"there are no symbol graphs in {sys.argv[1]}")
    found = sorted({each for file in files for each in undocumented(json.loads(file.read_text()))})
    print(*found, sep="\n", end="\n" if found else "")
    print(f"{len(found)} public declarations without documentation, in {len(files)} symbol graphs")
    sys.exit(1 if found else 0)


main()
