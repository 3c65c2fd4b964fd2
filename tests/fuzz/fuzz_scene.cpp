// Scenes: every one that is accepted is whole and finite.
#include <cstddef>
#include <cstdint>

#include "memory_file.h"
#include "specfuse/io/scene.h"
#include "specfuse/tensor/math.h"

using namespace specfuse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(data, size);
  try {
    const Cube cube = read_scene(file.path());
    SPECFUSE_CHECK(all_finite(cube.values), "values that are not finite were accepted");
    SPECFUSE_CHECK(cube.wavelength_nm.empty() || static_cast<Index>(cube.wavelength_nm.size()) == cube.bands(),
                   "wavelengths of another length were accepted");
  } catch (const DataError&) {
  }
  return 0;
}
