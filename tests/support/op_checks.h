#pragma once

#include <doctest/doctest.h>

#include "specfuse/kernels/dispatch.h"
#include "support/gradient_check.h"
#include "support/op_case.h"

namespace specfuse::testing {

/// The value against plain loops, on every instruction set and for every layout of the inputs.
inline void check_values(const OpCase& of) {
  const std::vector<Tensor> inputs = random_inputs(of);
  const std::string before = simd_name();
  for (const std::string& set : available_simd()) {
    use_simd(set);
    for (const auto& layouts : legal_layouts(of)) {
      INFO(of.name, ", ", text_of(layouts), ", ", set);
      CHECK(value_gap(of, inputs, layouts) < of.accuracy.value);
    }
  }
  use_simd(before);
}

/// The gradient of every input against central differences, for every layout of the inputs, and alone.
inline void check_gradients(const OpCase& of) {
  const std::vector<Tensor> inputs = random_inputs(of);
  for (const auto& layouts : legal_layouts(of)) {
    INFO(of.name, ", ", text_of(layouts));
    CHECK(gradient_gap(of.op, inputs, {of.accuracy.step, layouts}) < of.accuracy.gradient);
  }
  INFO(of.name);
  CHECK(gradients_come_alone(of, inputs));
}

}  // namespace specfuse::testing
