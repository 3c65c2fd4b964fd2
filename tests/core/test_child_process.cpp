#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "specfuse/core/child_process.h"

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
