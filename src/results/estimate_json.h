#pragma once

#include <nlohmann/json.hpp>

#include "specfuse/config/json_fields.h"
#include "specfuse/estimate/estimate.h"

namespace specfuse {

/// A matrix in rows.
Json rows_json(const Tensor& matrix);

/// What `metrics.json` has of the estimate of a seed, and what it reads back of it.
Json estimate_json(Index seed, const Estimate& estimate);
Estimate read_estimate(const Json& json);

}  // namespace specfuse
