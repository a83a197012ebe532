#include "base/answer.h"

namespace quarry {

const char* SupportName(Support support) {
  switch (support) {
    case Support::kSupported:
      return "supported";
    case Support::kUnsupported:
      return "unsupported";
    case Support::kUnchecked:
      return "unchecked";
  }
  Fatal(__FILE__, __LINE__, "unknown Support");
}

}  // namespace quarry
