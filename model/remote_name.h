#pragma once

// RemoteName: how a model behind HTTP is written wherever a folder could be: BASE_URL#MODEL.
//
//   https://api.openai.com/v1#text-embedding-3-small
//   https://api.openai.com/v1?dimensions=512#text-embedding-3-small   vectors of this length
//   http://127.0.0.1:11434/v1#qwen2.5:7b                              Ollama
//   http://127.0.0.1:8080                                             TEI: it has one model
//
// Keys never stand in it. Pure.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace quarry::model {

struct RemoteName {
  std::string base_url;     // without the part behind "#" and without dimensions
  std::string model;        // "" = none is named
  uint32_t dimensions = 0;  // 0 = as the model has them

  // As it is written.
  std::string ToString() const;
};

// kInvalidArgument for what is no such name; a name and password in the URL are refused, and parameters
// other than dimensions and api-version, since names are stored and shown.
Result<RemoteName> ParseRemoteName(std::string_view text);

// What was probably meant by a name without http:// or https:// that begins as an address does:
// "localhost:11434#m" -> "http://localhost:11434/v1#m". "" for one that may be a model's ("org/model:tag").
std::string AddressMeant(std::string_view text);

}  // namespace quarry::model
