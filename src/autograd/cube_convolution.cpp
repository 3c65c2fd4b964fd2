#include <algorithm>

#include "specfuse/autograd/ops.h"
#include "specfuse/core/error.h"
#include "specfuse/core/profile.h"
#include "specfuse/kernels/conv_cube.h"

namespace specfuse {
namespace {

struct Operands {
  Variable x, weight, bias;
};

/// The rank of the weight tells the direction.
Variable convolve(const char* operation, int rank, const Operands& of, const CubeOptions& options) {
  const Shape &s = of.x.shape(), &w = of.weight.shape();
  SPECFUSE_CHECK(s.rank() == 5 && w.rank() == rank, operation,
                 ": expected x [N, rows, cols, bands, C] and weight [O, C, K", rank == 4 ? ", K" : "", "], got ",
                 s.text(), " and ", w.text());
  const double positions = static_cast<double>(s.size()) / static_cast<double>(std::max<Index>(1, s[4]));
  const ProfileSpan span(operation, 2.0 * positions * static_cast<double>(w.size()));
  const bool relu = options.activation == Activation::relu;
  const Tensor y = conv_cube_forward(of.x.value(), of.weight.value(), of.bias.value(), {options.dilation, relu});
  return {y,
          {of.x, of.weight, of.bias},
          [of, y, relu, dilation = options.dilation](const Tensor& dy) {
            const auto wanted = [](const Variable& v) { return v.requires_grad() ? &v.grad_to_add() : nullptr; };
            conv_cube_backward({of.x.value(), of.weight.value(), y, dy, relu}, dilation,
                               {wanted(of.x), wanted(of.weight), wanted(of.bias)});
          },
          operation};
}

}  // namespace

Variable conv_bands(const Variable& x, const Variable& weight, const Variable& bias, const CubeOptions& options) {
  return convolve(__func__, 3, {x, weight, bias}, options);
}

Variable conv_pixels(const Variable& x, const Variable& weight, const Variable& bias, const CubeOptions& options) {
  return convolve(__func__, 4, {x, weight, bias}, options);
}

}  // namespace specfuse
