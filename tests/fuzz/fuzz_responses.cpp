// CSV files: measured spectral responses, put on the bands of a scene, and kernels of a PSF.
#include <cstddef>
#include <cstdint>

#include "specfuse/core/error.h"
#include "specfuse/imaging/psf.h"
#include "specfuse/imaging/srf.h"
#include "specfuse/tensor/math.h"

using namespace specfuse;

namespace {

/// A tensor of weights, or nothing where the input was refused as it has to be.
template <class Read>
void check(const Read& read) {
  try {
    SPECFUSE_CHECK(all_finite(read()), "weights that are not finite were accepted");
  } catch (const DataError&) {
  } catch (const ConfigError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check([&] {
    SrfOptions options;
    options.file = "fuzz.csv";
    return make_srf(options, {400, 450, 500, 650.5, 2500}, 5, parse_response_csv(text, "fuzz.csv"));
  });
  check([&] {
    PsfOptions options;
    options.type = "kernel";
    return make_psf(options, 2, parse_kernel_csv(text, "fuzz.csv"));
  });
  return 0;
}
