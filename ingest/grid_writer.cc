#include "ingest/grid_writer.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ingest/table_header.h"

namespace quarry::ingest {
namespace {

size_t CountFilled(const std::vector<std::string>& cells) {
  return static_cast<size_t>(
      std::ranges::count_if(cells, [](const std::string& cell) { return !Trim(cell).empty(); }));
}

// A header above values is sure, one of words above words is a guess.
bool HasValueBelow(const std::vector<std::string>& first,
                   const std::vector<std::vector<std::string>>& rows) {
  return std::ranges::any_of(rows, [&](const std::vector<std::string>& row) {
    for (size_t i = 0; i < std::min(first.size(), row.size()); ++i) {
      if (!first[i].empty() && LooksLikeValue(row[i])) return true;
    }
    return false;
  });
}

}  // namespace

void GridWriter::AddHeader(const std::vector<std::string>& cells) {
  header_.resize(std::max(header_.size(), cells.size()));
  for (size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].empty() || header_[i].ends_with(cells[i])) continue;
    if (header_[i].size() > kSpannedHeaderBytes) continue;  // no more of it is shown
    if (!header_[i].empty()) header_[i] += ' ';
    header_[i] += cells[i];
  }
}

void GridWriter::AddRow(std::vector<std::string> cells) {
  if (table_) return Write(cells);
  sample_.push_back(std::move(cells));
  if (sample_.size() > kHeaderSample) Begin();
}

void GridWriter::Begin() {
  if (header_.empty()) {
    // A caption, notes above the table.
    size_t lines = 0;
    while (lines + 1 < sample_.size() && CountFilled(sample_[lines]) == 1 &&
           CountFilled(sample_[lines + 1]) != 0) {
      ++lines;
    }
    const bool is_list = lines + 1 == sample_.size() && CountFilled(sample_.back()) == 1;
    if (is_list) lines = 0;
    for (size_t i = 0; i < lines; ++i) {
      for (const std::string& cell : sample_[i]) builder_->Add(BlockKind::kParagraph, 0, cell);
    }
    sample_.erase(sample_.begin(), sample_.begin() + static_cast<std::ptrdiff_t>(lines));
    if (sample_.size() > 1 && CountFilled(sample_[0]) > 1) {
      std::vector<std::string> first = std::move(sample_.front());
      sample_.erase(sample_.begin());
      const bool is_header = LooksLikeHeader(first, sample_) &&
                             (last_header_.empty() || HasValueBelow(first, sample_));
      if (is_header) {
        header_ = std::move(first);
      } else {
        sample_.insert(sample_.begin(), std::move(first));
      }
    }
    const bool fits = std::ranges::all_of(sample_, [&](const auto& row) {
      return row.size() <= last_header_.size() && CountFilled(row) > 1;
    });
    if (header_.empty() && fits) header_ = last_header_;
  }
  table_.emplace(builder_);
  table_->SetHeader(ViewsOf(header_));
  last_header_ = std::exchange(header_, {});
  for (const std::vector<std::string>& row : std::exchange(sample_, {})) Write(row);
}

void GridWriter::Write(const std::vector<std::string>& cells) { table_->AddRow(ViewsOf(cells)); }

void GridWriter::EndTable() {
  if (!table_ && sample_.empty() && header_.empty()) return;
  if (!table_) Begin();
  table_->Finish();
  table_.reset();
}

}  // namespace quarry::ingest
