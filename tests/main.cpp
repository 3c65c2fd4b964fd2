#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "specfuse/kernels/blas.h"

int main(int count, char** texts) {
  specfuse::choose_blas_kernels(texts);
  return doctest::Context(count, texts).run();
}
