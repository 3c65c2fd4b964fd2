/// bench_ops [--threads N] [--repeats N] [--json]: every kernel on the network's shapes at 512 samples: microseconds,
/// GFLOP/s of the plain arithmetic that it stands for, and percent of the peak of this CPU. A kernel that multiplies
/// less than plain arithmetic does can pass 100 %. Each is compared with plain loops before it is timed.
#include <cstdio>

#include "specfuse/core/error.h"
#include "specfuse/kernels/conv.h"
#include "specfuse/kernels/conv_n16.h"
#include "specfuse/kernels/conv_nhwc.h"
#include "specfuse/kernels/dispatch.h"
#include "specfuse/kernels/gemm.h"
#include "support/random.h"
#include "timing.h"

using namespace specfuse;
using specfuse::testing::random_tensor;
using specfuse::testing::relative_gap;

namespace {

/// One kernel on one shape.
struct Case {
  std::string name, op;
  double flops;
  /// Largest difference from plain loops on a small batch, relative to the largest value.
  std::function<double()> gap;
  std::function<void()> run;
};

/// A way to compute a convolution, in its own layout.
struct Path {
  const char* name;
  std::function<Tensor(const Tensor&)> to, from;
  std::function<Tensor(const Tensor& x, const Tensor& w, const Tensor& b)> forward;
  std::function<void(const Tensor& x, const Tensor& w, const Tensor& y, const Tensor& dy, Tensor* dx, Tensor* dw)>
      backward;
};

Path lanes_path(Index samples) {
  return {"lanes",
          [](const Tensor& x) {
            return to_n16(x.reshape({x.dim(0), x.dim(1), x.dim(3)}));
          },
          [samples](const Tensor& x) {
            return from_n16(x, samples).reshape({samples, x.dim(1), 1, x.dim(2)});
          },
          [](const Tensor& x, const Tensor& w, const Tensor& b) {
            return conv_n16_forward(x, w.reshape({w.dim(0), w.dim(1), w.dim(3)}), b, false);
          },
          [](const Tensor& x, const Tensor& w, const Tensor& y, const Tensor& dy, Tensor* dx, Tensor* dw) {
            const Shape flat{w.dim(0), w.dim(1), w.dim(3)};
            Tensor weights = dw != nullptr ? dw->reshape(flat) : Tensor();
            conv_n16_backward({x, w.reshape(flat), y, dy}, {dx, dw != nullptr ? &weights : nullptr, nullptr});
          }};
}

Path pixels_path() {
  return {"pixels", to_nhwc, from_nhwc,
          [](const Tensor& x, const Tensor& w, const Tensor& b) { return conv_nhwc_forward(x, w, b, false); },
          [](const Tensor& x, const Tensor& w, const Tensor& y, const Tensor& dy, Tensor* dx, Tensor* dw) {
            conv_nhwc_backward({x, w, y, dy}, {dx, dw, nullptr});
          }};
}

Path general_path() {
  const auto same = [](const Tensor& x) { return x; };
  return {"im2col", same, same,
          [](const Tensor& x, const Tensor& w, const Tensor& b) {
            return conv_forward(conv_geometry(x.shape(), w.shape()), x, w, b);
          },
          [](const Tensor& x, const Tensor& w, const Tensor&, const Tensor& dy, Tensor* dx, Tensor* dw) {
            const ConvGeometry g = conv_geometry(x.shape(), w.shape());
            if (dx != nullptr) conv_backward_data(g, dy, w, *dx);
            if (dw != nullptr) conv_backward_weight(g, dy, x, *dw);
          }};
}

enum class Op { forward, backward_data, backward_weight };

/// The result of one operation through a path, plain layout in and out.
Tensor result_of(const Path& path, Op op, const Tensor& x, const Tensor& w, const Tensor& dy) {
  const Tensor bias(Shape{w.dim(0)});
  const Tensor y = path.forward(path.to(x), w, bias);
  if (op == Op::forward) return path.from(y);
  Tensor dx = path.to(Tensor(x.shape())), dw(w.shape());
  path.backward(path.to(x), w, y, path.to(dy), op == Op::backward_data ? &dx : nullptr,
                op == Op::backward_weight ? &dw : nullptr);
  return op == Op::backward_data ? path.from(dx) : dw;
}

Tensor plain_loops(Op op, const Tensor& x, const Tensor& w, const Tensor& dy) {
  const ConvGeometry g = conv_geometry(x.shape(), w.shape());
  if (op == Op::forward) return reference::conv_forward(g, x, w, Tensor());
  Tensor result(op == Op::backward_data ? x.shape() : w.shape());
  if (op == Op::backward_data) reference::conv_backward_data(g, dy, w, result);
  if (op == Op::backward_weight) reference::conv_backward_weight(g, dy, x, result);
  return result;
}

/// All three operations on input [N, C, H, W] and weight [O, C, KH, KW]; `few` images are enough to compare.
void add_convolution(std::vector<Case>& cases, const std::string& name, const Shape& input, const Shape& weight,
                     Index few, const std::function<Path(Index)>& path_of) {
  const ConvGeometry g = conv_geometry(input, weight);
  const double flops = 2.0 * static_cast<double>(g.batch * g.positions() * g.out_channels * g.taps());
  const Shape small{few, input[1], input[2], input[3]};
  const char* names[] = {"forward", "backward data", "backward weight"};
  for (const Op op : {Op::forward, Op::backward_data, Op::backward_weight}) {
    const Path path = path_of(input[0]), small_path = path_of(few);
    const auto gap = [=] {
      const Tensor x = random_tensor(small, "x"), w = random_tensor(weight, "w");
      const Tensor dy = random_tensor(conv_geometry(small, weight).output_shape(), "dy");
      return relative_gap(result_of(small_path, op, x, w, dy), plain_loops(op, x, w, dy));
    };
    const Tensor x = path.to(random_tensor(input, "x")), w = random_tensor(weight, "w"), bias(Shape{weight[0]});
    const Tensor y = path.forward(x, w, bias), dy = path.to(random_tensor(g.output_shape(), "dy"));
    const auto run = [=] {
      if (op == Op::forward) {
        path.forward(x, w, bias);
      } else {
        // Gradients are added to: the same tensors serve every repeat.
        static Tensor dx, dw;
        if (dx.shape() != x.shape()) dx = Tensor(x.shape());
        if (dw.shape() != w.shape()) dw = Tensor(w.shape());
        path.backward(x, w, y, dy, op == Op::backward_data ? &dx : nullptr, op == Op::backward_weight ? &dw : nullptr);
      }
    };
    cases.push_back({concat(name, ", ", path.name), names[static_cast<int>(op)], flops, gap, run});
  }
}

void add_linear(std::vector<Case>& cases, Index in, Index out) {
  const Index samples = 512;
  const Tensor x = random_tensor({samples, in}, "x"), w = random_tensor({out, in}, "w");
  const auto product = [=] {
    Tensor y = Tensor::uninitialized({samples, out});
    parallel_gemm(plain(x), transposed(w), output(y));
    return y;
  };
  const auto gap = [=] {
    Tensor expected({samples, out});
    for (Index i = 0; i < expected.size(); ++i) {
      double sum = 0;
      for (Index k = 0; k < in; ++k) sum += double{x[i / out * in + k]} * w[i % out * in + k];
      expected[i] = static_cast<float>(sum);
    }
    return relative_gap(product(), expected);
  };
  cases.push_back({concat("linear ", in, "->", out, ", gemm"), "forward", 2.0 * static_cast<double>(samples * in * out),
                   gap, [=] { product(); }});
}

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  const auto general = [](Index) { return general_path(); };
  const auto pixels = [](Index) { return pixels_path(); };
  const auto conv1d = [&](Index in, Index length, Index taps) {
    const std::string name = concat("conv1d ", in, "->20, ", taps, " taps");
    add_convolution(cases, name, {512, in, 1, length}, {20, in, 1, taps}, 16, lanes_path);
    add_convolution(cases, name, {512, in, 1, length}, {20, in, 1, taps}, 16, general);
  };
  const auto conv2d = [&](Index in, Index side, Index taps) {
    const std::string name = concat("conv2d ", in, "->30, ", taps, "x", taps);
    add_convolution(cases, name, {8, in, side, side}, {30, in, taps, taps}, 1, pixels);
    add_convolution(cases, name, {8, in, side, side}, {30, in, taps, taps}, 1, general);
  };
  conv1d(1, 162, 45);
  conv1d(20, 118, 45);
  conv1d(20, 118, 89);
  conv2d(6, 38, 10);
  conv2d(30, 29, 10);
  conv2d(30, 29, 19);
  add_linear(cases, 600, 250);
  add_linear(cases, 480, 200);
  add_linear(cases, 450, 450);
  add_linear(cases, 450, 162);
  return cases;
}

}  // namespace

int main(int count, char** texts) {
  const bench::Options options(count, texts);
  const double peak = bench::peak_gflops(options.threads);
  if (options.json) {
    std::printf("{\"threads\": %d, \"simd\": \"%s\", \"peak_gflops\": %.1f, \"cases\": [", options.threads,
                simd_name().c_str(), peak);
  } else {
    std::printf("%d threads, %s, peak %.0f GFLOP/s\n%-34s %-16s %10s %10s %7s %9s\n", options.threads,
                simd_name().c_str(), peak, "kernel", "", "us", "GFLOP/s", "% peak", "gap");
  }
  bool right = true;
  const char* comma = "";
  for (const Case& c : all_cases()) {
    const double gap = c.gap();
    right = right && gap < 1e-4;
    const double seconds = bench::median_seconds(options.repeats, c.run), rate = c.flops / seconds * 1e-9;
    if (options.json) {
      std::printf("%s\n {\"kernel\": \"%s\", \"op\": \"%s\", \"us\": %.1f, \"gflops\": %.1f, \"gap\": %.1e}", comma,
                  c.name.c_str(), c.op.c_str(), seconds * 1e6, rate, gap);
      comma = ",";
    } else {
      std::printf("%-34s %-16s %10.0f %10.1f %6.0f%% %9.0e%s\n", c.name.c_str(), c.op.c_str(), seconds * 1e6, rate,
                  100 * rate / peak, gap, gap < 1e-4 ? "" : "  WRONG");
      std::fflush(stdout);
    }
  }
  if (options.json) std::printf("\n]}\n");
  return right ? 0 : 1;
}
