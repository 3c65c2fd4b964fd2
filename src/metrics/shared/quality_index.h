#pragma once

namespace specfuse {

/// Moments of two signals over a window.
struct Moments {
  double mean_x, mean_y;
  /// Var(x) + Var(y).
  double variances;
  double covariance;
};

/// Wang and Bovik 2002, "A universal image quality index", eq. 2: 4 C m_x m_y / ((V_x + V_y) (m_x^2 + m_y^2)) as the
/// product of the comparison of means and that of structure; either counts 1 where it is 0 / 0.
inline double quality_index(const Moments& m) {
  const double squares = m.mean_x * m.mean_x + m.mean_y * m.mean_y;
  const double means = squares > 0 ? 2 * m.mean_x * m.mean_y / squares : 1;
  const double structure = m.variances > 0 ? 2 * m.covariance / m.variances : 1;
  return means * structure;
}

}  // namespace specfuse
