// Sums in double of rows that lie side by side, and of the products of panels of bands: the positions of a row, or the
// bands of a panel, are the SIMD lanes, and the sums stay in registers.
//
// Compiled once per instruction set; see simd_tiles.h.
#include "kernels/simd.h"
#include "kernels/simd_tiles.h"

namespace specfuse::SPECFUSE_ISA {
namespace {

constexpr int kDoubles = kLanes / 2;

template <class Value, int Count>
struct Several {
  typedef Value Values __attribute__((vector_size(Count * sizeof(Value))));
};
template <int Count>
using Doubles = typename Several<double, Count>::Values;

template <class Value, int Count>
Doubles<Count> load_doubles(const Value* at) {
  typename Several<Value, Count>::Values values;
  __builtin_memcpy(&values, at, sizeof values);
  return __builtin_convertvector(values, Doubles<Count>);
}

template <class Value, int Count>
void store_doubles(Value* at, Doubles<Count> sums) {
  const auto values = __builtin_convertvector(sums, typename Several<Value, Count>::Values);
  __builtin_memcpy(at, &values, sizeof values);
}

/// Positions [begin, begin + Registers * Count) of the sums.
template <int Registers, int Count, class Value>
void add_up(const SummedRows<Value>& rows, Index begin, Value* out) {
  Doubles<Count> sums[Registers] = {};
  for (Index r = 0; r < rows.count; ++r) {
    const Value* row = rows.row[r] + begin;
    const double weight = rows.weight[r];
    SPECFUSE_UNROLL
    for (int v = 0; v < Registers; ++v) sums[v] += weight * load_doubles<Value, Count>(row + v * Count);
  }
  SPECFUSE_UNROLL
  for (int v = 0; v < Registers; ++v) store_doubles<Value, Count>(out + begin + v * Count, sums[v]);
}

/// What is left of a row behind whole registers, in ever smaller ones.
template <int Count, class Value>
void add_up_rest(const SummedRows<Value>& rows, Index begin, Value* out) {
  if (rows.length - begin >= Count) {
    add_up<1, Count>(rows, begin, out);
    begin += Count;
  }
  if constexpr (Count > 1) add_up_rest<Count / 2>(rows, begin, out);
}

template <class Value>
void weighted_sum(const SummedRows<Value>& rows, Value* out) {
  const Index registers = rows.length / kDoubles;
  for_even_tiles<8>(
      registers, [&](auto size, Index begin) { add_up<decltype(size)::value, kDoubles>(rows, begin * kDoubles, out); });
  add_up_rest<kDoubles / 2>(rows, registers * kDoubles, out);
}

void panel_products(const double* x, const double* y, Index count, double* sums) {
  Doubles<kDoubles> total[kPanelRows][2] = {};
  for (Index i = 0; i < count; ++i, x += kPanelRows, y += kLanes) {
    const auto low = load_doubles<double, kDoubles>(y), high = load_doubles<double, kDoubles>(y + kDoubles);
    SPECFUSE_UNROLL
    for (int p = 0; p < kPanelRows; ++p) {
      total[p][0] += x[p] * low;
      total[p][1] += x[p] * high;
    }
  }
  for (int p = 0; p < kPanelRows; ++p) {
    store_doubles<double, kDoubles>(sums + p * kLanes, total[p][0]);
    store_doubles<double, kDoubles>(sums + p * kLanes + kDoubles, total[p][1]);
  }
}

}  // namespace

extern const SumRoutines kSumRoutines;
const SumRoutines kSumRoutines = {weighted_sum<float>, weighted_sum<double>, kLanes, panel_products};

}  // namespace specfuse::SPECFUSE_ISA
