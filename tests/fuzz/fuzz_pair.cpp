// Pairs: the sizes of every one that is accepted fit each other.
#include <cstddef>
#include <cstdint>

#include "memory_file.h"
#include "specfuse/io/pair.h"
#include "specfuse/tensor/math.h"

using namespace specfuse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(data, size);
  try {
    const PairImages pair = open_pair(file.path());
    SPECFUSE_CHECK(pair.ratio >= 2 && pair.msi->rows() == pair.ratio * pair.hsi->rows(), "a wrong ratio was accepted");
    for (const ImagePtr* image : {&pair.hsi, &pair.msi, &pair.reference}) {
      if (*image != nullptr) (*image)->read_all();
    }
    SPECFUSE_CHECK(!pair.srf.defined() || all_finite(pair.srf), "a response that is not finite was accepted");
  } catch (const DataError&) {
  }
  return 0;
}
