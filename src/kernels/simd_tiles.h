// Register tiles, for the kernels that are compiled once per instruction set, with SPECFUSE_ISA naming it and
// SPECFUSE_LANES floats in a register. Everything is internal to its file except its table: an inline function that two
// instruction sets share could be linked in from the AVX-512 copy and crash an older CPU.
#pragma once

#include "kernels/simd.h"

/// Before each loop over a register tile. Left to itself GCC unrolls them too late: the tile is in memory by then, and
/// is zeroed and copied there around the loop that matters.
#define SPECFUSE_UNROLL _Pragma("GCC unroll 16")

namespace specfuse::SPECFUSE_ISA {
namespace {

constexpr int kLanes = SPECFUSE_LANES;

/// `Count` floats in a register, read from and written to any address: memcpy is one instruction and needs no
/// alignment.
template <int Count>
struct Lanes {
  typedef float Values __attribute__((vector_size(Count * sizeof(float))));
  static Values load(const float* at) {
    Values values;
    __builtin_memcpy(&values, at, sizeof values);
    return values;
  }
  static void store(float* at, Values values) { __builtin_memcpy(at, &values, sizeof values); }
};
template <>
struct Lanes<1> {
  using Values = float;
  static float load(const float* at) { return *at; }
  static void store(float* at, float value) { *at = value; }
};

/// A whole register.
using Line = Lanes<kLanes>::Values;
inline Line load(const float* at) { return Lanes<kLanes>::load(at); }
inline void store(float* at, Line values) { Lanes<kLanes>::store(at, values); }

/// NaN stays.
template <class Values>
Values positive(Values values) {
  return values < 0.0f ? Values{} : values;
}

inline Index least(Index a, Index b) { return a < b ? a : b; }

/// The size of a register tile, known to the compiler.
template <int Count>
struct Size {
  static constexpr int value = Count;
};

/// body(Size<count>, begin) for a count from 1 to Most.
template <int Most, class Body>
void with_size(Index count, Index begin, const Body& body) {
  if (count == Most) {
    body(Size<Most>{}, begin);
  } else if constexpr (Most > 1) {
    with_size<Most - 1>(count, begin, body);
  }
}

/// Cuts 0 ... count - 1 into as few tiles of at most Most as will do, of nearly equal size.
template <int Most, class Body>
void for_even_tiles(Index count, const Body& body) {
  const Index tiles = (count + Most - 1) / Most;
  for (Index tile = 0; tile < tiles; ++tile) {
    const Index begin = tile * count / tiles, end = (tile + 1) * count / tiles;
    with_size<Most>(end - begin, begin, body);
  }
}

constexpr int kGroup = 2 * kLanes;
/// 12 positions by two registers fill the 32 registers of AVX-512, 5 by two the 16 of the others.
constexpr int kWidest = kLanes == 16 ? 12 : 5;
static_assert(kChannelGroup % kGroup == 0);

/// A run of neighbouring inputs.
struct Run {
  Index begin, count;
};

/// sums[r] += inputs[r][j] * (a row of the weights for each j), for j in the run. A row is `Registers` wide, and
/// kChannelGroup floats behind the one before.
template <int Rows, int Registers>
inline __attribute__((always_inline)) void multiply_add(Line (&sums)[Rows][Registers],
                                                        const float* const (&inputs)[Rows], Run run,
                                                        const float* weights) {
  for (Index j = run.begin; j < run.begin + run.count; ++j, weights += kChannelGroup) {
    Line row[Registers];
    SPECFUSE_UNROLL
    for (int v = 0; v < Registers; ++v) row[v] = load(weights + v * kLanes);
    SPECFUSE_UNROLL
    for (int r = 0; r < Rows; ++r) {
      const float input = inputs[r][j];
      SPECFUSE_UNROLL
      for (int v = 0; v < Registers; ++v) sums[r][v] += input * row[v];
    }
  }
}

}  // namespace
}  // namespace specfuse::SPECFUSE_ISA
