#include "io/reorder.h"

#include "specfuse/core/threads.h"

namespace specfuse {

Tensor in_order(const Tensor& values, const std::string& axes) {
  if (axes == "rcb") return values;
  const auto place = [&](char axis) { return static_cast<int>(axes.find(axis)); };
  const int from[] = {place('r'), place('c'), place('b')};
  const Index strides[] = {values.dim(1) * values.dim(2), values.dim(2), 1};
  const Index step_row = strides[from[0]], step_col = strides[from[1]], step_band = strides[from[2]];
  Tensor result = Tensor::uninitialized({values.dim(from[0]), values.dim(from[1]), values.dim(from[2])});
  parallel_for(result.dim(0), [&](Index row) {
    float* to = result.data() + row * result.dim(1) * result.dim(2);
    for (Index col = 0; col < result.dim(1); ++col) {
      const float* const pixel = values.data() + row * step_row + col * step_col;
      for (Index band = 0; band < result.dim(2); ++band) *to++ = pixel[band * step_band];
    }
  });
  return result;
}

}  // namespace specfuse
