#pragma once

// The description of the server's API, as OpenAPI 3.1 has it, made from the table of routes: what
// there is, with parameters of paths, media types of bodies and the shapes of errors. What the fields
// mean stands in docs/http.md.

#include <string>
#include <vector>

#include "server/router.h"

namespace quarry::server {

// A JSON text. `version` is the program's.
std::string OpenApiDocument(const std::vector<Route>& routes, const std::string& version);

}  // namespace quarry::server
