// The part of output_text.h that prints lists of things in the store, figures and options.

#include "app/output_text.h"
#include "app/text_layout.h"
#include "base/clock.h"
#include "base/numbers.h"

namespace quarry::app {
namespace {

// From here on a list of documents has room for times.
constexpr size_t kWideColumns = 100;

// "3 of 40 (8 %)".
std::string PartOf(uint64_t part, uint64_t all) {
  const uint64_t percent = all == 0 ? 0 : (100 * part + all / 2) / all;
  return WithThousands(part) + " of " + WithThousands(all) + " (" + std::to_string(percent) + " %)";
}

std::string MaintenanceText(const index::MaintenanceStats& stats) {
  const std::string text = stats.pending.empty() ? "nothing due" : "due: " + stats.pending;
  return stats.error.empty() ? text : text + "; last error: " + OneLine(stats.error);
}

std::string SettingsText(const std::optional<index::VectorSettings>& settings) {
  if (!settings) return "as configured";
  return std::string(VectorIndexKindName(settings->kind)) + ", " +
         VectorCodeKindName(settings->codes) + ", " + std::to_string(settings->hnsw_links) +
         " links, build width " + std::to_string(settings->hnsw_build_width) + ", target recall " +
         FormatConfigValue(settings->target_recall);
}

std::string TypedText(const MetadataValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<double>(&value)) return FormatConfigValue(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return OneLine(*text);
  return OneLine(FormatConfigValue(std::get<std::vector<std::string>>(value)));
}

// "key: value" lines with the values in one column.
std::string Lines(const std::vector<std::pair<std::string, std::string>>& lines) {
  size_t width = 0;
  for (const auto& [key, value] : lines) width = std::max(width, DisplayWidth(key));
  std::string text;
  for (const auto& [key, value] : lines) {
    if (!value.empty()) text += PadRight(key, width) + "  " + value + "\n";
  }
  return text;
}

std::string DiskText(const index::DiskUsage& disk) {
  return FormatBytes(disk.documents) + " documents, " + FormatBytes(disk.chunks) + " chunks, " +
         FormatBytes(disk.terms) + " terms, " + FormatBytes(disk.vectors) + " vectors, " +
         FormatBytes(disk.change_log) + " change log, " + FormatBytes(disk.other) + " other";
}

std::string DerivedText(const std::map<std::string, uint64_t>& derived) {
  std::string text;
  for (const auto& [role, bytes] : derived) {
    text += (text.empty() ? "" : ", ") + FormatBytes(bytes) + " " + role;
  }
  return text.empty() ? "none" : text;
}

// "en 0.24, zh 0.65, estimated".
std::string DensityText(const std::vector<TokenDensity>& densities, bool is_exact) {
  std::string text;
  for (const TokenDensity& density : densities) {
    text += density.language + " " + FormatFixed(density.PerCharacter(), 2) + ", ";
  }
  return text.empty() ? "" : text + (is_exact ? "by tokens.tokenizer" : "estimated");
}

std::string PreviousText(const index::CollectionStats& stats) {
  if (!stats.previous_generation) return "";
  return "generation " + std::to_string(stats.previous_generation.value) + ", " +
         FormatBytes(stats.previous_bytes) + " of the above (quarry embedder drop frees them)";
}

// "3.1 MB (2.9 MB mapped)".
std::string MappedText(uint64_t bytes, uint64_t mapped) {
  return FormatBytes(bytes) + (mapped == 0 ? "" : " (" + FormatBytes(mapped) + " mapped)");
}

// "k1 1.2, b 0.75, title weight 2".
std::string Bm25Text(const index::StoredCollection& collection) {
  return "k1 " + FormatConfigValue(collection.k1) + ", b " + FormatConfigValue(collection.b) +
         ", title weight " + std::to_string(collection.title_weight);
}

// A value as YAML: quoted where it would read as something else.
std::string YamlScalar(const ConfigValue& value) {
  const auto quoted = [](const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + "\"";
  };
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    std::string out;
    for (const std::string& element : *list) out += (out.empty() ? "" : ", ") + quoted(element);
    return "[" + out + "]";
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    const bool plain = !text->empty() &&
                       text->find_first_not_of(
                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                           "0123456789_./-") == std::string::npos &&
                       *text != "true" && *text != "false" && text->front() != '-';
    return plain ? *text : quoted(*text);
  }
  return FormatConfigValue(value);
}

std::string UnreadText(const std::vector<UnreadCollection>& unread) {
  std::string text;
  for (const UnreadCollection& one : unread) {
    text += one.name + ": cannot be loaded: " + OneLine(one.error) + "\n";
  }
  return text;
}

}  // namespace

std::string DocumentListText(const DocumentList& list, const Console& console) {
  const bool with_time = console.columns() >= kWideColumns;
  std::vector<std::vector<std::string>> rows = {{"id", "chunks", "size"}};
  if (with_time) rows[0].push_back("indexed");
  rows[0].push_back("title");
  for (const index::StoredDocument& document : list.documents) {
    std::vector<std::string>& row = rows.emplace_back();
    row = {Ellipsize(OneLine(document.id), 50), WithThousands(document.chunks.size()),
           FormatBytes(document.text_bytes)};
    if (with_time) row.push_back(FormatIso8601(document.indexed_micros));
    row.push_back(OneLine(document.title));
  }
  std::string text = list.documents.empty() ? "" : Table(rows, {1, 2}, console);
  const uint64_t shown = list.documents.size();
  if (shown == list.total) {
    return text + Counted(shown, "document") + "\n";
  }
  text += shown == 0 ? "none"
                     : std::to_string(list.offset + 1) + "-" + std::to_string(list.offset + shown);
  text += " of " + WithThousands(list.total) + " documents";
  if (list.offset + shown < list.total && shown > 0) {
    text += "; the next with --offset " + std::to_string(list.offset + shown);
  }
  return text + "\n";
}

std::string DuplicateListText(const DuplicateList& list, const Console& console) {
  if (list.duplicates.empty()) {
    return "no document is like another by " + FormatFixed(list.similarity, 2) + " or more\n";
  }
  std::vector<std::vector<std::string>> rows = {{"document", "similarity", "like"}};
  for (const ingest::NearDuplicate& one : list.duplicates) {
    rows.push_back(
        {Ellipsize(OneLine(one.document), 50), FormatFixed(one.similarity, 2), OneLine(one.of)});
  }
  const size_t count = list.duplicates.size();
  return Table(rows, {1}, console) + WithThousands(count) +
         (count == 1 ? " document is" : " documents are") + " like one before it by " +
         FormatFixed(list.similarity, 2) + " or more\n";
}

std::string DocumentViewText(const DocumentView& view, const Console& console) {
  const index::StoredDocument& document = view.document;
  // The text alone, so that it can be piped.
  if (view.text && view.chunks.empty()) {
    std::string text = console.out_is_terminal() ? Printable(*view.text) : *view.text;
    if (!text.ends_with('\n')) text += '\n';
    return text;
  }
  std::vector<std::pair<std::string, std::string>> lines = {
      {"id", OneLine(document.id)},
      {"title", OneLine(document.title)},
      {"uri", OneLine(document.uri)},
      {"type", document.media_type},
      {"language", document.language},
      {"chunks", WithThousands(document.chunks.size())},
      {"size", FormatBytes(document.text_bytes) + " of text"},
      {"indexed", FormatIso8601(document.indexed_micros)},
      {"root", OneLine(document.root)},
  };
  for (const auto& [key, value] : document.metadata) {
    lines.emplace_back("metadata." + OneLine(key), TypedText(value));
  }
  std::string text = Lines(lines);
  for (const index::StoredChunk& chunk : view.chunks) {
    std::string head = "chunk " + std::to_string(chunk.ordinal) + " (id " +
                       std::to_string(chunk.id.value) + "), bytes " +
                       std::to_string(chunk.span.begin) + "-" + std::to_string(chunk.span.end);
    if (chunk.span.page != 0) head += ", page " + std::to_string(chunk.span.page);
    head += ", " + std::to_string(chunk.token_count) + " tokens";
    const std::string path = ContextualHeader("", chunk.span.heading_path);
    if (!path.empty()) head += ", " + OneLine(path);
    text += "\n" + console.Styled(Style::kTitle, head) + "\n" + Printable(chunk.text) + "\n";
  }
  if (view.text) text += "\n" + Printable(*view.text) + "\n";
  return text;
}

std::string CollectionsText(const CollectionList& list, const Console& console) {
  if (list.collections.empty()) {
    return list.unread.empty() ? "no collections\n" : UnreadText(list.unread);
  }
  std::vector<std::vector<std::string>> rows = {
      {"name", "documents", "chunks", "vectors", "created", "bm25"}};
  for (const index::CollectionStats& stats : list.collections) {
    rows.push_back({stats.collection.name, WithThousands(stats.documents),
                    WithThousands(stats.chunks),
                    stats.collection.vectors ? VectorIndexKindName(stats.collection.vectors->kind)
                                             : "as configured",
                    FormatIso8601(stats.collection.created_micros), Bm25Text(stats.collection)});
  }
  return Table(rows, {1, 2}, console) + UnreadText(list.unread);
}

std::string StatsText(const StoreStats& stats, const Console& console) {
  const index::StoreMemory& memory = stats.usage.memory;
  std::string text = stats.directory + "  " + FormatBytes(stats.bytes) + " database, " +
                     FormatBytes(stats.usage.derived_bytes) + " derived files on disk\n" +
                     "memory of the database: " + FormatBytes(memory.block_cache) + " of " +
                     FormatBytes(memory.block_cache_limit) + " block cache, " +
                     FormatBytes(memory.memtables) + " memtables, " +
                     FormatBytes(memory.table_readers) + " table readers\n";
  if (stats.kept_vectors.objects > 0) {
    text += "vectors kept of texts: " + WithThousands(stats.kept_vectors.objects) + ", " +
            FormatBytes(stats.kept_vectors.bytes) + "\n";
  }
  if (stats.kept_conversations.objects > 0) {
    text += "conversations kept: " + WithThousands(stats.kept_conversations.objects) + ", " +
            FormatBytes(stats.kept_conversations.bytes) + "\n";
  }
  for (size_t i = 0; i < stats.collections.size(); ++i) {
    const index::CollectionStats& one = stats.collections[i];
    const uint64_t vectors = one.chunks - std::min(one.chunks, one.pending_vectors);
    const std::string none = "none: learnt from " + std::to_string(stats.learn_from_chunks) +
                             " chunks on; until then words are searched";
    text +=
        "\n" + console.Styled(Style::kTitle, one.collection.name) + "\n" +
        Lines(
            {{"  documents", WithThousands(one.documents)},
             {"  chunks", WithThousands(one.chunks)},
             {"  terms", WithThousands(one.tokens)},
             {"  tokens a character", DensityText(stats.token_densities[i], stats.counts_exactly)},
             {"  bm25", Bm25Text(one.collection)},
             {"  vectors",
              WithThousands(vectors) + ", " + WithThousands(one.pending_vectors) + " pending"},
             {"  vector index", one.vector_index.empty() ? "none" : one.vector_index},
             {"  vector settings", SettingsText(one.collection.vectors)},
             {"  embedder", one.embedder.empty() ? none : one.embedder},
             {"  disk", DiskText(one.disk)},
             {"  derived files", DerivedText(one.derived)},
             {"  kept before", PreviousText(one)},
             {"  memory", MappedText(one.lexical_bytes, one.lexical_mapped_bytes) + " postings, " +
                              MappedText(one.vector_bytes, one.vector_mapped_bytes) + " vectors, " +
                              MappedText(one.row_bytes, one.row_mapped_bytes) + " rows"},
             {"  segments", WithThousands(one.maintenance.segments)},
             {"  dead rows", PartOf(one.maintenance.dead_rows, one.maintenance.rows)},
             {"  dead postings",
              "rows " + PartOf(one.maintenance.dead_slots, one.maintenance.slots)},
             {"  dead vectors",
              PartOf(one.maintenance.dead_vectors, one.maintenance.vector_entries)},
             {"  maintenance", MaintenanceText(one.maintenance)},
             {"  commit", WithThousands(one.commit.value)},
             {"  created", FormatIso8601(one.collection.created_micros)}});
  }
  if (!stats.unread.empty()) return text + "\n" + UnreadText(stats.unread);
  if (stats.collections.empty()) text += "no collections\n";
  return text;
}

std::string RetrievalEvalText(const eval::RetrievalEvalReport& report, const Console& console) {
  const std::string k = std::to_string(report.k);
  const double chunks = static_cast<double>(report.corpus.chunks);
  std::string indexed = "was there";
  if (report.corpus.indexed) {
    indexed = FormatSeconds(report.corpus.index_seconds) + " (" +
              WithThousands(static_cast<uint64_t>(static_cast<double>(report.corpus.documents) /
                                                  std::max(report.corpus.index_seconds, 1e-9))) +
              " documents/s), learning " + FormatSeconds(report.corpus.learn_seconds) +
              ", embedding " + FormatSeconds(report.corpus.embed_seconds);
  }
  std::string documents =
      WithThousands(report.corpus.documents) + ", " + WithThousands(report.corpus.chunks) +
      " chunks (" +
      FormatFixed(chunks / static_cast<double>(std::max<uint64_t>(report.corpus.documents, 1)), 2) +
      " per document)";
  if (report.corpus.empty_documents > 0)
    documents += ", " + WithThousands(report.corpus.empty_documents) + " empty";
  std::string text =
      console.Styled(Style::kTitle, OneLine(report.directory) + " " + report.split) + "\n" +
      Lines({{"documents", documents},
             {"missing", report.missing_judged_documents == 0
                             ? ""
                             : WithThousands(report.missing_judged_documents) +
                                   " judged relevant and not in the collection"},
             {"queries", WithThousands(report.queries) + ", mode " + SearchModeName(report.mode)},
             {"nDCG@" + k, FormatFixed(report.mean.ndcg_at_k, 4)},
             {"recall@" + k, FormatFixed(report.mean.recall_at_k, 4)},
             {"recall@100", FormatFixed(report.mean.recall_at_100, 4)},
             {"MRR@" + k, FormatFixed(report.mean.reciprocal_rank_at_k, 4)},
             {"MAP", FormatFixed(report.mean.average_precision, 4)},
             {"indexing", indexed},
             {"search", "p50 " + FormatFixed(report.search_p50_us, 0) + " us, p99 " +
                            FormatFixed(report.search_p99_us, 0) + " us"},
             {"memory", FormatFixed(report.peak_rss_mb, 0) + " MB at most"}});
  for (const std::string& warning : report.warnings) text += "warning: " + OneLine(warning) + "\n";
  return text;
}

std::string AnswerEvalText(const eval::AnswerEvalReport& report, const Console& console) {
  const auto row = [](const std::string& name, const eval::AnswerEvalPoint& at) {
    return std::vector<std::string>{name,
                                    FormatFixed(at.threshold, 2),
                                    FormatFixed(at.cited_gold, 4),
                                    FormatFixed(at.cited_gold_of_answered, 4),
                                    FormatFixed(at.declined_answerable, 4),
                                    FormatFixed(at.declined_unanswerable, 4),
                                    FormatFixed(at.span_long, 4),
                                    FormatFixed(at.span_short, 4),
                                    FormatFixed(at.token_f1, 4)};
  };
  std::vector<std::vector<std::string>> rows = {
      {"", "threshold", "gold cited", "of answered", "wrongly declined", "rightly declined",
       "span in 60", "in 25", "token F1"},
      row("all, never declining", report.undeclined),
      row("all, as configured", report.configured)};
  if (!report.curve.empty()) rows.push_back(row("half, chosen on the other", report.chosen));
  for (const eval::AnswerEvalPoint& at : report.curve) rows.push_back(row("half", at));
  std::string text =
      console.Styled(Style::kTitle, OneLine(report.directory) + " " + report.split) + "\n" +
      Lines({{"documents", WithThousands(report.corpus.documents)},
             {"questions", WithThousands(report.answerable) + " answerable, " +
                               WithThousands(report.unanswerable) + " not, mode " +
                               SearchModeName(report.mode)},
             {"answering", "p50 " + FormatFixed(report.answer_p50_us, 0) + " us, p99 " +
                               FormatFixed(report.answer_p99_us, 0) + " us"}}) +
      "\n" + Table(rows, {1, 2, 3, 4, 5, 6, 7, 8}, console);
  for (const std::string& warning : report.warnings) text += "warning: " + OneLine(warning) + "\n";
  return text;
}

std::string ConfigText(const LoadedConfig& loaded, const Console& console) {
  std::string text = console.Styled(
      Style::kDim, loaded.file.empty() ? "# no quarry.yaml was read" : "# read " + loaded.file);
  text += "\n";
  std::string section;
  for (const ConfigKey& key : ConfigKeys()) {
    const size_t dot = key.name.find('.');
    const bool is_top = dot == std::string::npos;
    if (!is_top && key.name.substr(0, dot) != section) {
      section = key.name.substr(0, dot);
      text += section + ":\n";
    }
    const std::string line = (is_top ? key.name : "  " + key.name.substr(dot + 1)) + ": " +
                             YamlScalar(key.Shown(loaded.config));
    text +=
        PadRight(line, 36) + console.Styled(Style::kDim, "  # " + loaded.OriginOf(key.name)) + "\n";
  }
  return text;
}

std::string ConfigKeysText(const Console& console) {
  const Config defaults;
  std::string text;
  for (const ConfigKey& key : ConfigKeys()) {
    const std::string value = FormatConfigValue(key.get(defaults));
    text += console.Styled(Style::kTitle, key.name) + "  " + key.description + "\n    " + key.type +
            "; default " + (value.empty() ? "none" : value) + "; " + key.Environment() + "\n";
  }
  return text;
}

}  // namespace quarry::app
