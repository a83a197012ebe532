#pragma once

// Whether the first row of a table names its columns, where nobody says so. Internal to ingest/.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace quarry::ingest {

constexpr size_t kHeaderSample = 50;  // rows that the guess looks at

// "12", "-0.5 %", "1,234", "2024-01-31", "12:30": a value rather than a name.
bool LooksLikeValue(std::string_view cell);

// Whether `first` names the columns of `rows`: different names, none that is a value (but years may
// head columns) and none that comes again in its own column.
bool LooksLikeHeader(const std::vector<std::string>& first,
                     const std::vector<std::vector<std::string>>& rows);

}  // namespace quarry::ingest
