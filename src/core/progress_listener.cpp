#include "specfuse/core/progress_listener.h"

#include <utility>

namespace specfuse {
namespace {

ProgressListener& listener() {
  static ProgressListener listener;
  return listener;
}

}  // namespace

void set_progress_listener(ProgressListener listens) { listener() = std::move(listens); }

const ProgressListener& progress_listener() { return listener(); }

}  // namespace specfuse
