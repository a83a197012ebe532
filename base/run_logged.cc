#include "base/run_logged.h"

#include <exception>
#include <string>

#include "base/log.h"

namespace quarry {

// One of the two places of Quarry that catch everything: a broken task must not take the others
// down.
void RunLogged(const char* whose, const std::function<void()>& task) {
  try {
    task();
  } catch (const std::exception& error) {
    LogError(std::string(whose) + " threw: " + error.what());
  } catch (...) {
    LogError(std::string(whose) + " threw something that is no std::exception");
  }
}

}  // namespace quarry
