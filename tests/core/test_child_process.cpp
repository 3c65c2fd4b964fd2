#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "specfuse/core/child_process.h"
#include "specfuse/core/peak_memory.h"

using namespace specfuse;

namespace {

ChildProcess::Ending ending_of(const Command& command) {
  ChildProcess process(command);
  for (;;) {
    if (const auto ending = process.ending()) return *ending;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

Command shell(const std::string& script) { return {"sh", {"sh", "-c", script}}; }

}  // namespace

TEST_CASE("a child process: exit code, signal, and what it wrote") {
  Command both = shell("echo out; echo error >&2; exit 7");
  CHECK(ending_of(both).code == 7);
  CHECK(ending_of(both).output == "error\n");
  both.keep_output = true;
  CHECK(ending_of(both).output == "out\nerror\n");
  CHECK(ending_of(shell("kill -TERM $$")).code == 128 + 15);
  CHECK(ending_of({"no_such_program", {"no_such_program"}}).code == 127);
}

TEST_CASE("a child process: its environment is this one with what is given") {
  Command command = shell("echo $SPECFUSE_GIVEN-$HOME");
  command.environment = {"SPECFUSE_GIVEN=yes", "HOME=elsewhere"};
  command.keep_output = true;
  CHECK(ending_of(command).output == "yes-elsewhere\n");
}

TEST_CASE("a child process: of much output the end is kept") {
  const ChildProcess::Ending ending = ending_of(shell("yes 0123456 | head -c 3000000 >&2; echo last >&2"));
  CHECK(ending.output.size() == 1 << 20);
  CHECK(last_line_of(ending.output) == "last");
}

TEST_CASE("a child process: the peak of its own memory, not of this process") {
  const std::vector<char> much(200'000'000, 'x');
  ChildProcess small({"sleep", {"sleep", "60"}});
  double peak = 0;
  for (int look = 0; look < 500 && (peak < 0.1 || peak > 100); ++look) {  // until it is sleep and no copy of this
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    peak = small.peak_memory_mb();
  }
  CHECK(peak > 0.1);
  CHECK(peak < 100);
  CHECK(peak_memory_mb("self") > 190);
  CHECK(much.back() == 'x');
}

TEST_CASE("programs are found as a shell finds them") {
  CHECK(can_start("sh"));
  CHECK(can_start("/bin/sh"));
  CHECK_FALSE(can_start("no_such_program"));
  CHECK_FALSE(can_start("/bin"));
  CHECK_FALSE(can_start("/etc/passwd"));
  CHECK_FALSE(can_start(""));
}

TEST_CASE("the last line that is not empty") {
  CHECK(last_line_of("one\ntwo\n\n") == "two");
  CHECK(last_line_of("one") == "one");
  CHECK(last_line_of("\n") == "");
}
