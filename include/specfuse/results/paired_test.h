#pragma once

#include <vector>

namespace specfuse {

/// The probability of a Student t at least this far from 0, on both sides, with `freedom` >= 1 degrees of freedom, to
/// 1e-15 (Abramowitz and Stegun 1964, eqs. 26.7.3 and 26.7.4).
double two_sided_t(double t, int freedom);

/// The p-value of the two-sided paired t-test: how likely differences a_i - b_i at least this far from zero on average
/// are where their true mean is zero. NaN for fewer than two pairs, for values that are not finite, and where all
/// differences are equal. Throws `Error` where the lengths differ.
double paired_t_test(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace specfuse
