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

const char* ReplyKindName(ReplyKind kind) {
  switch (kind) {
    case ReplyKind::kAnswer:
      return "answer";
    case ReplyKind::kSmallTalk:
      return "small_talk";
    case ReplyKind::kRefused:
      return "refused";
    case ReplyKind::kAskBack:
      return "ask_back";
    case ReplyKind::kFalsePremise:
      return "false_premise";
    case ReplyKind::kContradiction:
      return "contradiction";
  }
  return "unknown";
}

const char* CacheKindName(CacheKind kind) {
  switch (kind) {
    case CacheKind::kOff:
      return "off";
    case CacheKind::kBypassed:
      return "bypassed";
    case CacheKind::kMiss:
      return "miss";
    case CacheKind::kShared:
      return "shared";
    case CacheKind::kExact:
      return "exact";
    case CacheKind::kSemantic:
      return "semantic";
  }
  Fatal(__FILE__, __LINE__, "unknown CacheKind");
}

}  // namespace quarry
