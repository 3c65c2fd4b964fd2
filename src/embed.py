#!/usr/bin/env python3
"""embed.py NAME OUT IN...: writes a C++ file that holds the bytes of the files IN, one after the other, as the arrays
specfuse::NAME and specfuse::NAMESize."""
import pathlib
import sys

name, out, *inputs = sys.argv[1:]
data = b"".join(pathlib.Path(path).read_bytes() for path in inputs)
lines = (", ".join(str(byte) for byte in data[i:i + 32]) for i in range(0, len(data), 32))
pathlib.Path(out).write_text(
    f"#include <cstddef>\n\nnamespace specfuse {{\n\nextern const unsigned char {name}[];\n"
    f"extern const std::size_t {name}Size;\n\nconst unsigned char {name}[] = {{\n" + ",\n".join(lines) +
    f"}};\nconst std::size_t {name}Size = sizeof {name};\n\n}}  // namespace specfuse\n")
