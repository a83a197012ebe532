#include "retrieval/query_terms.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"

namespace quarry::retrieval {
namespace {

// The Snowball project's English stop list (snowballstem.org), sorted; contractions are left out
// because the analyzer splits them.
constexpr std::string_view kQuestionWords[] = {
    "a",       "about",  "above",  "after",    "again",     "against",    "all",     "am",
    "an",      "and",    "any",    "are",      "as",        "at",         "be",      "because",
    "been",    "before", "being",  "below",    "between",   "both",       "but",     "by",
    "can",     "cannot", "could",  "did",      "do",        "does",       "doing",   "down",
    "during",  "each",   "few",    "for",      "from",      "further",    "had",     "has",
    "have",    "having", "he",     "her",      "here",      "hers",       "herself", "him",
    "himself", "his",    "how",    "i",        "if",        "in",         "into",    "is",
    "it",      "its",    "itself", "me",       "more",      "most",       "my",      "myself",
    "no",      "nor",    "not",    "of",       "off",       "on",         "once",    "only",
    "or",      "other",  "ought",  "our",      "ours",      "ourselves",  "out",     "over",
    "own",     "same",   "she",    "should",   "so",        "some",       "such",    "than",
    "that",    "the",    "their",  "theirs",   "them",      "themselves", "then",    "there",
    "these",   "they",   "this",   "those",    "through",   "to",         "too",     "under",
    "until",   "up",     "very",   "was",      "we",        "were",       "what",    "when",
    "where",   "which",  "while",  "who",      "whom",      "why",        "with",    "would",
    "you",     "your",   "yours",  "yourself", "yourselves"};

bool AtOnePosition(const std::vector<Token>& tokens) {
  return tokens.empty() || tokens.front().position == tokens.back().position;
}

// One query being made.
class QueryMaker {
 public:
  explicit QueryMaker(const Analyzer& analyzer) : analyzer_(analyzer) {}

  void Add(const QueryPart& part) {
    if (part.kind == QueryPart::Kind::kText) return AddText(part.text);
    std::vector<Token> tokens = analyzer_.Tokenize(part.text);
    if (part.kind == QueryPart::Kind::kPrefix && AtOnePosition(tokens)) {
      AddPrefix(part, tokens.empty() ? "" : tokens[0].term);
    } else if (part.role == QueryPart::Role::kWanted) {
      AddText(part.text);
    } else if (!tokens.empty()) {
      AddPhrase(part, tokens);
    }
  }

  index::LexicalQuery Take() {
    // Words of a question count where nothing else does.
    const bool no_content = content_.empty() && query_.terms.empty();
    std::vector<index::QueryTerm>& text = no_content ? all_ : content_;
    query_.terms.insert(query_.terms.begin(), text.begin(), text.end());
    return std::move(query_);
  }

 private:
  void AddText(std::string_view text) {
    for (const Token& token : analyzer_.Tokenize(text)) {
      const std::string word = Fold(text.substr(token.begin, token.end - token.begin));
      if (!IsQuestionWord(word)) content_.emplace_back(token.term);
      all_.emplace_back(token.term);
    }
  }

  void AddPrefix(const QueryPart& part, const std::string& whole) {
    index::QueryTerm term = index::QueryTerm::Prefix(Fold(part.text), whole);
    if (part.role != QueryPart::Role::kExcluded) query_.terms.push_back(term);
    if (part.role == QueryPart::Role::kWanted) return;
    AddCondition(part.role, {.name = part.text + "*", .phrase = {}, .prefix = std::move(term)});
  }

  void AddPhrase(const QueryPart& part, const std::vector<Token>& tokens) {
    index::WordCondition condition{.name = '"' + part.text + '"', .phrase = {}, .prefix = {}};
    for (const Token& token : tokens) {
      condition.phrase.push_back({token.term, token.position - tokens[0].position});
      if (part.role == QueryPart::Role::kRequired) query_.terms.emplace_back(token.term);
    }
    AddCondition(part.role, std::move(condition));
  }

  void AddCondition(QueryPart::Role role, index::WordCondition condition) {
    (role == QueryPart::Role::kExcluded ? query_.excluded : query_.required)
        .push_back(std::move(condition));
  }

  const Analyzer& analyzer_;
  index::LexicalQuery query_;
  std::vector<index::QueryTerm> all_;  // of the text
  std::vector<index::QueryTerm> content_;
};

}  // namespace

bool IsQuestionWord(std::string_view word) {
  return std::binary_search(std::begin(kQuestionWords), std::end(kQuestionWords), word);
}

index::LexicalQuery MakeLexicalQuery(const Analyzer& analyzer, const ParsedQuery& query) {
  QueryMaker maker(analyzer);
  for (const QueryPart& part : query.parts) maker.Add(part);
  return maker.Take();
}

}  // namespace quarry::retrieval
