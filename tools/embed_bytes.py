#!/usr/bin/env python3
"""Writes the bytes of a file, or none, as a constant of the program.

    embed_bytes.py SYMBOL OUTPUT [INPUT]      SYMBOL: array; SYMBOLBytes: their number, a closing 0 included
"""

import sys
from pathlib import Path


def main() -> int:
    symbol, output = sys.argv[1:3]
    data = Path(sys.argv[3]).read_bytes() if len(sys.argv) > 3 else b""
    data += b"\0"
    lines = [", ".join(str(byte) for byte in data[at : at + 30]) for at in range(0, len(data), 30)]
    text = (
        "// Written by tools/embed_bytes.py.\n#include <cstddef>\n\nnamespace seatrial {\n\n"
        f"extern const unsigned char {symbol}[];\nextern const std::size_t {symbol}Bytes;\n"
        f"alignas(16) const unsigned char {symbol}[] = {{\n" + ",\n".join(lines) + "};\n"
        f"const std::size_t {symbol}Bytes = {len(data)};\n\n}}  // namespace seatrial\n"
    )
    Path(output).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
