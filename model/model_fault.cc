#include "model/model_fault.h"

#include <string>

namespace quarry::model {

Status ModelFault(std::string_view place, const Status& opened) {
  Status named = opened.Annotate(place);
  switch (opened.code()) {
    case Code::kNotFound:
    case Code::kInvalidArgument:
    case Code::kFailedPrecondition:
      return UnavailableError(named.message() + "; `quarry model info DIR` checks a folder");
    default:
      return named;
  }
}

}  // namespace quarry::model
