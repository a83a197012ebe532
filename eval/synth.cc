#include "eval/synth.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/random.h"
#include "base/text.h"
#include "eval/answer_checks.h"
#include "eval/change_log.h"
#include "eval/synth_figures.h"
#include "eval/synth_rows.h"
#include "generation/quantities.h"
#include "model/answer_kind.h"

namespace quarry::eval {
namespace {

constexpr size_t kMinSentence = 24;  // bytes
constexpr size_t kMaxSentence = 240;
constexpr double kLikeTitles = 0.5;    // words in common, by Jaccard
constexpr size_t kTriesForATwin = 20;  // rows that are looked up for each case that is wanted

constexpr const char* kKinds[] = {"span",        "cloze",         "twin",
                                  "number-swap", "negation-swap", "conflict"};

struct Source {
  DocumentId id;
  std::string title;
  std::set<std::string> title_words;
  std::string lang;
  std::string text;
  std::string folded;                  // title and text
  std::vector<ByteRange> change_logs;  // parts of the text, by where they begin
};

// A row that is asked for, and where it stands.
struct Row : TableRow {
  const Source* source = nullptr;
};

std::string AskFor(const Row& row, const std::string& title) {
  if (row.source->lang == "zh") {
    return row.column.empty() ? title + "：" + row.name + "是多少？"
                              : title + "：" + row.name + "的" + row.column + "是什么？";
  }
  return title + ": what is the " +
         (row.column.empty() ? row.name : row.column + " of " + row.name) + "?";
}

// The sentence without its denial; nullopt where that is not one of these words.
std::optional<std::string> Affirmed(const std::string& sentence) {
  for (const auto& [denial, affirmation] :
       std::initializer_list<std::pair<const char*, const char*>>{{" must not ", " must "},
                                                                  {" may not ", " may "},
                                                                  {" is not ", " is "},
                                                                  {" are not ", " are "},
                                                                  {" do not ", " do "},
                                                                  {"不得", "可以"},
                                                                  {"不能", "能"},
                                                                  {"没有", "有"}}) {
    const size_t at = sentence.find(denial);
    if (at == std::string::npos) continue;
    std::string affirmed = sentence;
    affirmed.replace(at, std::string_view(denial).size(), affirmation);
    return affirmed;
  }
  return std::nullopt;
}

// Words between spaces, and CJK characters.
std::set<std::string> TitleWords(const std::string& title) {
  std::set<std::string> words;
  std::string word;
  const std::string folded = Fold(title);
  for (size_t offset = 0; offset < folded.size();) {
    const size_t begin = offset;
    const char32_t c = NextCodePoint(folded, offset);
    const std::string character = folded.substr(begin, offset - begin);
    if (c != ' ' && !IsCjk(c)) {
      word += character;
      continue;
    }
    if (!word.empty()) words.insert(std::exchange(word, ""));
    if (c != ' ') words.insert(character);
  }
  if (!word.empty()) words.insert(word);
  return words;
}

bool AreLike(const Source& one, const Source& other) {
  size_t common = 0;
  for (const std::string& word : one.title_words) common += other.title_words.contains(word);
  const size_t all = one.title_words.size() + other.title_words.size() - common;
  return all > 0 && static_cast<double>(common) >= kLikeTitles * static_cast<double>(all);
}

// What the title of one says and that of the other does not: "vx-240".
std::vector<std::string> OwnWords(const Source& one, const Source& other) {
  std::vector<std::string> words;
  std::ranges::set_difference(one.title_words, other.title_words, std::back_inserter(words));
  return words;
}

class Synthesizer {
 public:
  Synthesizer(const index::Snapshot& snapshot, const SynthOptions& options)
      : snapshot_(snapshot), options_(options), random_(options.seed) {}

  Result<SynthReport> Run(const index::Progress& progress, const CallContext& context) {
    QUARRY_RETURN_IF_ERROR(ReadSources(context));
    for (const Source& source : sources_) {
      QUARRY_RETURN_IF_ERROR(context.Check());
      ReadSource(source);
    }
    QUARRY_RETURN_IF_ERROR(Pair(context));
    for (std::vector<Case>& drafts : drafts_) {
      for (size_t i = drafts.size(); i > 1; --i) std::swap(drafts[i - 1], drafts[random_.Below(i)]);
    }
    // The kinds in turn, as long as there are any.
    SynthReport report;
    for (size_t round = 0; report.cases.size() < options_.cases; ++round) {
      bool is_over = true;
      for (size_t kind = 0; kind < std::size(kKinds); ++kind) {
        if (round >= drafts_[kind].size() || report.cases.size() >= options_.cases) continue;
        is_over = false;
        Case one = drafts_[kind][round];
        one.id = std::string(kKinds[kind]) + "-" + std::to_string(round + 1);
        one.tags = {kKinds[kind]};
        one.draft = true;
        report.cases.push_back(std::move(one));
      }
      if (is_over) break;
    }
    for (size_t i = 0; options_.model != nullptr && i < report.cases.size(); ++i) {
      QUARRY_RETURN_IF_ERROR(Reword(report.cases[i], report, context));
      if (progress) progress("wording", i + 1, report.cases.size());
    }
    return report;
  }

 private:
  Status ReadSources(const CallContext& context) {
    Status status;
    QUARRY_RETURN_IF_ERROR(snapshot_.ForEachDocument([&](const index::StoredDocument& document) {
      status = context.Check();
      if (!status.ok()) return false;
      Result<std::string> text = snapshot_.ReadText(document.number);
      status = text.status();
      if (!status.ok()) return false;
      Source source{.id = document.id,
                    .title = document.title.empty() ? document.id : document.title,
                    .lang = document.language,
                    .text = *std::move(text)};
      source.title_words = TitleWords(source.title);
      source.folded = Fold(source.title + "\n" + source.text);
      status = FindChangeLogs(document, source);
      sources_.push_back(std::move(source));
      return status.ok();
    }));
    return status;
  }

  // All of a document with such a title, else what stands below such headings.
  Status FindChangeLogs(const index::StoredDocument& document, Source& source) const {
    if (IsChangeLogHeading(source.title)) {
      source.change_logs = {{0, source.text.size()}};
      return OkStatus();
    }
    for (const ChunkId id : document.chunks) {
      QUARRY_ASSIGN_OR_RETURN(index::StoredChunk stored, snapshot_.ReadChunk(id));
      Chunk chunk;
      chunk.text = std::move(stored.text);
      chunk.span = std::move(stored.span);
      chunk.blocks = std::move(stored.blocks);
      if (chunk.blocks.empty()) chunk.blocks = {{.end = chunk.text.size()}};
      for (const ChunkBlock& block : chunk.blocks) {
        const SourceSpan span = SpanWithin(chunk, block.begin, block.end);
        const bool is_log = std::ranges::any_of(span.heading_path, [](const std::string& heading) {
          return IsChangeLogHeading(heading);
        });
        if (is_log) source.change_logs.push_back({span.begin, span.end});
      }
    }
    std::ranges::sort(source.change_logs, {}, &ByteRange::begin);
    return OkStatus();
  }

  Case Draft(const Source& source, std::string query, const std::string& fact,
             const std::string& quote, const std::string& accept) const {
    Case one{.query = std::move(query), .lang = source.lang, .cluster = source.id};
    one.expected_facts = {{.id = "answer", .text = fact}};
    if (!accept.empty()) one.accept = {{.texts = {accept}}};
    const size_t at = source.text.find(quote);
    one.gold_spans = {{.document = source.id,
                       .begin = at,
                       .end = at + quote.size(),
                       .quote = quote,
                       .fact = "answer"}};
    return one;
  }

  void ReadSource(const Source& source) {
    auto log = source.change_logs.begin();
    uint64_t log_end = 0;  // of those that begin before the line
    for (size_t begin = 0; begin < source.text.size();) {
      size_t end = source.text.find('\n', begin);
      if (end == std::string::npos) end = source.text.size();
      const std::string_view line = Trim(std::string_view(source.text).substr(begin, end - begin));
      begin = end + 1;
      if (line.empty()) continue;
      const auto at = static_cast<size_t>(line.data() - source.text.data());
      for (; log != source.change_logs.end() && log->begin <= at; ++log) {
        log_end = std::max<uint64_t>(log_end, log->end);
      }
      const std::optional<RowCells> cells = ParseCells(line);
      if (at < log_end || IsChangeLine(line) || (cells && IsChangeRow(*cells))) continue;
      if (cells && cells->size() > 1) {  // no sentence, also where it cannot be asked for
        std::optional<TableRow> row = ParseRow(*cells, line);
        if (row) rows_.push_back({*std::move(row), &source});
        continue;
      }
      for (const ByteRange& range : SplitSentences(line)) {
        const std::string sentence(line.substr(range.begin, range.end - range.begin));
        if (sentence.size() >= kMinSentence && sentence.size() <= kMaxSentence) {
          ReadSentence(source, sentence);
        }
      }
    }
  }

  void ReadSentence(const Source& source, const std::string& sentence) {
    const bool is_zh = source.lang == "zh";
    if (const std::optional<std::string> affirmed = Affirmed(sentence);
        affirmed && model::DenyEachOther(sentence, *affirmed)) {
      Of("negation-swap")
          .push_back(Draft(source,
                           is_zh ? source.title + "：“" + *affirmed + "”对吗？"
                                 : source.title + ": is it right that \"" + *affirmed + "\"?",
                           sentence, sentence, ""));
    }
    const std::vector<generation::Quantity> quantities = generation::QuantitiesOf(sentence);
    const std::optional<ByteRange> figure = FigureIn(sentence);
    if (quantities.size() != 1 || quantities[0].unit.empty() || !figure) return;
    std::string gap = sentence;
    gap.replace(figure->begin, figure->end - figure->begin, "____");
    Of("cloze").push_back(
        Draft(source,
              is_zh ? source.title + "：“" + gap + "”，空白处是多少？"
                    : source.title + ": which figure is missing in \"" + gap + "\"?",
              sentence, sentence, sentence.substr(figure->begin, figure->end - figure->begin)));
  }

  // What needs more than one row or document.
  Status Pair(const CallContext& context) {
    std::map<std::pair<std::string, std::string>, std::vector<const Row*>> by_name;
    for (const Row& row : rows_) by_name[{Fold(row.name), Fold(row.column)}].push_back(&row);
    for (const Row& row : rows_) {
      const std::optional<std::string> figure = FigureOf(row.value);
      const std::string query = AskFor(row, row.source->title);
      Of("span").push_back(
          Draft(*row.source, query, row.line, row.line, figure ? *figure : row.value));
      if (figure) {
        const std::string other = OtherFigure(*figure, random_);
        const std::string asked =
            row.source->lang == "zh"
                ? row.source->title + "：" + row.name +
                      (row.column.empty() ? "" : "的" + row.column) + "是" + other + "吗？"
                : row.source->title + ": is the " +
                      (row.column.empty() ? row.name : row.column + " of " + row.name) + " " +
                      other + "?";
        Of("number-swap").push_back(Draft(*row.source, asked, row.line, row.line, *figure));
      }
    }
    QUARRY_RETURN_IF_ERROR(AddTwins(context));
    for (const auto& [name, rows] : by_name) AddConflicts(rows);
    return OkStatus();
  }

  // Rows in no order, until there are as many as can be wanted. Each is looked up in all documents: where few
  // have a twin, not all of them are.
  Status AddTwins(const CallContext& context) {
    const size_t most_tried = kTriesForATwin * options_.cases;
    std::map<const Source*, std::vector<std::string>> names;  // of rows
    std::vector<const Row*> rows;
    for (const Row& row : rows_) {
      names[row.source].push_back(Fold(row.name));
      rows.push_back(&row);
    }
    for (size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random_.Below(i)]);
    if (rows.size() > most_tried) rows.resize(most_tried);
    for (const Row* row : rows) {
      if (Of("twin").size() >= options_.cases) break;
      QUARRY_RETURN_IF_ERROR(context.Check());
      AddTwin(*row, names);
    }
    return OkStatus();
  }

  // The name with another figure, which no document holds: "HW-5027" of "HW-5021"; "" where it has none.
  std::string OtherName(const std::string& name) {
    const size_t last = name.find_last_of("0123456789");
    if (last == std::string::npos) return "";
    const uint64_t start = random_.Below(10);
    for (uint64_t i = 0; i < 10; ++i) {
      std::string other = name;
      other[last] = static_cast<char>('0' + (start + i) % 10);
      const std::string folded = Fold(other);
      const bool is_held = std::ranges::any_of(sources_, [&](const Source& any) {
        return any.folded.find(folded) != std::string::npos;
      });
      if (!is_held) return other;
    }
    return "";
  }

  // Asked of what no document names, by the row's own words.
  void AddUnknown(const Row& row) {
    Row other = row;
    other.name = OtherName(row.name);
    if (other.name.empty()) return;
    Case one{
        .query = AskFor(other, row.source->title), .lang = row.source->lang, .answerable = false};
    one.cluster = row.source->id;
    Of("twin").push_back(std::move(one));
  }

  // Asked of a document of the same kind about another thing ("VX-240 data sheet"), where neither it nor any
  // document that speaks of both says it. What is asked of a document of another kind, the row's own would
  // answer. Where there is none, of another name.
  void AddTwin(const Row& row, const std::map<const Source*, std::vector<std::string>>& names) {
    const std::string name = Fold(row.name);
    std::vector<const Source*> others;
    for (const Source& other : sources_) {
      const bool is_like =
          &other != row.source && other.lang == row.source->lang && AreLike(*row.source, other);
      if (!is_like || OwnWords(*row.source, other).empty()) continue;
      const auto its_names = names.find(&other);
      const bool has_like_row =
          its_names != names.end() &&
          std::ranges::any_of(its_names->second, [&](const std::string& its_name) {
            return name.find(its_name) != std::string::npos;
          });
      if (!has_like_row) others.push_back(&other);
    }
    std::vector<const Source*> holders;  // documents that speak of the row's name
    for (const Source& any : sources_) {
      if (others.empty()) break;
      if (any.folded.find(name) != std::string::npos) holders.push_back(&any);
    }
    std::erase_if(others, [&](const Source* other) {
      return MaySay(holders, *other, OwnWords(*other, *row.source));
    });
    if (others.empty()) return AddUnknown(row);
    const Source& other = *others[random_.Below(others.size())];
    Case one{.query = AskFor(row, other.title), .lang = other.lang, .answerable = false};
    one.cluster = other.id;
    Of("twin").push_back(std::move(one));
  }

  // Whether one of the documents is `other`, or speaks of what its title names.
  static bool MaySay(const std::vector<const Source*>& documents, const Source& other,
                     const std::vector<std::string>& own_words) {
    return own_words.empty() || std::ranges::any_of(documents, [&](const Source* any) {
             return any == &other || std::ranges::all_of(own_words, [&](const std::string& word) {
                      return any->folded.find(word) != std::string::npos;
                    });
           });
  }

  void AddConflicts(const std::vector<const Row*>& rows) {
    for (size_t i = 1; i < rows.size(); ++i) {
      const Row& a = *rows[i - 1];
      const Row& b = *rows[i];
      if (a.source == b.source || a.value == b.value || a.source->lang != b.source->lang ||
          !AreLike(*a.source, *b.source)) {
        continue;
      }
      Case one = Draft(*a.source, AskFor(a, a.source->title), a.line, a.line, "");
      const Case other = Draft(*b.source, "", b.line, b.line, "");
      one.gold_spans[0].fact = "first";
      one.expected_facts[0].id = "first";
      one.gold_spans.push_back(other.gold_spans[0]);
      one.gold_spans[1].fact = "second";
      one.expected_facts.push_back({.id = "second", .text = b.line});
      Of("conflict").push_back(std::move(one));
    }
  }

  std::vector<Case>& Of(std::string_view kind) {
    const auto at = std::ranges::find(kKinds, kind);
    return drafts_[static_cast<size_t>(at - std::begin(kKinds))];
  }

  Status Reword(Case& one, SynthReport& report, const CallContext& context) const {
    model::ChatRequest request;
    request.seed = options_.seed;
    request.max_tokens = 200;
    request.messages = {
        {.content =
             one.lang == "zh"
                 ? "把用户的草稿改写成一个人会自然提出的问题。意思、名称和数字不变，不要写答案。只"
                   "回复这个问题。"
                 : "Reword the user's draft as a question that a person would ask. Keep its "
                   "meaning, names and figures, and do not answer it. Reply with the question "
                   "alone."},
        {.content = one.query}};
    request.messages[0].role = model::ChatRole::kSystem;
    const Result<model::ChatReply> reply = options_.model->Complete(request, {}, context);
    QUARRY_RETURN_IF_ERROR(context.Check());
    if (!reply.ok()) return OkStatus();  // the rule's words stand
    report.cost += reply->usage.cost;
    const std::string question(Trim(reply->content));
    const bool gives_away = std::ranges::any_of(one.accept, [&](const AnswerCheck& check) {
      return Holds(check, question) && !Holds(check, one.query);
    });
    if (question.empty() || gives_away || question.size() > 3 * one.query.size() ||
        question.find('\n') != std::string::npos) {
      return OkStatus();
    }
    one.query = question;
    ++report.reworded;
    return OkStatus();
  }

  const index::Snapshot& snapshot_;
  const SynthOptions& options_;
  Random random_;
  std::vector<Source> sources_;
  std::vector<Row> rows_;
  std::vector<Case> drafts_[std::size(kKinds)];
};

}  // namespace

Result<SynthReport> DraftCases(const index::Snapshot& snapshot, const SynthOptions& options,
                               const index::Progress& progress, const CallContext& context) {
  return Synthesizer(snapshot, options).Run(progress, context);
}

}  // namespace quarry::eval
