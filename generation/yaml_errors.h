#pragma once

// Errors that name the place in a YAML file. Internal to the files that read YAML with yaml-cpp, whose exceptions end
// in them.

#include <yaml-cpp/yaml.h>

#include <string>

#include "base/status.h"

namespace quarry::generation {

// kInvalidArgument "FILE:LINE: problem", without the line where it is not known.
inline Status YamlError(const std::string& file, const YAML::Mark& mark,
                        const std::string& problem) {
  const std::string place = mark.is_null() ? file : file + ':' + std::to_string(mark.line + 1);
  return InvalidArgumentError(place + ": " + problem);
}

// What yaml-cpp threw.
inline Status YamlError(const std::string& file, const YAML::Exception& thrown) {
  return YamlError(file, thrown.mark, "not valid YAML: " + thrown.msg);
}

}  // namespace quarry::generation
