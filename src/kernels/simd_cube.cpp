// Convolutions of a cube of maps: sums over taps of products of runs of positions with small matrices. The register
// tile is that of simd_nhwc.cpp, some positions by two registers of channels; the last channels may fill one register,
// or a part of it. And the transforms of Toom-Cook, which see nothing but runs of floats.
//
// Compiled once per instruction set; see simd_tiles.h.
#include "kernels/simd.h"
#include "kernels/simd_tiles.h"

namespace specfuse::SPECFUSE_ISA {
namespace {

/// Calls body(Size<registers>, lane) for the channels of a group, two registers at a time.
template <class Body>
void for_registers(Index lanes, const Body& body) {
  for (Index lane = 0; lane < lanes; lane += kGroup) {
    if (lanes - lane > kLanes) {
      body(Size<2>{}, lane);
    } else {
      body(Size<1>{}, lane);
    }
  }
}

void finish_register(Line sum, Index lanes, const CubeFinish& finish, Index lane, float* to) {
  if (finish.bias != nullptr) sum += load(finish.bias + lane);
  if (finish.relu) sum = positive(sum);
  if (lanes >= kLanes) {
    store(to, finish.add ? load(to) + sum : sum);
    return;
  }
  float values[kLanes];
  store(values, sum);
  for (Index i = 0; i < lanes; ++i) to[i] = finish.add ? to[i] + values[i] : values[i];
}

void sums(const CubeRun& run, std::span<const CubeTap> taps, const CubeFinish& finish, float* y) {
  for_registers(run.lanes, [&](auto registers, Index lane) {
    constexpr int kRegisters = registers.value;
    for_even_tiles<kWidest>(run.count, [&](auto width, Index p) {
      constexpr int kRows = width.value;
      Line sums[kRows][kRegisters] = {};
      for (const CubeTap& tap : taps) {
        const float* inputs[kRows];
        SPECFUSE_UNROLL
        for (int r = 0; r < kRows; ++r) inputs[r] = tap.x + (p + r) * run.in_step;
        multiply_add(sums, inputs, {0, run.in_step}, tap.weight + lane);
      }
      if (finish.bias == nullptr && lane + kRegisters * kLanes <= run.lanes) {
        SPECFUSE_UNROLL
        for (int r = 0; r < kRows; ++r) {
          SPECFUSE_UNROLL
          for (int v = 0; v < kRegisters; ++v) store(y + (p + r) * run.out_step + lane + v * kLanes, sums[r][v]);
        }
        return;
      }
      SPECFUSE_UNROLL
      for (int r = 0; r < kRows; ++r) {
        SPECFUSE_UNROLL
        for (int v = 0; v < kRegisters; ++v) {
          const Index first = lane + v * kLanes;
          finish_register(sums[r][v], run.lanes - first, finish, first, y + (p + r) * run.out_step + first);
        }
      }
    });
  });
}

void weight_sums(const CubeRun& run, const float* x, const float* dy, float* dweight) {
  for_registers(run.lanes, [&](auto registers, Index lane) {
    constexpr int kRegisters = registers.value;
    for_even_tiles<kWidest>(run.in_step, [&](auto width, Index j) {
      constexpr int kRows = width.value;
      Line sums[kRows][kRegisters];
      float* to = dweight + j * kChannelGroup + lane;
      SPECFUSE_UNROLL
      for (int r = 0; r < kRows; ++r) {
        SPECFUSE_UNROLL
        for (int v = 0; v < kRegisters; ++v) sums[r][v] = load(to + r * kChannelGroup + v * kLanes);
      }
      for (Index p = 0; p < run.count; ++p) {
        Line gradient[kRegisters];
        SPECFUSE_UNROLL
        for (int v = 0; v < kRegisters; ++v) gradient[v] = load(dy + p * run.out_step + lane + v * kLanes);
        SPECFUSE_UNROLL
        for (int r = 0; r < kRows; ++r) {
          const float input = x[p * run.in_step + j + r];
          SPECFUSE_UNROLL
          for (int v = 0; v < kRegisters; ++v) sums[r][v] += input * gradient[v];
        }
      }
      SPECFUSE_UNROLL
      for (int r = 0; r < kRows; ++r) {
        SPECFUSE_UNROLL
        for (int v = 0; v < kRegisters; ++v) store(to + r * kChannelGroup + v * kLanes, sums[r][v]);
      }
    });
  });
}

/// Whether a row of the map, or column q of it, is not zero there: the last row of S has both 0 and infinity and the
/// others neither; of R it has one element for each.
template <int Points, int Columns>
constexpr bool is_there(int row, int q) {
  const bool last = row + 1 == Points / 2, end = q == 0 || q + 1 == Columns;
  return Columns == Points ? last || !end : !last || end;
}

/// The values at the points of a row of places.
template <int Points, int Columns, class Values, class Take>
inline __attribute__((always_inline)) void evaluate(const float* matrix, const Values (&x)[Columns], const Take& take) {
  SPECFUSE_UNROLL
  for (int k = 0; k < Points / 2; ++k, matrix += Points) {
    Values even{}, odd{};
    SPECFUSE_UNROLL
    for (int q = 0; q < Columns; q += 2) {
      if (is_there<Points, Columns>(k, q)) even += matrix[q] * x[q];
      if (is_there<Points, Columns>(k, q + 1)) odd += matrix[q + 1] * x[q + 1];
    }
    const bool last = k + 1 == Points / 2;
    take(2 * k, last ? even : even + odd);
    take(2 * k + 1, last ? odd : even - odd);
  }
}

/// Its transpose.
template <int Points, int Columns, class Values, class Take>
inline __attribute__((always_inline)) void interpolate(const float* matrix, Values (&values)[Points],
                                                       const Take& take) {
  SPECFUSE_UNROLL
  for (int k = 0; k < Points - 2; k += 2) {
    const Values sum = values[k] + values[k + 1];
    values[k + 1] = values[k] - values[k + 1];
    values[k] = sum;
  }
  SPECFUSE_UNROLL
  for (int q = 0; q < Columns; ++q) {
    Values sum{};
    SPECFUSE_UNROLL
    for (int k = 0; k < Points / 2; ++k) {
      if (is_there<Points, Columns>(k, q)) sum += matrix[k * Points + q] * values[2 * k + q % 2];
    }
    take(q, sum);
  }
}

/// Both of `Width` lanes of a window.
template <int Width, int Points, int Columns>
struct Transform {
  using Of = Lanes<Width>;
  using Values = typename Of::Values;

  static void expand_line(const CubeMap& map, const float* const* window, Index lane, float* points) {
    Values x[Columns];
    SPECFUSE_UNROLL
    for (int q = 0; q < Columns; ++q) x[q] = Of::load(window[q] + lane);
    evaluate<Points, Columns>(map.matrix, x,
                              [&](int t, Values value) { Of::store(points + t * map.point_stride, value); });
  }

  static void expand_square(const CubeMap& map, const float* const* window, Index lane, float* points) {
    Values half[Points][Columns];
    for (int col = 0; col < Columns; ++col) {
      Values x[Columns];
      SPECFUSE_UNROLL
      for (int row = 0; row < Columns; ++row) {
        const float* from = window[row * Points + col] + lane;
        // Its places are more streams than the processor follows by itself.
        __builtin_prefetch(from + kLanes);
        x[row] = Of::load(from);
      }
      evaluate<Points, Columns>(map.matrix, x, [&](int t, Values value) { half[t][col] = value; });
    }
    for (int t = 0; t < Points; ++t, points += Points * map.point_stride) {
      evaluate<Points, Columns>(map.matrix, half[t],
                                [&](int s, Values value) { Of::store(points + s * map.point_stride, value); });
    }
  }

  static void finish(Values sum, const CubeFinish& finish, Index lane, float* to) {
    if (to == nullptr) return;
    __builtin_prefetch(to + lane + kLanes, 1);  // as in expand_square
    sum += Of::load(finish.bias + lane);
    if (finish.relu) sum = positive(sum);
    Of::store(to + lane, finish.add ? Of::load(to + lane) + sum : sum);
  }

  static void contract_line(const CubeMap& map, const float* points, Index lane, const CubeFinish& how,
                            float* const* window) {
    Values values[Points];
    SPECFUSE_UNROLL
    for (int t = 0; t < Points; ++t) values[t] = Of::load(points + t * map.point_stride + lane);
    interpolate<Points, Columns>(map.matrix, values, [&](int q, Values sum) { finish(sum, how, lane, window[q]); });
  }

  static void contract_square(const CubeMap& map, const float* points, Index lane, const CubeFinish& how,
                              float* const* window) {
    Values half[Columns][Points];
    for (int s = 0; s < Points; ++s) {
      Values values[Points];
      SPECFUSE_UNROLL
      for (int t = 0; t < Points; ++t) values[t] = Of::load(points + (t * Points + s) * map.point_stride + lane);
      interpolate<Points, Columns>(map.matrix, values, [&](int q, Values value) { half[q][s] = value; });
    }
    for (int row = 0; row < Columns; ++row) {
      interpolate<Points, Columns>(map.matrix, half[row],
                                   [&](int col, Values sum) { finish(sum, how, lane, window[row * Points + col]); });
    }
  }
};

/// Calls body(transform, lane) for whole registers, then for halves of one.
template <int Width, int Points, int Columns, class Body>
void for_lanes(Index lane, Index width, const Body& body) {
  for (; lane + Width <= width; lane += Width) body(Transform<Width, Points, Columns>{}, lane);
  if constexpr (Width > 1) {
    if (lane < width) for_lanes<Width / 2, Points, Columns>(lane, width, body);
  }
}

/// The same for a number of columns that is known at run time alone: an even one.
template <int Points, int Columns = Points, class Body>
void for_transforms(Index columns, Index width, const Body& body) {
  if (columns == Columns) {
    for_lanes<kLanes, Points, Columns>(0, width, body);
  } else if constexpr (Columns > 2) {
    for_transforms<Points, Columns - 2>(columns, width, body);
  }
}

void expand(const CubeMap& map, const float* const* window, Index width, float* points) {
  if (map.square) {
    for_transforms<8>(map.columns, width,
                      [&](auto transform, Index lane) { transform.expand_square(map, window, lane, points + lane); });
  } else {
    for_transforms<12>(map.columns, width,
                       [&](auto transform, Index lane) { transform.expand_line(map, window, lane, points + lane); });
  }
}

void contract(const CubeMap& map, const float* points, Index width, const CubeFinish& finish, float* const* window) {
  if (map.square) {
    for_transforms<8>(map.columns, width, [&](auto transform, Index lane) {
      transform.contract_square(map, points, lane, finish, window);
    });
  } else {
    for_transforms<12>(map.columns, width,
                       [&](auto transform, Index lane) { transform.contract_line(map, points, lane, finish, window); });
  }
}

}  // namespace

extern const CubeRoutines kCubeRoutines;
const CubeRoutines kCubeRoutines = {sums, weight_sums, expand, contract};

}  // namespace specfuse::SPECFUSE_ISA
