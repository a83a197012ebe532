#include "app/commands.h"
#include "app/engine.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "app/query_setup.h"
#include "index/query_postings.h"

namespace quarry::app {
namespace {

constexpr size_t kSnippetLines = 2;
constexpr size_t kSnippetIndent = 4;
constexpr size_t kSnippetSlack = 12;  // what breaking lines between words loses

// Why nothing came back, as far as it can be told.
std::string NothingFound(const Query& query, const index::LexicalQuery& lexical,
                         const index::Snapshot& snapshot) {
  if (snapshot.live_chunks() == 0) {
    return "nothing found: collection \"" + snapshot.collection().name +
           "\" is empty; fill it with: quarry index PATH";
  }
  std::string text = "nothing found";
  if (lexical.HasConditions()) text += " that satisfies \"...\", + and - of the question";
  if (!query.filter.IsTrue()) text += " that satisfies --filter";
  if (!query.principals.unrestricted) text += " among what --principal may read";
  return text;
}

}  // namespace

Result<Query> MakeQuery(const QueryArguments& arguments, const Config& config) {
  Query query;
  query.text = arguments.question;
  query.mode = config.mode;
  query.k = config.k;
  if (!arguments.principals.empty()) {
    query.principals = {.unrestricted = false, .names = arguments.principals};
  }
  if (!arguments.filter.empty()) {
    Result<Filter> parsed = ParseFilter(arguments.filter);
    if (!parsed.ok()) return std::move(parsed).status().Annotate("--filter");
    query.filter = *std::move(parsed);
  }
  return query;
}

std::vector<std::string> TermsOf(std::string_view text, const Analyzer& analyzer) {
  std::vector<std::string> terms;
  for (Token& token : analyzer.Tokenize(text)) terms.push_back(std::move(token.term));
  return terms;
}

Result<int> RunSearch(const SearchArguments& arguments, CommandContext& context) {
  SearchResult result;
  QUARRY_ASSIGN_OR_RETURN(result.query, MakeQuery(arguments, context.config()));
  result.query.has_operators = true;
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine,
                          Engine::Open(context.config(), StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          engine->GetSnapshot());
  Trace trace;
  CallContext call = context.call;
  call.trace = &trace;
  QUARRY_ASSIGN_OR_RETURN(retrieval::Retrieved retrieved,
                          engine->retriever().Retrieve(result.query, *snapshot, call));
  QUARRY_ASSIGN_OR_RETURN(std::vector<Passage> passages,
                          retrieval::ReadPassages(*snapshot, retrieved.hits));

  result.collection = context.config().collection;
  result.used_lexical = retrieved.used_lexical;
  result.used_dense = retrieved.used_dense;
  result.explain = arguments.explain;
  result.timings = trace.stages();
  result.lexical = std::move(retrieved.lexical);
  std::vector<std::string> terms = TermsOf(retrieved.text, engine->analyzer());
  for (const index::QueryTerm& term : result.lexical.terms) {
    if (!term.prefix) continue;
    QUARRY_ASSIGN_OR_RETURN(
        const std::vector<std::string> begun,
        index::ExpandTerm(snapshot->lexical().segments(), term, index::kPrefixTerms, call));
    terms.insert(terms.end(), begun.begin(), begun.end());
  }
  std::vector<std::vector<index::TermContribution>> contributions(passages.size());
  if (arguments.explain && result.used_lexical) {
    std::vector<RowId> rows;
    for (const retrieval::RankedHit& ranked : retrieved.hits) rows.push_back(ranked.row);
    QUARRY_ASSIGN_OR_RETURN(contributions,
                            snapshot->lexical().Explain(result.lexical.terms, rows, call));
  }
  const size_t columns =
      kSnippetLines * (context.console.columns() - kSnippetIndent) - kSnippetSlack;
  for (size_t i = 0; i < passages.size(); ++i) {
    SearchResult::Item& item = result.items.emplace_back();
    item.passage = std::move(passages[i]);
    item.snippet = MakeSnippet(item.passage.chunk.text, terms, engine->analyzer(), columns);
    item.terms = std::move(contributions[i]);
    item.steps = retrieved.hits[i].steps;
  }

  if (context.console.json()) {
    context.console.Print(SearchJson(result));
  } else if (result.items.empty()) {
    context.console.Note(NothingFound(result.query, result.lexical, *snapshot));
  } else {
    context.console.Print(SearchText(result, context.console));
  }
  return result.items.empty() ? kExitPartly : kExitDone;
}

}  // namespace quarry::app
