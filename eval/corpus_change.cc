#include "eval/corpus_change.h"

#include <algorithm>
#include <map>

namespace quarry::eval {
namespace {

constexpr size_t kNamesShown = 5;

// ", 2 documents removed (a.csv, b.docx)"; "" for none.
std::string Group(const std::vector<std::string>& names, const std::string& what, bool is_first) {
  if (names.empty()) return "";
  std::string text = (is_first ? "" : ", ") + std::to_string(names.size()) +
                     (is_first ? (names.size() == 1 ? " document " : " documents ") : " ") + what +
                     " (";
  for (size_t i = 0; i < std::min(kNamesShown, names.size()); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > kNamesShown) {
    text += " and " + std::to_string(names.size() - kNamesShown) + " more";
  }
  return text + ")";
}

}  // namespace

CorpusChange CompareCorpora(const RunManifest& before, const RunManifest& now) {
  CorpusChange change{.added = {},
                      .removed = {},
                      .changed = {},
                      .renamed = {},
                      .is_known = !before.content_hashes.empty() && !now.content_hashes.empty(),
                      .documents_before = before.documents,
                      .documents_now = now.documents};
  if (!change.is_known) return change;
  std::multimap<std::string, DocumentId> gone;  // by their hashes
  for (const auto& [document, hash] : before.content_hashes) {
    const auto found = now.content_hashes.find(document);
    if (found == now.content_hashes.end()) {
      gone.emplace(hash, document);
    } else if (found->second != hash) {
      change.changed.push_back(document);
    }
  }
  for (const auto& [document, hash] : now.content_hashes) {
    if (before.content_hashes.contains(document)) continue;
    const auto same = gone.find(hash);
    if (same == gone.end()) {
      change.added.push_back(document);
      continue;
    }
    change.renamed.emplace_back(same->second, document);
    gone.erase(same);
  }
  for (const auto& [hash, document] : gone) change.removed.push_back(document);
  std::ranges::sort(change.removed);
  return change;
}

std::string CorpusChangeText(const CorpusChange& change) {
  std::string text;
  if (!change.is_known && change.documents_before != change.documents_now) {
    text = std::to_string(change.documents_before) + " documents then, " +
           std::to_string(change.documents_now) + " now";
  }
  std::vector<std::string> renamed;
  for (const auto& [from, to] : change.renamed) renamed.push_back(from + " -> " + to);
  text += Group(change.removed, "removed", text.empty());
  text += Group(change.changed, "changed", text.empty());
  text += Group(change.added, "added", text.empty());
  text += Group(renamed, "renamed", text.empty());
  return text.empty() ? "" : "the corpus is not that of the baseline: " + text;
}

}  // namespace quarry::eval
