#include "specfuse/kernels/dispatch.h"

#include <cstdlib>

#include "kernels/simd.h"
#include "specfuse/core/error.h"

namespace specfuse {

// Each instruction set's copy of the simd_*.cpp files.
#define SPECFUSE_DECLARE(isa)                                                                     \
  namespace isa {                                                                                 \
  extern const N16Routines kN16Routines;                                                          \
  extern const WindowRoutines kWindowRoutines;                                                    \
  extern const NhwcRoutines kNhwcRoutines;                                                        \
  extern const CubeRoutines kCubeRoutines;                                                        \
  extern const MixtureRoutines kMixtureRoutines;                                                  \
  extern const SumRoutines kSumRoutines;                                                          \
  const SimdTable& table() {                                                                      \
    static const SimdTable instance{#isa,          kWindowRoutines,  kN16Routines, kNhwcRoutines, \
                                    kCubeRoutines, kMixtureRoutines, kSumRoutines};               \
    return instance;                                                                              \
  }                                                                                               \
  }

#ifdef SPECFUSE_AVX512
SPECFUSE_DECLARE(avx512)
#endif
#ifdef SPECFUSE_AVX2
SPECFUSE_DECLARE(avx2)
#endif
SPECFUSE_DECLARE(baseline)
#undef SPECFUSE_DECLARE

namespace {

std::vector<const SimdTable*> available_tables() {
  std::vector<const SimdTable*> tables;
#ifdef SPECFUSE_AVX512
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma")) {
    tables.push_back(&avx512::table());
  }
#endif
#ifdef SPECFUSE_AVX2
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) tables.push_back(&avx2::table());
#endif
  tables.push_back(&baseline::table());
  return tables;
}

const SimdTable* find_table(const std::string& name) {
  for (const SimdTable* table : available_tables()) {
    if (table->name == name) return table;
  }
  const std::string known = joined(available_tables(), [](const SimdTable* table) { return table->name; });
  throw ConfigError(concat("SPECFUSE_SIMD: expected one of ", known, " on this CPU, got '", name, "'"));
}

const SimdTable*& current() {
  static const SimdTable* table = [] {
    const char* wanted = std::getenv("SPECFUSE_SIMD");
    return wanted != nullptr && *wanted != '\0' ? find_table(wanted) : available_tables().front();
  }();
  return table;
}

}  // namespace

const SimdTable& simd() { return *current(); }

std::string simd_name() { return current()->name; }

std::vector<std::string> available_simd() {
  std::vector<std::string> names;
  for (const SimdTable* table : available_tables()) names.emplace_back(table->name);
  return names;
}

void use_simd(const std::string& name) { current() = find_table(name); }

}  // namespace specfuse
