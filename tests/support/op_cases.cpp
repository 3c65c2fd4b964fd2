#include <array>

#include "specfuse/core/error.h"
#include "specfuse/kernels/conv_cube.h"
#include "support/conv_reference.h"
#include "support/op_case.h"
#include "support/plain_loops.h"

namespace specfuse::testing {
namespace {

using Inputs = std::vector<Variable>;
using Tensors = std::vector<Tensor>;
using Cases = std::vector<OpCase>;

/// The fast convolutions of long kernels round more than plain sums, most in two dimensions: 5e-5 of the largest value
/// (bench/README.md). A difference quotient adds up some ten such errors and divides them by the step, so they take a
/// longer one.
constexpr Accuracy kToomCook{5e-5, 10.0f, 1e-4};

const std::vector<Activation> kActivations = {Activation::relu, Activation::none};

/// Vectors, rows, spectra that fill a block of 16 samples and begin another, images and cubes of no handy width.
const std::vector<Shape> kShapes = {{1}, {7}, {3, 5}, {17, 2, 3}, {2, 3, 4, 5}, {2, 1, 3, 2, 5}};

void add_elementwise(Cases& cases, const Shape& shape) {
  const auto name = [&](const char* function) { return concat(function, " ", shape.text()); };
  const auto two = [&](const char* function, const Op& op, double (*of)(double, double)) {
    cases.push_back({name(function), {shape, shape}, {}, op, [of](const Tensors& v) { return each(v[0], v[1], of); }});
  };
  for (const Activation activation : kActivations) {
    two(
        "add", [activation](const Inputs& v) { return add(v[0], v[1], activation); },
        [](double x, double y) { return x + y; });
    cases.back() = activated(cases.back(), activation);
  }
  two(
      "multiply", [](const Inputs& v) { return multiply(v[0], v[1]); }, [](double x, double y) { return x * y; });
  two(
      "add and multiply, an input used twice", [](const Inputs& v) { return add(v[0], multiply(v[0], v[1])); },
      [](double x, double y) { return x + x * y; });
  cases.push_back({name("scale"),
                   {shape},
                   {},
                   [](const Inputs& v) { return scale(v[0], -2.5f); },
                   [](const Tensors& v) { return each(v[0], [](double x) { return -2.5 * x; }); }});
  const PlainLoops same = [](const Tensors& v) { return v[0]; };
  cases.push_back(with_relu({"", {shape}, {}, [](const Inputs& v) { return relu(v[0]); }, same}));
  cases.back().name = name("relu");
  cases.push_back({name("sum"),
                   {shape},
                   {},
                   [](const Inputs& v) { return sum(v[0]); },
                   [](const Tensors& v) {
                     double total = 0;
                     for (Index i = 0; i < v[0].size(); ++i) total += v[0][i];
                     return Tensor::from({1}, {static_cast<float>(total)});
                   }});
}

/// A parabola, for which differences are exact for any step; a long one, because the loss is rounded as a whole.
OpCase euclidean_loss_case(const Shape& shape) {
  const Tensor target =
      tensor_of(shape, [](Index n, Index c, Index h, Index w) { return 0.3 * static_cast<double>(n - c + 2 * h - w); });
  OpCase of{concat("euclidean_loss ", shape.text()),
            {shape},
            {},
            [target](const Inputs& v) { return euclidean_loss(v[0], target); },
            [target](const Tensors& v) {
              double total = 0;
              for (Index i = 0; i < target.size(); ++i) total += (v[0][i] - target[i]) * double{v[0][i] - target[i]};
              return Tensor::from({1}, {static_cast<float>(total / 2 / static_cast<double>(target.dim(0)))});
            }};
  of.accuracy.step = 1;
  return of;
}

void add_layouts(Cases& cases) {
  const auto to = [&](const char* name, const Shape& shape, Layout layout) {
    cases.push_back({concat("in_layout ", name, " ", shape.text()),
                     {shape},
                     {},
                     [layout](const Inputs& v) { return in_layout(v[0], layout); },
                     [](const Tensors& v) { return v[0]; }});
  };
  for (const Shape& spectra : {Shape{1, 1, 1}, Shape{17, 2, 3}, Shape{16, 3, 5}}) {
    to("plain", spectra, Layout::plain);
    to("n16", spectra, Layout::n16);
  }
  for (const Shape& images : {Shape{1, 1, 1, 1}, Shape{2, 3, 4, 5}, Shape{3, 17, 2, 1}}) {
    to("plain", images, Layout::plain);
    to("nhwc", images, Layout::nhwc);
  }
  const auto reshaped = [&](const Shape& from, const Shape& shape) {
    cases.push_back({concat("reshape ", from.text(), " to ", shape.text()),
                     {from},
                     {},
                     [shape](const Inputs& v) { return reshape(v[0], shape); },
                     [shape](const Tensors& v) { return v[0].reshape(shape); }});
  };
  reshaped({3, 4}, {12});
  reshaped({17, 2, 3}, {17, 6});
  reshaped({2, 3, 4, 5}, {6, 20});
}

void add_parts(Cases& cases) {
  const auto concatenated = [&](const Shape& x, const Shape& y) {
    cases.push_back({concat("concat_channels ", x.text(), " and ", y.text()),
                     {x, y},
                     {},
                     [](const Inputs& v) { return concat_channels(v[0], v[1]); },
                     [](const Tensors& v) { return side_by_side(v[0], v[1]); }});
  };
  concatenated({1, 1}, {1, 1});
  concatenated({5, 2}, {5, 3});
  concatenated({17, 2, 3}, {17, 1, 3});
  concatenated({2, 1, 4, 3}, {2, 3, 4, 3});
  concatenated({2, 1, 3, 4, 2}, {2, 1, 3, 4, 5});

  const auto cropped = [&](const Shape& x, const Extent& size) {
    cases.push_back({concat("crop_centre ", x.text(), " to ", size.h, " x ", size.w),
                     {x},
                     {},
                     [size](const Inputs& v) { return crop_centre(v[0], size); },
                     [size](const Tensors& v) { return middle(v[0], size.h, size.w); }});
  };
  cropped({1, 1, 3}, {1, 1});
  cropped({17, 2, 7}, {1, 3});
  cropped({3, 2, 4}, {1, 4});
  cropped({2, 3, 6, 5}, {2, 1});
  cropped({2, 3, 4, 5}, {4, 3});

  const auto padded = [&](const Shape& x, const Extent& margin) {
    cases.push_back({concat("pad ", x.text(), " by ", margin.h, " x ", margin.w),
                     {x},
                     {},
                     [margin](const Inputs& v) { return pad(v[0], margin); },
                     [margin](const Tensors& v) {
                       const Extents e(v[0].shape());
                       const Index height = e.h + 2 * margin.h, width = e.w + 2 * margin.w;
                       const bool image = v[0].shape().rank() == 4;
                       const Shape shape = image ? Shape{e.n, e.c, height, width} : Shape{e.n, e.c, width};
                       return tensor_of(shape, [&](Index n, Index c, Index h, Index w) {
                         const Index row = h - margin.h, col = w - margin.w;
                         const bool inside = row >= 0 && row < e.h && col >= 0 && col < e.w;
                         return inside ? at(v[0], n, c, row, col) : 0.0;
                       });
                     }});
  };
  padded({17, 2, 7}, {0, 3});
  padded({1, 1, 1}, {0, 1});
  padded({2, 3, 4, 5}, {1, 2});
  padded({2, 3, 4, 5}, {2, 0});

  for (const Index side : {1, 2, 4}) {
    cases.push_back({concat("patches_to_rows, side ", side),
                     {{2, 3, 4, 6}},
                     {},
                     [side](const Inputs& v) { return patches_to_rows(v[0], side); },
                     [side](const Tensors& v) { return patch_rows(v[0], side); }});
  }
}

Timing linear_timing(Index in, Index out) {
  const Index samples = 512;
  return {concat("linear ", in, "->", out),
          {{samples, in}},
          {{out, in}, {out}},
          2.0 * static_cast<double>(samples * in * out)};
}

void add_linear(Cases& cases) {
  for (const auto& [rows, in, out] : {std::array<Index, 3>{1, 1, 1}, {5, 7, 3}, {70, 2, 9}}) {
    for (const Activation activation : kActivations) {
      cases.push_back(activated({concat("linear ", rows, " rows ", in, "->", out),
                                 {{rows, in}},
                                 {{out, in}, {out}},
                                 [activation](const Inputs& v) { return linear(v[0], v[1], v[2], activation); },
                                 [](const Tensors& v) { return linear_sums(v[0], v[1], v[2]); }},
                                activation));
    }
  }
  cases.back().timings = {linear_timing(600, 250), linear_timing(480, 200), linear_timing(450, 450),
                          linear_timing(450, 162)};
}

/// Input and weight of a convolution: of rank 3 for spectra, of rank 4 for images.
struct ConvShapes {
  Shape x, weight;
};

std::string text_of(const ConvOptions& options, int rank) {
  const auto part = [&](const char* name, const Extent& value) {
    return rank == 3 ? concat(", ", name, " ", value.w) : concat(", ", name, " ", value.h, " x ", value.w);
  };
  if (options == ConvOptions{}) return "";
  return part("padding", options.padding) + part("dilation", options.dilation);
}

OpCase conv_case(const ConvShapes& of, const ConvOptions& options, Activation activation) {
  const int rank = of.x.rank();
  const Op op = [=](const Inputs& v) {
    return (rank == 3 ? conv1d : conv2d)(v[0], v[1], v[2], {options.padding, options.dilation, activation});
  };
  OpCase made =
      activated({concat(rank == 3 ? "conv1d " : "conv2d ", of.x.text(), ", ", of.weight.text(), text_of(options, rank)),
                 {of.x},
                 {of.weight, {of.weight[0]}},
                 op,
                 [options](const Tensors& v) { return conv_sums(v[0], v[1], v[2], options); }},
                activation);
  if (options.dilation != Extent{1, 1} && activation == Activation::none) made.accuracy = kToomCook;
  return made;
}

/// The network's convolution of `in` channels on 512 spectra.
Timing conv1d_timing(Index in, Index length, Index taps, Index padding = 0) {
  const Index samples = 512, maps = 20;
  return {concat("conv1d ", in, "->", maps, ", ", taps, " taps", padding > 0 ? concat(", padding ", padding) : ""),
          {{samples, in, length}},
          {{maps, in, taps}, {maps}},
          2.0 * static_cast<double>(samples * maps * in * taps * (length + 2 * padding - taps + 1))};
}

/// The same on 8 images of side x side.
Timing conv2d_timing(Index in, Index side, Index taps, Index padding = 0) {
  const Index images = 8, maps = 30, results = side + 2 * padding - taps + 1;
  return {concat("conv2d ", in, "->", maps, ", ", taps, "x", taps, padding > 0 ? concat(", padding ", padding) : ""),
          {{images, in, side, side}},
          {{maps, in, taps, taps}, {maps}},
          2.0 * static_cast<double>(images * maps * in * taps * taps * results * results)};
}

void add_conv1d(Cases& cases) {
  const std::vector<ConvShapes> short_ones = {
      {{1, 1, 1}, {1, 1, 1}}, {{5, 3, 11}, {5, 3, 4}}, {{17, 2, 9}, {3, 2, 2}}, {{3, 7, 9}, {2, 7, 9}}};
  const std::vector<ConvOptions> walks = {{{0, 3}, {1, 1}}, {{0, 2}, {1, 3}}, {{0, 0}, {1, 2}}, {{0, 2}, {1, 1}}};
  for (const Activation activation : kActivations) {
    for (const ConvShapes& shapes : short_ones) cases.push_back(conv_case(shapes, {}, activation));
    for (const ConvOptions& walk : walks) cases.push_back(conv_case({{2, 3, 13}, {4, 3, 4}}, walk, activation));
  }
  cases.push_back(conv_case({{2, 3, 13}, {4, 3, 5}}, {{0, 2}, {1, 1}}, Activation::none));
  cases.back().accuracy = kToomCook;
  cases.back().timings = {conv1d_timing(20, 118, 45, 22)};
  for (const ConvShapes& shapes :
       {ConvShapes{{17, 1, 62}, {2, 1, 45}}, {{3, 2, 118}, {3, 2, 89}}, {{2, 4, 40}, {2, 4, 8}}}) {
    cases.push_back(conv_case(shapes, {}, Activation::none));
    cases.back().accuracy = kToomCook;
  }
  cases.back().timings = {conv1d_timing(1, 162, 45), conv1d_timing(20, 118, 45), conv1d_timing(20, 118, 89)};
}

void add_conv2d(Cases& cases) {
  const std::vector<ConvShapes> short_ones = {{{1, 1, 1, 1}, {1, 1, 1, 1}},
                                              {{2, 3, 5, 7}, {4, 3, 2, 2}},
                                              {{3, 2, 4, 3}, {33, 2, 1, 3}},
                                              {{1, 5, 3, 3}, {2, 5, 3, 3}}};
  const std::vector<ConvOptions> walks = {{{1, 2}, {1, 2}}, {{0, 1}, {2, 1}}, {{3, 0}, {1, 1}}, {{2, 1}, {1, 1}}};
  for (const Activation activation : kActivations) {
    for (const ConvShapes& shapes : short_ones) cases.push_back(conv_case(shapes, {}, activation));
    for (const ConvOptions& walk : walks) cases.push_back(conv_case({{2, 2, 6, 5}, {3, 2, 3, 2}}, walk, activation));
  }
  cases.push_back(conv_case({{2, 2, 6, 5}, {3, 2, 3, 3}}, {{1, 1}, {1, 1}}, Activation::none));
  cases.back().accuracy = kToomCook;
  cases.back().timings = {conv2d_timing(30, 29, 10, 4)};
  for (const ConvShapes& shapes : {ConvShapes{{2, 2, 14, 13}, {3, 2, 10, 10}}, {{1, 3, 9, 22}, {2, 3, 3, 11}}}) {
    cases.push_back(conv_case(shapes, {}, Activation::none));
    cases.back().accuracy = kToomCook;
  }
  cases.back().timings = {conv2d_timing(6, 38, 10), conv2d_timing(30, 29, 10), conv2d_timing(30, 29, 19)};
}

/// Across the pixels for a weight of rank 4, else along the bands.
OpCase cube_case(const ConvShapes& of, const CubeOptions& options) {
  const bool across = of.weight.rank() == 4;
  return activated(
      {concat(across ? "conv_pixels " : "conv_bands ", of.x.text(), ", ", of.weight.text(), ", dilation ",
              options.dilation),
       {of.x},
       {of.weight, {of.weight[0]}},
       [across, options](const Inputs& v) { return (across ? conv_pixels : conv_bands)(v[0], v[1], v[2], options); },
       [options](const Tensors& v) { return reference::conv_cube_forward(v[0], v[1], v[2], {options.dilation}); }},
      options.activation);
}

/// On a training batch of two_cnn_fu_plus: 3 crops of 24 x 24 pixels and 48 bands.
Timing cube_timing(const Shape& weight, Index dilation = 1) {
  const Shape x{3, 24, 24, 48, weight[1]};
  const std::string taps = weight.rank() == 4 ? concat(weight[2], "x", weight[3], ", dilation ", dilation)
                                              : concat(weight[2], weight[2] == 1 ? " tap" : " taps");
  return {concat("cube ", weight[1], "->", weight[0], ", ", taps),
          {x},
          {weight, {weight[0]}},
          2.0 * static_cast<double>(x.size() / weight[1] * weight.size())};
}

void add_cubes(Cases& cases) {
  for (const Activation activation : kActivations) {
    cases.push_back(cube_case({{2, 2, 1, 9, 3}, {4, 3, 3}}, {2, activation}));
    cases.push_back(cube_case({{1, 1, 2, 5, 17}, {2, 17, 1}}, {1, activation}));
    cases.push_back(cube_case({{1, 4, 5, 3, 2}, {3, 2, 3, 3}}, {2, activation}));
  }
  cases.back().accuracy = kToomCook;
  cases.push_back(cube_case({{1, 1, 1, 12, 12}, {12, 12, 7}}, {}));
  cases.back().accuracy = kToomCook;
  cases.back().timings = {cube_timing({32, 17, 7}), cube_timing({32, 32, 7}), cube_timing({2, 32, 1})};
  for (const Index dilation : {1, 2, 4}) {
    cases.push_back(cube_case({{1, 6, 6, 1, 12}, {12, 12, 3, 3}}, {dilation}));
    cases.back().accuracy = kToomCook;
    cases.back().timings = {cube_timing({32, 32, 3, 3}, dilation)};
  }
}

}  // namespace

std::vector<OpCase> op_cases() {
  Cases cases;
  for (const Shape& shape : kShapes) {
    add_elementwise(cases, shape);
    cases.push_back(euclidean_loss_case(shape));
  }
  add_layouts(cases);
  add_parts(cases);
  add_linear(cases);
  add_conv1d(cases);
  add_conv2d(cases);
  add_cubes(cases);
  return cases;
}

}  // namespace specfuse::testing
