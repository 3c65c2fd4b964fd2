#!/usr/bin/env python3
"""embed.py IN OUT: writes a C++ file that holds the bytes of IN as the weights that come with the program."""
import pathlib
import sys

data = pathlib.Path(sys.argv[1]).read_bytes()
lines = (", ".join(str(byte) for byte in data[i:i + 32]) for i in range(0, len(data), 32))
pathlib.Path(sys.argv[2]).write_text(
    "#include <cstddef>\n\nnamespace specfuse {\n\nextern const unsigned char kPlusWeights[];\n"
    "extern const std::size_t kPlusWeightsSize;\n\nconst unsigned char kPlusWeights[] = {\n" + ",\n".join(lines) +
    "};\nconst std::size_t kPlusWeightsSize = sizeof kPlusWeights;\n\n}  // namespace specfuse\n")
