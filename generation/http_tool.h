#pragma once

// A tool that a profile declares: one HTTP request to a host that the operator allows (tools.http_hosts).
//
// Arguments named in the address stand there percent-encoded; of the others GET and DELETE make the
// query, all else a JSON body. No redirect is followed; time and size are bounded. Secrets come from the
// environment, into headers alone, and are taken out of whatever comes back. What comes back is a
// passage.

#include <memory>

#include "base/answer_guide.h"
#include "generation/tool.h"
#include "generation/toolbox.h"

namespace quarry::generation {

inline constexpr std::string_view kToolSecretPrefix = "QUARRY_TOOL_";

// What is wrong with a tool of a profile. kInvalidArgument beginning with the key: "url: ...".
Status CheckHttpTool(const HttpTool& tool);

// `http` (may be null) and `options` must outlive it. REQUIRES: CheckHttpTool.
std::unique_ptr<Tool> MakeHttpTool(const HttpTool& tool, const model::HttpClient* http,
                                   const ToolboxOptions& options);

}  // namespace quarry::generation
