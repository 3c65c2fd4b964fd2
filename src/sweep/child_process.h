#pragma once

#include <sys/types.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace specfuse {

/// Another process of this program. It is killed when its parent ends, however that ends.
class ChildProcess {
 public:
  struct Ending {
    /// The exit code, or 128 and the number of the signal that ended it.
    int code = 0;
    /// The last line on its standard error.
    std::string last_line;
  };

  /// Starts it with no input and its output dropped. `descriptor` stays open in it, even if it is close-on-exec. Throws
  /// `Error` where the system cannot start it.
  ChildProcess(const std::vector<std::string>& arguments, int descriptor);
  /// Kills it where it has not ended.
  ~ChildProcess();
  ChildProcess(ChildProcess&&) = delete;

  /// Does not wait; nothing while it runs. Not called again once it has ended.
  std::optional<Ending> ending();
  /// Asks it to save its state and end.
  void terminate() const;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> errors_;
  pid_t process_ = -1;
};

}  // namespace specfuse
