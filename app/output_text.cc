#include "app/output_text.h"

#include <algorithm>
#include <span>

#include "app/answer_labels.h"
#include "app/text_layout.h"
#include "base/clock.h"
#include "base/numbers.h"

namespace quarry::app {
namespace {

// Failures and problems shown; the count tells of the others.
constexpr size_t kListed = 20;
constexpr size_t kFindingIndent = 18;
constexpr size_t kIndent = 4;  // of what belongs to a hit or a source

// "page 3, bytes 120-180".
std::string PlaceOf(const SourceSpan& span, const AnswerLabels& labels) {
  std::string place;
  if (span.page != 0) place = labels.page + std::to_string(span.page) + labels.page_end;
  return place + labels.bytes + std::to_string(span.begin) + "-" + std::to_string(span.end);
}

// Bytes [begin, end) of the snippet, its matches in style.
std::string Highlighted(const Snippet& snippet, size_t begin, size_t end, const Console& console) {
  std::string text;
  size_t at = begin;
  for (const ByteRange& match : snippet.matches) {
    const size_t from = std::max(match.begin, at);
    const size_t to = std::min(match.end, end);
    if (from >= to) continue;
    text += snippet.text.substr(at, from - at);
    text += console.Styled(Style::kMatch, snippet.text.substr(from, to - from));
    at = to;
  }
  return text + snippet.text.substr(at, end - at);
}

// `line` as lines of the console's width, all but the first indented.
std::string Wrapped(std::string_view line, size_t indent, const Console& console) {
  std::string text;
  while (!line.empty()) {
    const size_t end = FittingBytes(line, console.columns() - indent);
    text += (text.empty() ? "" : std::string(indent, ' ')) + std::string(line.substr(0, end));
    text += '\n';
    line.remove_prefix(end);
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  }
  return text;
}

// The same on a terminal alone; elsewhere the line as it is.
std::string WrappedOnTerminal(std::string_view line, size_t indent, const Console& console) {
  return console.out_is_terminal() ? Wrapped(line, indent, console) : std::string(line) + "\n";
}

// In a style, but for the line end.
std::string StyledLines(Style style, std::string lines, const Console& console) {
  lines.pop_back();
  return console.Styled(style, lines) + "\n";
}

// A line that begins with `start` in a style.
std::string StyledStart(Style style, const std::string& start, const std::string& rest,
                        const Console& console) {
  const std::string lines = WrappedOnTerminal(start + rest, 0, console);
  // What is cut off at the end of a line are spaces.
  const size_t end = std::min(start.size(), lines.size());
  return console.Styled(style, lines.substr(0, end)) + lines.substr(end);
}

// The snippet in lines of the console's width, indented.
std::string SnippetText(const Snippet& snippet, size_t indent, const Console& console) {
  const size_t columns = console.columns() - indent;
  std::string text;
  for (size_t begin = 0; begin < snippet.text.size();) {
    const size_t end = begin + FittingBytes(std::string_view(snippet.text).substr(begin), columns);
    text += std::string(indent, ' ') + Highlighted(snippet, begin, end, console) + "\n";
    begin = end;
    while (begin < snippet.text.size() && snippet.text[begin] == ' ') ++begin;
  }
  return text;
}

// What `span` of the passage stands under.
std::string HeaderOf(const Passage& passage, const SourceSpan& span) {
  const std::string header = ContextualHeader(passage.title, span.heading_path);
  return OneLine(header.empty() ? passage.chunk.document : header);
}

std::string HeaderOf(const Passage& passage) { return HeaderOf(passage, passage.chunk.span); }

std::string LegText(const char* name, uint32_t rank, double score, double part) {
  const std::string text = std::string("    ") + name + ": ";
  if (rank == 0) return text + "not found\n";
  return text + "rank " + std::to_string(rank) + ", score " + FormatFixed(score, 4) + ", part " +
         FormatFixed(part, 4) + "\n";
}

// "required: "valve torque", pump*", nothing where there are none.
std::string ConditionsText(const char* name, const std::vector<index::WordCondition>& conditions) {
  std::vector<std::string> names;
  for (const index::WordCondition& condition : conditions) names.push_back(condition.name);
  return names.empty() ? "" : std::string(name) + ": " + OneLine(Join(names, ", ")) + "\n";
}

// What recall mode added, and which names were followed.
std::string ExpansionText(const SearchResult& result) {
  std::string text;
  for (const retrieval::WeightedTerm& term : result.feedback) {
    text += (text.empty() ? "added by recall mode: " : ", ") + OneLine(term.term) + " " +
            FormatFixed(term.weight, 3);
  }
  if (!text.empty()) text += "\n";
  for (const retrieval::Expansion& made : result.expansions) {
    text += std::string(retrieval::ExpansionKindName(made.kind)) + ": " + OneLine(made.text) + "\n";
  }
  for (const retrieval::Hop& hop : result.hops) {
    text += "hop " + std::to_string(hop.hop) + ": " + OneLine(hop.name) + " (of " +
            OneLine(hop.document) + ")\n";
  }
  return text;
}

// "fusion 0.8123 (rank 3), rerank 0.9100 (rank 1)".
std::string StepsText(const std::vector<ScoreStep>& steps) {
  std::string text;
  for (const ScoreStep& step : steps) {
    text += (text.empty() ? "    " : ", ") + std::string(StageName(step.stage)) + " ";
    if (step.judged) {
      text += FormatFixed(step.score, 4);
    } else {
      text += step.stage == ScoreStep::Stage::kRerank ? "not read" : "without a time";
    }
    text += " (rank " + std::to_string(step.rank) + ")";
  }
  return text.empty() ? text : text + "\n";
}

// A prefix and a translated term are told from the term that is spelt the same.
std::string NameOf(const index::TermContribution& term) {
  return OneLine(term.term) + (term.prefix ? "*" : term.translated ? " translated" : "");
}

// "also in: b.md, c.md", "" where nothing was folded under it; with --explain chunk by chunk.
std::string AlsoInText(const SearchResult& result, const SearchResult::Item& item, size_t indent,
                       const Console& console) {
  std::vector<std::string> names;
  for (const retrieval::OtherPlace& place : item.also_in) {
    std::string name =
        result.collections.empty() ? "" : result.collections[place.collection] + ": ";
    name += OneLine(place.document);
    if (result.explain) {
      name += "#" + std::to_string(place.ordinal) + " (" + FormatFixed(place.similarity, 3) + ")";
    }
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  if (names.empty()) return "";
  return std::string(indent, ' ') + console.Styled(Style::kDim, "also in: " + Join(names, ", ")) +
         "\n";
}

std::string ExplainText(const SearchResult& result, const SearchResult::Item& item) {
  const ScoreBreakdown& breakdown = item.passage.breakdown;
  std::string text;
  text += StepsText(item.steps);
  if (item.hop != 0) {
    const retrieval::Hop& hop = result.hops[item.hop - 1];
    text += "    by the name " + OneLine(hop.name) + " of " + OneLine(hop.document) + "\n";
    if (breakdown.lexical_rank == 0 && breakdown.dense_rank == 0) return text;
  }
  if (result.used_lexical) {
    text +=
        LegText("lexical", breakdown.lexical_rank, breakdown.lexical_score, breakdown.lexical_part);
  }
  for (const index::TermContribution& term : item.terms) {
    if (term.count == 0) continue;
    text += "      " + PadRight(NameOf(term), 20) + " " + FormatFixed(term.score, 4) + "  (" +
            std::to_string(term.count) + "x here, in " + Counted(term.document_frequency, "chunk") +
            ", idf " + FormatFixed(term.idf, 3);
    if (term.query_count > 1) text += ", asked for " + std::to_string(term.query_count) + "x";
    if (!term.matched.empty()) text += ": " + OneLine(Join(term.matched, ", "));
    text += ")\n";
  }
  if (result.used_dense) {
    text += LegText("dense", breakdown.dense_rank, breakdown.dense_score, breakdown.dense_part);
  }
  return text;
}

}  // namespace

std::string Table(const std::vector<std::vector<std::string>>& rows,
                  const std::vector<size_t>& right, const Console& console) {
  std::vector<size_t> widths;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  std::string text;
  for (size_t r = 0; r < rows.size(); ++r) {
    std::string line;
    size_t used = 0;
    for (size_t i = 0; i < rows[r].size(); ++i) {
      const bool last = i + 1 == rows[r].size();
      const std::string& cell = rows[r][i];
      const size_t missing = widths[i] - DisplayWidth(cell);
      if (std::find(right.begin(), right.end(), i) != right.end()) {
        line += std::string(missing, ' ') + cell;
      } else if (last) {
        line += Ellipsize(cell, console.columns() > used + 10 ? console.columns() - used : 10);
      } else {
        line += PadRight(cell, widths[i]);
      }
      used += widths[i] + 2;
      if (!last) line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += (r == 0 ? console.Styled(Style::kDim, line) : line) + "\n";
  }
  return text;
}

namespace {

// Documents that answer though their files are gone; "" if there are none.
std::string GoneText(uint64_t gone) {
  if (gone == 0) return "";
  return Counted(gone, "document") + (gone == 1 ? " has" : " have") +
         " no file any more and still answer" + (gone == 1 ? "s" : "") + "; --prune removes " +
         (gone == 1 ? "it" : "them") + "\n";
}

// A line for each kind of reason ("empty", "PNG image"): what helps with a picture does not help with
// an empty file, and neither may hide the other.
std::string SkippedText(const std::vector<ingest::IngestNote>& skipped, const Console& console) {
  struct Kind {
    std::string_view name;
    const ingest::IngestNote* first;
    size_t count;
  };
  std::vector<Kind> kinds;
  for (const ingest::IngestNote& note : skipped) {
    const std::string_view name = std::string_view(note.reason).substr(0, note.reason.find(':'));
    const auto known = std::ranges::find(kinds, name, &Kind::name);
    if (known != kinds.end()) {
      ++known->count;
    } else {
      kinds.push_back({name, &note, 1});
    }
  }
  std::string text;
  size_t unlisted = skipped.size();
  for (const Kind& kind : std::span(kinds).first(std::min(kinds.size(), kListed))) {
    unlisted -= kind.count;
    text += console.Styled(Style::kDim, "skipped") + " " + OneLine(kind.first->path) + ": " +
            OneLine(kind.first->reason) +
            (kind.count > 1 ? "; and " + Counted(kind.count - 1, "other") + " (--json lists all)"
                            : "") +
            "\n";
  }
  if (unlisted > 0) {
    text += "... and " + WithThousands(unlisted) + " more skipped (--json lists all)\n";
  }
  return text;
}

}  // namespace

std::string IndexText(const IndexResult& result, const Console& console) {
  const ingest::IngestReport& report = result.report;
  const std::string seconds = FormatSeconds(report.seconds);
  std::string text;
  for (const ingest::PlannedChange& change : report.plan) {
    text += PadRight(ingest::PlannedChangeName(change.kind), 6) + "  " +
            (change.from.empty() ? "" : OneLine(change.from) + " -> ") + OneLine(change.id) + "\n";
  }
  if (!report.failures.empty()) {
    for (size_t i = 0; i < std::min(report.failures.size(), kListed); ++i) {
      text += console.Styled(Style::kBad, "failed") + "  " + OneLine(report.failures[i].path) +
              ": " + OneLine(report.failures[i].reason) + "\n";
    }
    if (report.failures.size() > kListed) {
      text += "... and " + WithThousands(report.failures.size() - kListed) +
              " more (--json lists all)\n";
    }
  }
  text += SkippedText(report.skipped, console);
  const uint64_t touched =
      report.documents_added + report.documents_changed + report.documents_removed;
  if (report.sources == 0 && report.failures.empty()) {
    text +=
        "no files to index: hidden ones and those that --include, --exclude and ignore files leave "
        "out do not count\n";
  }
  if (touched == 0 && report.embedding.embedded == 0) {
    text += "nothing changed: " + Counted(report.documents_unchanged, "document") + " unchanged, " +
            WithThousands(report.failures.size()) + " failed in " + seconds + "; " +
            Counted(result.chunks_total, "chunk") + "\n";
    return text + GoneText(report.documents_gone);
  }
  text += std::string(result.dry_run ? "dry run, nothing was written: would have " : "") +
          "added " + WithThousands(report.documents_added) + ", changed " +
          WithThousands(report.documents_changed) + ", unchanged " +
          WithThousands(report.documents_unchanged) + ", removed " +
          WithThousands(report.documents_removed) + ", failed " +
          WithThousands(report.failures.size()) + " in " + seconds;
  if (!result.dry_run) text += "; " + Counted(result.chunks_total, "chunk");
  text += "\n" + GoneText(report.documents_gone);
  for (const auto& [key, documents] : report.metadata_taken) {
    text += "metadata \"" + OneLine(key) + "\" taken from " + Counted(documents, "document") +
            ": an earlier run gave it by --meta\n";
  }
  if (report.duplicates > 0) {
    text += Counted(report.duplicates, "added document") +
            (report.duplicates == 1 ? " has" : " have") + " the text of another\n";
  }
  if (report.embedding.learnt) {
    text += "learnt an embedder from the collection in " +
            FormatSeconds(report.embedding.learn_seconds) + ", embedded " +
            Counted(report.embedding.embedded, "chunk") + " in " +
            FormatSeconds(report.embedding.embed_seconds) + "\n";
  }
  if (report.embedding.reused > 0) {
    text += Counted(report.embedding.reused, "chunk") +
            (report.embedding.reused == 1 ? " has" : " have") +
            " the vector that was kept of the same text\n";
  }
  if (!result.dry_run && result.chunks_total > 0 && result.learn_from_chunks > 0) {
    text += "searched by words only: an embedder is learnt from " +
            std::to_string(result.learn_from_chunks) + " chunks on\n";
  }
  return text;
}

std::string SearchText(const SearchResult& result, const Console& console) {
  std::string text;
  for (size_t i = 0; i < result.items.size(); ++i) {
    const SearchResult::Item& item = result.items[i];
    const Passage& passage = item.passage;
    std::string rank = std::to_string(i + 1);
    rank = std::string(rank.size() < 2 ? 2 - rank.size() : 0, ' ') + rank;
    const std::string score = FormatFixed(passage.score, 4);
    const size_t room = console.columns() - std::min(console.columns(), score.size() + 6);
    text += rank + "  " + console.Styled(Style::kDim, score) + "  " +
            console.Styled(Style::kTitle, Ellipsize(HeaderOf(passage), room)) + "\n";
    std::string place = item.collection.empty() ? "" : item.collection + ": ";
    place += OneLine(passage.chunk.document);
    if (passage.chunk.span.page != 0) place += ", page " + std::to_string(passage.chunk.span.page);
    if (item.is_neighbour) place += ", beside the hit before";
    text += std::string(kIndent, ' ') + console.Styled(Style::kDim, place) + "\n";
    text += SnippetText(item.snippet, kIndent, console);
    text += AlsoInText(result, item, kIndent, console);
    if (result.explain) text += ExplainText(result, item);
  }
  if (result.explain) {
    text += "\n" + ConditionsText("required", result.lexical.required) +
            ConditionsText("excluded", result.lexical.excluded) + ExpansionText(result);
    std::string timings = "timings:";
    for (const Trace::Stage& stage : result.timings) {
      timings += " " + stage.name + " " + FormatFixed(stage.micros, 0) + " us";
    }
    text += WrappedOnTerminal(timings, kIndent, console);
  }
  return text;
}

std::string AbsenceText(const SearchResult& result) {
  const retrieval::Absence& absence = *result.absence;
  std::string text = OneLine(absence.document) + ": " + OneLine(absence.text) + "\n";
  if (!result.dropped.empty()) {
    text += "an answer would not read it: " + OneLine(result.dropped) + "\n";
  }
  const auto add_leg = [&](const char* name, const retrieval::LegPlace& place) {
    if (!place.searched) return;
    text += std::string("    ") + name + ": ";
    text += place.rank == 0 ? "not found\n"
                            : "document " + WithThousands(place.rank) + ", score " +
                                  FormatFixed(place.score, 4) + " (" +
                                  WithThousands(place.brought) + " documents are looked at)\n";
  };
  add_leg("lexical", absence.lexical);
  for (const index::TermContribution& term : absence.terms) {
    text += "      " + PadRight(NameOf(term), 20) + " ";
    text += term.count == 0
                ? std::string("not in it")
                : FormatFixed(term.score, 4) + "  (" + std::to_string(term.count) + "x)";
    text += ", in " + Counted(term.document_frequency, "chunk") + "\n";
  }
  add_leg("dense", absence.dense);
  return text + StepsText(absence.steps);
}

std::string AnswerSourcesText(const AnswerResult& result, const Console& console) {
  const Answer& answer = result.answer;
  const AnswerLabels& words = LabelsFor(result.language);
  std::string text;
  if (!answer.citations.empty()) text += "\n" + console.Styled(Style::kBold, words.sources) + "\n";
  for (size_t number = 1; number <= answer.context.passages.size(); ++number) {
    const Passage& passage = answer.context.passages[number - 1];
    std::string above;  // the header of the citations printed before
    for (const Citation& citation : answer.citations) {
      if (citation.passage != number) continue;
      const std::string header = HeaderOf(passage, citation.source);
      if (above.empty()) {
        text += "[" + std::to_string(number) + "] " +
                StyledLines(Style::kTitle, WrappedOnTerminal(header, kIndent, console), console) +
                "    " + console.Styled(Style::kDim, OneLine(passage.chunk.document)) + "\n";
      } else if (header != above) {
        text += "    " +
                StyledLines(Style::kTitle, WrappedOnTerminal(header, kIndent, console), console);
      }
      above = header;
      text += WrappedOnTerminal("    " + PlaceOf(citation.source, words) + words.colon + "\"" +
                                    OneLine(citation.quote) + "\"",
                                kIndent, console);
    }
  }
  std::string verdict =
      answer.abstained ? words.no_answer : words.labels[static_cast<size_t>(answer.verdict.label)];
  verdict += words.support + FormatFixed(answer.verdict.score, 2);
  if (!answer.verdict.reason.empty()) verdict += words.colon + OneLine(answer.verdict.reason);
  if (answer.cache.hit()) {
    const bool is_same = answer.cache.verified_by == LabelsFor("en").same_words;
    verdict += words.stored + std::to_string(answer.cache.age_seconds) + words.stored_for +
               OneLine(answer.cache.question) + words.stored_by +
               (is_same ? words.same_words : OneLine(answer.cache.verified_by)) + words.stored_end;
  }
  text += "\n" + StyledLines(Style::kDim, Wrapped(verdict, 0, console), console);
  for (const SentenceVerdict& sentence : answer.sentences) {
    if (sentence.verdict.label == Support::kSupported) continue;
    const std::string claim =
        answer.text.substr(sentence.span.begin, sentence.span.end - sentence.span.begin);
    text += StyledStart(
        Style::kWarning, words.not_carried,
        "\"" + OneLine(claim) + "\"" + words.open + OneLine(sentence.verdict.reason) + words.close,
        console);
  }
  for (const ToolUse& use : answer.tools) {
    text += console.Styled(Style::kDim, std::string(use.failed ? words.failed : words.called) +
                                            OneLine(use.name) + ' ' + OneLine(use.arguments)) +
            "\n";
  }
  if (!answer.note.empty()) text += Wrapped(OneLine(answer.note), 0, console);
  if (!result.show_context) return text;
  const uint64_t tokens = answer.context.token_count;
  text += "\n" + console.Styled(Style::kBold, words.context) + words.open + WithThousands(tokens) +
          (tokens == 1 ? words.token : words.tokens) + words.close + "\n";
  for (size_t i = 0; i < answer.context.passages.size(); ++i) {
    const Passage& passage = answer.context.passages[i];
    text += "[" + std::to_string(i + 1) + "] " + console.Styled(Style::kTitle, HeaderOf(passage)) +
            "  " +
            console.Styled(Style::kDim, OneLine(passage.chunk.document) + ", " +
                                            PlaceOf(passage.chunk.span, words)) +
            "\n" + Printable(passage.chunk.text) + "\n";
  }
  for (const DroppedPassage& dropped : answer.context.dropped) {
    text += words.left_out + OneLine(dropped.document) + words.open + OneLine(dropped.why) +
            words.close + "\n";
  }
  return text;
}

std::string DeleteText(const DeleteResult& result) {
  std::string text;
  if (!result.deleted.empty())
    text = "deleted " + Counted(result.deleted.size(), "document") + "\n";
  for (const std::string& id : result.not_found) text += "not found: " + OneLine(id) + "\n";
  return text;
}

std::string VerifyText(const VerifyResult& result, const Console& console) {
  std::string text;
  for (const VerifyResult::Item& item : result.collections) {
    const index::VerifyReport& report = item.report;
    text += item.collection + ": " + Counted(report.documents, "document") + ", " +
            Counted(report.chunks, "chunk") + ", " + Counted(report.postings, "posting") + ", " +
            Counted(report.vectors, "vector") + " checked";
    if (report.pending_vectors > 0) {
      text += " (" + WithThousands(report.pending_vectors) + " not embedded yet)";
    }
    text +=
        report.problems.empty()
            ? ": " + console.Styled(Style::kGood, "ok") + "\n"
            : ": " + console.Styled(Style::kBad, Counted(report.problems.size(), "problem")) + "\n";
    for (const std::string& problem : report.problems) text += "  " + OneLine(problem) + "\n";
    for (const std::string& note : report.notes) {
      text += Wrapped("  note: " + OneLine(note), 8, console);
    }
  }
  if (!result.store_problems.empty()) {
    text +=
        "store: " + console.Styled(Style::kBad, Counted(result.store_problems.size(), "problem")) +
        "\n";
  }
  for (const std::string& problem : result.store_problems) text += "  " + OneLine(problem) + "\n";
  if (result.collections.empty()) text += "the store has no collections\n";
  return text;
}

std::string FindingsText(const std::vector<Finding>& findings, const Console& console) {
  std::string text;
  for (const Finding& finding : findings) {
    switch (finding.level) {
      case Finding::Level::kOk:
        text += console.Styled(Style::kGood, "ok  ");
        break;
      case Finding::Level::kWarning:
        text += console.Styled(Style::kWarning, "warn");
        break;
      case Finding::Level::kFailed:
        text += console.Styled(Style::kBad, "fail");
        break;
    }
    text += "  " + PadRight(finding.subject, 10) + "  " +
            Wrapped(OneLine(finding.detail), kFindingIndent, console);
    if (!finding.advice.empty()) {
      text += std::string(kFindingIndent, ' ') + "-> " +
              Wrapped(finding.advice, kFindingIndent + 3, console);
    }
  }
  return text;
}

}  // namespace quarry::app
