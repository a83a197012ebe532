#pragma once

// Parts of documents that tell what was changed when, and not what is so: change logs, histories of
// revisions. A person hardly asks what they answer. English and Chinese. Pure functions.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quarry::eval {

// Whether a heading or title has a change log below it: "Appendix B: Revision history", "九、修订记录".
// One that speaks of them has none: "How we keep the change log", "更新日志的保存".
bool IsChangeLogHeading(std::string_view heading);

// A row of a table: the names of its columns with its cells.
using RowCells = std::vector<std::pair<std::string, std::string>>;

// Whether a row tells of a change: a date or version beside what was changed.
bool IsChangeRow(const RowCells& cells);

// Whether a line of a text tells of a change: it begins with a date and a word of change ("2024-03-01 fixed the
// report"). A word of change alone says nothing, however many lines begin with one: "Fixed assets are written
// off.", "调整时间不超过2小时。"
bool IsChangeLine(std::string_view line);

}  // namespace quarry::eval
