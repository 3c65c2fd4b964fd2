#pragma once

#include <sys/types.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace specfuse {

/// How to start a program.
struct Command {
  /// Its file; one without a slash is looked for in $PATH.
  std::string program;
  /// As the program sees them, its own name first.
  std::vector<std::string> arguments;
  /// NAME=value for each variable that it gets beside those of this process.
  std::vector<std::string> environment{};
  /// Whether its standard output is kept with its standard error; else it is dropped.
  bool keep_output = false;
  /// A descriptor that stays open in it, even if it is close-on-exec; -1: none.
  int descriptor = -1;
};

/// Another process, with no input. It is killed when its parent ends, however that ends; those that it starts end with
/// it, except where its parent was killed.
class ChildProcess {
 public:
  struct Ending {
    /// The exit code, or 128 and the number of the signal that ended it.
    int code = 0;
    /// The end of what it wrote, at most a mebibyte.
    std::string output;
  };

  /// Throws `Error` where the system cannot start it.
  explicit ChildProcess(const Command& command);
  /// Kills it where it has not ended.
  ~ChildProcess();
  ChildProcess(ChildProcess&&) = delete;

  /// Does not wait; nothing while it runs. Not called again once it has ended.
  std::optional<Ending> ending();
  /// Its peak memory so far in MiB, without that of programs it started; 0 where it is not known, and once it
  /// has ended.
  double peak_memory_mb() const;
  /// Asks it to save its state and end.
  void terminate() const;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> output_;
  pid_t process_ = -1;
};

/// Whether there is such a program that may be started, found as a shell finds it.
bool can_start(const std::string& program);

/// The last line of a text that is not empty.
std::string last_line_of(const std::string& text);

}  // namespace specfuse
