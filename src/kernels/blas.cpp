#include "specfuse/kernels/blas.h"

#include <cblas.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/core/progress.h"
#include "specfuse/kernels/gemm.h"

namespace specfuse {
namespace {

constexpr char kChoice[] = "OPENBLAS_CORETYPE";

/// Of x86, without AVX2; what is not among them may be newer than this list.
constexpr const char* kOldKernels[] = {"Katmai",      "Coppermine", "Northwood", "Prescott",     "Banias",
                                       "Atom",        "Core2",      "Penryn",    "Dunnington",   "Nehalem",
                                       "Sandybridge", "Athlon",     "Opteron",   "Opteron_SSE3", "Barcelona",
                                       "Nano",        "Bobcat",     "Bulldozer", "Piledriver",   "Steamroller"};

bool cpu_has_avx2() {
#ifdef __x86_64__
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

}  // namespace

std::string blas_description() { return concat(openblas_get_config(), ", kernels for ", openblas_get_corename()); }

std::string fitting_blas_kernels(const std::string& chosen, bool cpu_has_avx2) {
  const bool old = std::find(std::begin(kOldKernels), std::end(kOldKernels), chosen) != std::end(kOldKernels);
  return old && cpu_has_avx2 ? "Haswell" : "";
}

void choose_blas_kernels(char** arguments) {
  const std::string fitting = fitting_blas_kernels(openblas_get_corename(), cpu_has_avx2());
  if (fitting.empty() || std::getenv(kChoice) != nullptr) return;
  setenv(kChoice, fitting.c_str(), 1);  // where it does not help, the program still starts only once again
  execv("/proc/self/exe", arguments);
  warn(concat("OpenBLAS chose its slow kernels for ", openblas_get_corename(), ": set ", kChoice, "=", fitting));
}

void check_blas() {
  // Of integers whose sums are exact in any order.
  constexpr Index kRows = 67, kCols = 53, kTerms = 96, kLargest = 31;
  std::vector<float> a(kRows * kTerms), b(kTerms * kCols), c(kRows * kCols);
  const auto value = [](std::size_t i) { return static_cast<float>(i * i % (2 * kLargest + 1)) - float{kLargest}; };
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = value(i);
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = value(i + 1);
  gemm(plain({a.data(), kRows, kTerms}), plain({b.data(), kTerms, kCols}), {c.data(), kRows, kCols});
  for (std::size_t i = 0; i < c.size(); ++i) {
    float sum = 0;
    for (std::size_t k = 0; k < kTerms; ++k) sum += a[i / kCols * kTerms + k] * b[k * kCols + i % kCols];
    SPECFUSE_CHECK(c[i] == sum, "OpenBLAS: its kernels for ", openblas_get_corename(),
                   " give a wrong product on this CPU; set ", kChoice, " to others, such as Haswell or Prescott");
  }
}

}  // namespace specfuse
