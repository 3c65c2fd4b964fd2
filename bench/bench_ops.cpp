/// bench_ops [--threads N] [--repeats N] [--json]: the cases of tests/support/op_cases.cpp and layer_cases.cpp on
/// the network's shapes: microseconds, GFLOP/s of the plain arithmetic that they stand for, and percent of the peak of
/// this CPU. A kernel that multiplies less than plain arithmetic does can pass 100 %. Before it is timed, the value of
/// each is compared with plain loops and its gradients with difference quotients, on a small batch.
#include <algorithm>
#include <cstdio>

#include "specfuse/core/error.h"
#include "specfuse/kernels/blas.h"
#include "specfuse/kernels/dispatch.h"
#include "support/gradient_check.h"
#include "support/op_case.h"
#include "support/random.h"
#include "timing.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

enum class Pass { forward, backward_data, backward_weight };
constexpr const char* kPassNames[] = {"forward", "backward data", "backward weight"};

/// Relative to the largest value: for sums of up to ten thousand products, by Toom-Cook or in difference quotients. A
/// curved function may have more.
constexpr double kLargestGap = 2e-4;

/// One pass of a case on one of its shapes for timing.
class TimedPass {
 public:
  TimedPass(const OpCase& of, const Timing& timing, Pass pass) : of_(of), timing_(timing), pass_(pass) {}

  /// Of the value, or of the gradients of some elements of each input, on a 32nd of the samples.
  double gap() const {
    const std::vector<Tensor> inputs = random_inputs(32);
    if (pass_ == Pass::forward) return value_gap(of_, inputs, std::vector<Layout>(inputs.size()));
    return gradient_gap(of_.op, inputs, {of_.accuracy.step, {}, 8});
  }

  double seconds(int repeats) const {
    const std::vector<Tensor> inputs = random_inputs(1);
    // Values come in the layout that the operation makes: a network converts once.
    const Variable plain_run = of_.op(leaves(inputs, Layout::plain));
    const std::vector<Variable> x = leaves(inputs, plain_run.layout());
    if (pass_ == Pass::forward) {
      return bench::median_seconds(repeats, [&] { of_.op(x); });
    }
    // Some at a time, so that one pass backward finds in cache what it shares with the one before.
    const int together = 16;
    const Tensor cotangent = random_tensor(plain_run.value().shape(), "cotangent");
    std::vector<Variable> ends;
    const auto run_forward = [&] {
      for (int left = ends.empty() ? together : 0; left > 0; --left) {
        const Variable y = of_.op(x);
        // Hands its gradient over as it is: to add it up is not the operation's work.
        ends.emplace_back(Tensor(Shape{1}), std::vector<Variable>{y},
                          [y, cotangent](const Tensor&) { y.grad_to_add() = cotangent; });
      }
    };
    const auto run_backward = [&] {
      ends.back().backward();
      ends.pop_back();
    };
    return bench::median_seconds(repeats, run_backward, run_forward);
  }

 private:
  /// Of the samples only every `part`-th, but at least one.
  std::vector<Tensor> random_inputs(Index part) const {
    std::vector<Tensor> inputs;
    for (const Shape& s : timing_.values) {
      const Index samples = std::max<Index>(1, s[0] / part);
      const Shape fewer = s.rank() == 5   ? Shape{samples, s[1], s[2], s[3], s[4]}
                          : s.rank() == 4 ? Shape{samples, s[1], s[2], s[3]}
                          : s.rank() == 3 ? Shape{samples, s[1], s[2]}
                                          : Shape{samples, s[1]};
      inputs.push_back(random_tensor(fewer, "values"));
    }
    for (const Shape& shape : timing_.parameters) inputs.push_back(random_tensor(shape, "parameters"));
    return inputs;
  }

  std::vector<Variable> leaves(const std::vector<Tensor>& inputs, Layout layout) const {
    std::vector<Variable> all;
    for (const Tensor& input : inputs) {
      const bool is_value = all.size() < timing_.values.size(), is_weight = all.size() == timing_.values.size();
      const bool wanted = (pass_ == Pass::backward_data && is_value) || (pass_ == Pass::backward_weight && is_weight);
      const Layout own = is_value ? layout : Layout::plain;
      all.emplace_back(Stored(convert_layout(input, own), input.shape(), own), wanted);
    }
    return all;
  }

  const OpCase& of_;
  const Timing& timing_;
  Pass pass_;
};

/// Prints a row for each pass, and tells whether all were right.
class Table {
 public:
  explicit Table(const bench::Options& options)
      : options_(options), peak_(bench::peak_gflops(options.threads)), simd_(simd_name()) {
    if (options.json) {
      std::printf("{\"threads\": %d, \"simd\": \"%s\", \"peak_gflops\": %.1f, \"cases\": [", options.threads,
                  simd_.c_str(), peak_);
    } else {
      std::printf("%d threads, %s, peak %.0f GFLOP/s\n%-36s %-16s %10s %10s %7s %9s\n", options.threads, simd_.c_str(),
                  peak_, "operation", "", "us", "GFLOP/s", "% peak", "gap");
    }
  }

  void add(const OpCase& of, const Timing& timing, Pass pass) {
    const TimedPass timed(of, timing, pass);
    const double gap = timed.gap(), seconds = timed.seconds(options_.repeats), rate = timing.flops / seconds * 1e-9;
    const char* const pass_name = kPassNames[static_cast<int>(pass)];
    const bool right = gap < std::max(kLargestGap, of.accuracy.gradient);
    all_right_ = all_right_ && right;
    if (options_.json) {
      std::printf("%s\n {\"kernel\": \"%s\", \"op\": \"%s\", \"us\": %.1f, \"gflops\": %.1f, \"gap\": %.1e}", comma_,
                  timing.name.c_str(), pass_name, seconds * 1e6, rate, gap);
      comma_ = ",";
    } else {
      std::printf("%-36s %-16s %10.0f %10.1f %6.0f%% %9.0e%s\n", timing.name.c_str(), pass_name, seconds * 1e6, rate,
                  100 * rate / peak_, gap, right ? "" : "  WRONG");
      std::fflush(stdout);
    }
  }

  bool finish() const {
    if (options_.json) std::printf("\n]}\n");
    return all_right_;
  }

 private:
  const bench::Options& options_;
  double peak_;
  std::string simd_;
  const char* comma_ = "";
  bool all_right_ = true;
};

}  // namespace

int main(int count, char** texts) {
  choose_blas_kernels(texts);
  const bench::Options options(count, texts);
  Table table(options);
  for (const auto& cases : {op_cases(), layer_cases()}) {
    for (const OpCase& of : cases) {
      for (const Timing& timing : of.timings) {
        for (const Pass pass : {Pass::forward, Pass::backward_data, Pass::backward_weight}) table.add(of, timing, pass);
      }
    }
  }
  return table.finish() ? 0 : 1;
}
