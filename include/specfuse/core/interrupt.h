#pragma once

namespace specfuse {

/// After this call SIGINT and SIGTERM set a flag instead of ending the program; a second one ends it at once.
void catch_interrupts();

/// Whether a signal has arrived. Long loops ask between steps and throw `Interrupted` after saving their state.
bool interrupted();

/// Forgets a signal that has been dealt with and catches the next one.
void clear_interrupt();

}  // namespace specfuse
