#include "specfuse/kernels/dispatch.h"
#include "timing.h"

namespace specfuse::bench {
namespace {

// 12 sums hide the latency of a multiply-add on every CPU there is; with two factors they fit 16 registers.
constexpr long kSteps = 200'000;
constexpr int kSums = 12;

#define SPECFUSE_FMA_LOOP(name, lanes, ...)                                   \
  __VA_ARGS__ float name() {                                                  \
    typedef float Line __attribute__((vector_size(lanes * sizeof(float))));   \
    Line sums[kSums];                                                         \
    Line a = Line{} + 0.999f, b = Line{} + 0.001f;                            \
    for (int i = 0; i < kSums; ++i) sums[i] = Line{} + static_cast<float>(i); \
    for (long step = 0; step < kSteps; ++step) {                              \
      for (int i = 0; i < kSums; ++i) sums[i] = sums[i] * a + b;              \
      __asm__ volatile("" : "+x"(a), "+x"(b)); /* keeps the loop a loop */    \
    }                                                                         \
    float total = 0;                                                          \
    for (int i = 0; i < kSums; ++i) total += sums[i][0];                      \
    return total;                                                             \
  }
#if defined(__x86_64__)
SPECFUSE_FMA_LOOP(loop_of_16, 16, __attribute__((target("avx512f,fma"))))
SPECFUSE_FMA_LOOP(loop_of_8, 8, __attribute__((target("avx2,fma"))))
#endif
SPECFUSE_FMA_LOOP(loop_of_4, 4, )

}  // namespace

double peak_gflops(int threads) {
  double lanes = 4;
  float (*loop)() = loop_of_4;
#if defined(__x86_64__)
  if (simd_name() == "avx2") lanes = 8, loop = loop_of_8;
  if (simd_name() == "avx512") lanes = 16, loop = loop_of_16;
#endif
  volatile float kept = 0;
  const double seconds = median_seconds(15, [&] { parallel_for(threads, [&](Index) { kept = loop(); }); });
  return threads * kSteps * kSums * lanes * 2 / seconds * 1e-9;
}

}  // namespace specfuse::bench
