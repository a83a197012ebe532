#include <algorithm>

#include "app/command_engine.h"
#include "app/commands.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "app/query_setup.h"
#include "app/text_layout.h"
#include "generation/abstention.h"
#include "index/query_postings.h"
#include "retrieval/explanation.h"

namespace quarry::app {
namespace {

constexpr size_t kSnippetLines = 2;
constexpr size_t kSnippetIndent = 4;
constexpr size_t kSnippetSlack = 12;  // what breaking lines between words loses

// Why nothing came back, as far as it can be told.
std::string NothingFound(const Query& query, const index::LexicalQuery& lexical,
                         retrieval::Snapshots snapshots, const CallContext& call) {
  if (snapshots.size() == 1 && snapshots[0]->live_chunks() == 0) {
    return "nothing found: collection \"" + snapshots[0]->collection().name +
           "\" is empty; fill it with: quarry index PATH";
  }
  std::string text = "nothing found";
  if (lexical.HasConditions()) text += " that satisfies \"...\", + and - of the question";
  if (!query.filter.IsTrue()) text += " that satisfies --filter";
  if (!query.principals.unrestricted) text += " among what --principal may read";
  if (query.filter.IsTrue() || !query.principals.unrestricted) return text;
  const auto mismatches = index::FindFieldMismatches(snapshots, query.filter, call);
  if (!mismatches.ok() || mismatches->empty()) return text;
  return text + ": " + generation::FieldMismatchText(*mismatches, "en");
}

struct SearchedSnapshots {
  std::vector<std::shared_ptr<const index::Snapshot>> held;
  std::vector<const index::Snapshot*> all;
};

// Of the collections of these names; of the configuration's where there are none.
Result<SearchedSnapshots> SnapshotsOf(const CommandEngine& engine,
                                      const std::vector<std::string>& names) {
  SearchedSnapshots searched;
  if (names.empty()) {
    QUARRY_ASSIGN_OR_RETURN(searched.held.emplace_back(), engine.GetSnapshot());
  }
  for (size_t i = 0; i < names.size(); ++i) {
    if (std::find(names.begin(), names.begin() + static_cast<ptrdiff_t>(i), names[i]) !=
        names.begin() + static_cast<ptrdiff_t>(i)) {
      return InvalidArgumentError("--collections: \"" + names[i] + "\" is given twice");
    }
    QUARRY_ASSIGN_OR_RETURN(const CollectionId id, engine->index().FindCollection(names[i]));
    QUARRY_ASSIGN_OR_RETURN(searched.held.emplace_back(), engine->index().GetSnapshot(id));
  }
  for (const auto& snapshot : searched.held) searched.all.push_back(snapshot.get());
  return searched;
}

// The words to show a hit by: of the question, and those that its prefixes and translations stand
// for.
Result<std::vector<std::string>> ShownTerms(const retrieval::Retrieved& retrieved,
                                            const SearchedSnapshots& searched,
                                            const Analyzer& analyzer, const CallContext& call) {
  std::vector<std::string> terms = TermsOf(retrieved.text, analyzer);
  for (const index::QueryTerm& term : retrieved.lexical.terms) {
    if (!term.IsUnion()) continue;
    for (const index::Snapshot* snapshot : searched.all) {
      QUARRY_ASSIGN_OR_RETURN(
          const std::vector<std::string> begun,
          index::ExpandTerm(snapshot->lexical().segments(), term, index::kPrefixTerms, call));
      terms.insert(terms.end(), begun.begin(), begun.end());
    }
  }
  return terms;
}

Result<SearchResult> Search(const SearchArguments& arguments, const CommandEngine& engine,
                            const SearchedSnapshots& searched, Query query,
                            const CommandContext& context) {
  SearchResult result;
  result.query = std::move(query);
  Trace trace;
  CallContext call = context.call;
  call.trace = &trace;
  QUARRY_ASSIGN_OR_RETURN(retrieval::Retrieved retrieved,
                          engine->retriever().RetrieveAcross(result.query, searched.all, call));
  QUARRY_ASSIGN_OR_RETURN(std::vector<Passage> passages,
                          retrieval::ReadPassages(searched.all, retrieved.hits));
  result.collection = context.config().collection;
  result.collections = arguments.collections;
  result.used_lexical = retrieved.used_lexical;
  result.used_dense = retrieved.used_dense;
  result.explain = arguments.explain;
  result.timings = trace.stages();
  std::vector<std::vector<index::TermContribution>> contributions(passages.size());
  if (arguments.explain && result.used_lexical) {
    QUARRY_ASSIGN_OR_RETURN(contributions, retrieval::ExplainTerms(retrieved, searched.all, call));
  }
  if (!arguments.why.empty()) {
    QUARRY_ASSIGN_OR_RETURN(
        result.absence,
        retrieval::WhyAbsent(engine->retriever(), result.query, searched.all, retrieved,
                             arguments.why, {.tell_unreadable = true}, call));
    if (searched.all.size() == 1) {
      QUARRY_ASSIGN_OR_RETURN(const Context read,
                              engine->answerer().MakeContext(result.query, *searched.all[0], call));
      result.dropped = DroppedText(read, result.absence->document);
    }
  }
  QUARRY_ASSIGN_OR_RETURN(const std::vector<std::string> terms,
                          ShownTerms(retrieved, searched, engine->analyzer(), call));
  const size_t columns =
      kSnippetLines * (context.console.columns() - kSnippetIndent) - kSnippetSlack;
  for (size_t i = 0; i < passages.size(); ++i) {
    const retrieval::RankedHit& hit = retrieved.hits[i];
    SearchResult::Item& item = result.items.emplace_back();
    item.passage = std::move(passages[i]);
    if (!result.collections.empty()) item.collection = result.collections[hit.collection];
    item.hop = hit.hop;
    item.is_neighbour = hit.is_neighbour;
    item.also_in = retrieval::AlsoIn(searched.all, retrieved.collapsed, hit);
    item.snippet = MakeSnippet(item.passage.chunk.text, terms, engine->analyzer(), columns);
    item.terms = std::move(contributions[i]);
    item.steps = hit.steps;
  }
  result.lexical = std::move(retrieved.lexical);
  result.feedback = std::move(retrieved.feedback);
  result.hops = std::move(retrieved.hops);
  result.expansions = std::move(retrieved.expansions);
  result.notes = std::move(retrieved.notes);
  return result;
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
  QUARRY_ASSIGN_OR_RETURN(Query query, MakeQuery(arguments, context.config()));
  query.has_operators = true;
  // The retriever of a server has options of its own.
  if (context.engine != nullptr) query.options = context.config().retrieval;
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  QUARRY_ASSIGN_OR_RETURN(const SearchedSnapshots searched,
                          SnapshotsOf(engine, arguments.collections));
  QUARRY_ASSIGN_OR_RETURN(const SearchResult result,
                          Search(arguments, engine, searched, std::move(query), context));

  const bool is_found = result.absence
                            ? result.absence->reason != retrieval::Absence::Reason::kNotInCollection
                            : !result.items.empty();
  const int exit_code = is_found ? kExitDone : kExitPartly;
  if (context.console.json()) {
    context.console.Print(SearchJson(result));
    return exit_code;
  }
  for (const std::string& note : result.notes) context.console.Note(OneLine(note));
  if (result.absence) {
    context.console.Print(AbsenceText(result));
  } else if (result.items.empty()) {
    context.console.Note(NothingFound(result.query, result.lexical, searched.all, context.call));
  } else {
    context.console.Print(SearchText(result, context.console));
  }
  return exit_code;
}

}  // namespace quarry::app
