#pragma once

// The names that people give: of collections, profiles and backups. Pure and thread-safe.

#include <string_view>

namespace quarry {

inline constexpr std::string_view kGivenNameRule =
    "1 to 64 letters, digits, '-', '_', '.', starting with a letter or digit";

// Whether `name` keeps to kGivenNameRule. Letters are those of any script (with the marks that some are written with),
// digits too. The name is in Normalization Form C, so that what looks the same is the same.
bool IsGivenName(std::string_view name);

}  // namespace quarry
