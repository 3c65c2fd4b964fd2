#include <doctest/doctest.h>

#include <algorithm>

#include "specfuse/nn/layer.h"
#include "support/op_checks.h"

using namespace specfuse;
using namespace specfuse::testing;

TEST_CASE("layers: every type has a case in support/layer_cases.cpp") {
  const std::vector<OpCase> cases = layer_cases();
  for (const LayerType& type : layer_types()) {
    INFO(type.name);
    CHECK(std::any_of(cases.begin(), cases.end(), [&](const OpCase& of) { return of.layer_type == type.name; }));
  }
}

TEST_CASE("layers: values agree with plain loops, on every instruction set and for every layout of the inputs") {
  for (const OpCase& of : layer_cases()) check_values(of);
}

TEST_CASE("layers: gradients agree with central differences for every layout of the inputs") {
  for (const OpCase& of : layer_cases()) check_gradients(of);
}
