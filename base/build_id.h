#pragma once

// Which build of the program runs: the id that the linker made of its contents (GNU build id, an
// ELF note). Two programs of one id do the same; another commit, compiler or option is another id.

#include <string>

namespace quarry {

// In hex; "" where the program was linked without one. Thread-safe.
std::string BuildId();

}  // namespace quarry
