#pragma once

#include "specfuse/autograd/variable.h"

namespace specfuse {

/// Loss of an estimate and of its predicted error: x [..., 2] holds the estimate m and the logarithm s of its
/// mean size of error, target [...] the truth y. The mean over all of
///
///   huber(m - y) + weight (s + |m - y| exp(-s)),
///
/// the Huber loss quadratic up to `limit` and linear beyond; the second part, the negative logarithm of a Laplace
/// density, has its minimum at exp(s) = E|m - y| and gives m no gradient, so that no value is given up as uncertain:
/// shape [1]. Throws `Error` where the shapes do not fit.
struct EstimateLossOptions {
  float limit = 2, weight = 0.1f;
};
Variable estimate_loss(const Variable& x, const Tensor& target, const EstimateLossOptions& options = {});

}  // namespace specfuse
