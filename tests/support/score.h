#pragma once

#include <doctest/doctest.h>

#include "specfuse/metrics/evaluation.h"

namespace specfuse::testing {

/// The value of a metric; fails where it is not there.
inline double score(const Scores& scores, const std::string& key) {
  for (const Score& entry : scores.values) {
    if (entry.key == key) return entry.value;
  }
  FAIL("no score " << key);
  return 0;
}

}  // namespace specfuse::testing
