#pragma once

#include <functional>

namespace quarry {

// Runs a task of a thread that has others to run behind it: what the task throws is logged, as thrown by
// `whose`, and dropped. Thread-safe.
void RunLogged(const char* whose, const std::function<void()>& task);

}  // namespace quarry
