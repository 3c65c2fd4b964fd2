#include "sweep/run_messages.h"

#include <algorithm>

#include "specfuse/core/error.h"

namespace specfuse {

void RunMessages::add(std::size_t run, const std::string& text) {
  const auto same = [&](const auto& message) { return message.first == text; };
  auto found = std::find_if(messages_.begin(), messages_.end(), same);
  if (found == messages_.end()) found = messages_.insert(found, {text, {}});
  if (found->second.empty() || found->second.back() != run) found->second.push_back(run);
}

std::vector<std::string> RunMessages::lines(const Sweep& sweep, Wording wording) const {
  std::vector<std::string> lines;
  for (const auto& [text, runs] : messages_) {
    const std::string which = sweep.text_of(runs, wording);
    lines.push_back(concat(which, which.empty() ? "" : ": ", text));
  }
  return lines;
}

void refuse(const Sweep& sweep, const RunMessages& mistakes, bool of_data_alone) {
  constexpr std::size_t kMost = 20;
  if (mistakes.empty()) return;
  std::vector<std::string> lines = mistakes.lines(sweep);
  for (std::string& line : lines) line = concat(sweep.file, ": ", line);
  if (lines.size() > kMost) {
    const std::size_t left = lines.size() - kMost;
    lines.resize(kMost);
    lines.push_back(concat(sweep.file, ": and ", left, " more mistakes"));
  }
  throw BadSweep(lines, of_data_alone);
}

}  // namespace specfuse
