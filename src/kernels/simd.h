#pragma once

#include <span>

#include "specfuse/kernels/conv_n16.h"
#include "specfuse/kernels/weighted_sums.h"

namespace specfuse {

/// A matrix [points, reach] for each window of `reach` positions, one window every `step` positions. Its rows come in
/// pairs, as those of ToomCook.
struct WindowMap {
  const float* matrix;
  Index points, reach, step;
};

/// What happens to the sums of a row, an output channel, before they are stored: its bias is added, then max(., 0).
struct Finish {
  const float* bias = nullptr;
  bool relu = false;
};

/// Rows of `length` positions, each a run of `width` floats, `step` floats apart, and what their windows become:
/// `points` times rows of `windows` positions that are `point_step` floats apart, the points `point_stride`. Positions
/// beyond the length are zero. `finish` is for sums of windows that lie side by side.
struct WindowRows {
  Index rows, length, windows, width, step, point_step, point_stride;
  Finish finish{};
};

struct WindowRoutines {
  /// points = matrix times the windows of the signal.
  void (*expand)(const WindowMap& map, const WindowRows& rows, const float* signal, float* points);
  /// The transpose of expand: adds to the signal where windows overlap; where they lie side by side, sets and finishes
  /// it.
  void (*contract)(const WindowMap& map, const WindowRows& rows, const float* points, float* signal);
};

/// Gradients and inputs of several blocks of 16 samples.
struct N16Blocks {
  const float *dy, *x;
  Index count, dy_stride, x_stride;
};

/// Weights [K, O, C], and what happens to their sums.
struct N16Filters {
  const float* weight;
  Finish finish{};
};

/// Convolution of one block of 16 samples with weights [K, O, C]; see kernels/conv_n16.h. The backward routines add.
struct N16Routines {
  void (*forward)(const N16Conv& conv, const N16Filters& filters, const float* x, float* y);
  void (*backward_data)(const N16Conv& conv, const float* dy, const float* weight, float* dx);
  /// Over several blocks, so many floats apart; sums [O, C, K, 16] over all but the samples.
  void (*backward_weight)(const N16Conv& conv, const N16Blocks& blocks, float* sums);
};

/// Channels that are computed together, the last group padded.
inline constexpr Index kChannelGroup = 32;

/// Sizes of a convolution of images [H, W, C]; see kernels/conv_nhwc.h.
struct NhwcConv {
  Index in_channels, out_channels, in_w, kernel_h, kernel_w;
  /// Floats from one position to the next where channels are SIMD lanes: whole groups.
  Index in_step, out_step;
};

/// A convolution at some output positions, and the pixels of the images at which their windows start.
struct NhwcTask {
  const NhwcConv& conv;
  const Index* starts;
  Index count;
};

/// Each computes one group of channels, which is where its last two pointers point.
struct NhwcRoutines {
  /// y [positions, out_step] from x [pixels, C] and weight [KH, KW * C, kChannelGroup].
  void (*forward)(const NhwcTask& task, const float* x, const float* weight, float* y);
  /// Adds to dx [pixels, in_step] from dy [positions, out_step] and weight [KH * KW, O, kChannelGroup].
  void (*backward_data)(const NhwcTask& task, const float* dy, const float* weight, float* dx);
  /// Sets dweight [KH, KW * C, kChannelGroup] from x [pixels, C] and dy [positions, out_step].
  void (*backward_weight)(const NhwcTask& task, const float* x, const float* dy, float* dweight);
};

/// What lies under one tap of a convolution of a cube, from the first position of a run on, and its weights
/// [C, kChannelGroup].
struct CubeTap {
  const float *x, *weight;
};

/// Neighbouring positions, their channels side by side: `in_step` and `out_step` floats from one to the next. `lanes`
/// outputs of a group are wanted.
struct CubeRun {
  Index count, in_step, out_step, lanes;
};

/// What becomes of sums: a bias is added (as many as are written, rounded up to a register; null: none), then max(.,
/// 0), then what is there already.
struct CubeFinish {
  const float* bias = nullptr;
  bool relu = false, add = false;
};

/// A matrix of ToomPairs and how many of its columns are not zero, applied to windows of 12 places, or of 8 down by 8
/// along where they are square. Each place is a run of floats; those of a point lie `point_stride` behind those of the
/// point before.
struct CubeMap {
  const float* matrix;
  Index columns;
  bool square;
  Index point_stride;
};

/// See kernels/conv_cube.h.
struct CubeRoutines {
  /// y [positions, out_step] = the sums over taps and input channels.
  void (*sums)(const CubeRun& run, std::span<const CubeTap> taps, const CubeFinish& finish, float* y);
  /// Adds to dweight [C, kChannelGroup] the sums over positions of x [positions, in_step] times dy [positions,
  /// out_step], which may be read a group beyond its end.
  void (*weight_sums)(const CubeRun& run, const float* x, const float* dy, float* dweight);
  /// points = the map of what lies at the places of a window.
  void (*expand)(const CubeMap& map, const float* const* window, Index width, float* points);
  /// The transpose of expand, finished. Places that are null are left out.
  void (*contract)(const CubeMap& map, const float* points, Index width, const CubeFinish& finish,
                   float* const* window);
};

/// At most so many floats are in a register.
inline constexpr Index kMostPixels = 16;
/// Columns that are summed in registers at once, and arrays of scratch memory [padded, lanes].
inline constexpr Index kMixtureTile = 10, kMixtureArrays = 4;

/// Some pixels, no more than are in a register, that are mixtures of `count` spectra, and the matrix [count, padded]
/// that steps of their abundances take, its columns filled up to whole tiles.
struct MixtureTask {
  const float* gram;
  Index count, padded, pixels;
};

/// `least` is for `scale`, `inertia` [count] for `descend`.
struct MixtureSteps {
  Index count;
  float least;
  const float* inertia;
};

/// See kernels/mixtures.h: pull and abundances [pixels, count].
struct MixtureRoutines {
  /// How many are in a register.
  Index pixels;
  void (*scale)(const MixtureTask& task, const float* pull, float* abundances, const MixtureSteps& steps,
                float* scratch);
  void (*descend)(const MixtureTask& task, const float* pull, float* abundances, const MixtureSteps& steps,
                  float* scratch);
};

/// `count` rows of `length` values and a weight for each.
template <class Value>
struct SummedRows {
  const Value* const* row;
  const double* weight;
  Index count, length;
};

/// See kernels/weighted_sums.h.
struct SumRoutines {
  void (*of_floats)(const SummedRows<float>& rows, float* out);
  void (*of_doubles)(const SummedRows<double>& rows, double* out);
  Index panel_cols;
  void (*panel_products)(const double* x, const double* y, Index count, double* sums);
};

/// The routines that are compiled once per instruction set, from one source each.
struct SimdTable {
  /// "avx512", "avx2" or "baseline".
  const char* name;
  WindowRoutines windows;
  N16Routines n16;
  NhwcRoutines nhwc;
  CubeRoutines cube;
  MixtureRoutines mixtures;
  SumRoutines sums;
};

}  // namespace specfuse
