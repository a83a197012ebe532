#pragma once

// A YAML value as JSON text. Internal to the YAML readers of this folder.

#include <string>

namespace YAML {
class Node;
}

namespace quarry::generation {

// Scalars in quotes are strings; of the others true, false, null and numbers are what JSON calls so.
// Keys that are no scalars become "". Aliases are followed, up to 64 levels deep.
std::string YamlToJson(const YAML::Node& node);

}  // namespace quarry::generation
