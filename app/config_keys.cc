// The table of options. To add one: a member of Config and a row here; nothing else.

#include <algorithm>
#include <limits>

#include "app/config.h"
#include "app/config_key_kinds.h"
#include "base/ascii.h"
#include "index/indexed_terms.h"

namespace quarry::app {
namespace {

constexpr uint64_t kMaxUint32 = std::numeric_limits<uint32_t>::max();
constexpr uint64_t kMaxBytes = uint64_t{1} << 40;

// The member of a Config or const Config; keeps each row of the table to what differs.
#define QUARRY_FIELD(member) \
  [](auto& config) -> auto& { return config.member; }

// Puts the options of retrieval of one section behind the key of that name.
void InsertRetrievalOptions(std::string_view section, std::string_view behind,
                            std::vector<ConfigKey>& keys) {
  auto at = std::find_if(keys.begin(), keys.end(),
                         [&](const ConfigKey& key) { return key.name == behind; });
  for (const RetrievalOption& option : RetrievalOptionTable()) {
    if (option.name.starts_with(section)) at = keys.insert(at + 1, OfRetrieval(option));
  }
}

std::vector<ConfigKey> MakeKeys() {
  std::vector<ConfigKey> keys = {
      Path(Text("store", "directory of the store; in a file, relative to that file",
                QUARRY_FIELD(store))),
      Text("collection", "set of documents to work on", QUARRY_FIELD(collection)),

      List("ingest.include", "globs of files to index; none = every file",
           QUARRY_FIELD(ingest.files.include)),
      List("ingest.exclude", "globs of files to leave out; they win over include",
           QUARRY_FIELD(ingest.files.exclude)),
      Boolean("ingest.ignore_files", "leave out what .gitignore and .quarryignore name",
              QUARRY_FIELD(ingest.files.ignore_files)),
      Integer("ingest.max_file_bytes", "larger files are reported and not read",
              QUARRY_FIELD(ingest.files.max_file_bytes), 1, kMaxBytes),
      Integer("ingest.jobs", "threads that parse; 0 = one per core", QUARRY_FIELD(ingest.jobs), 0,
              1024),
      Integer("ingest.batch_bytes", "text written in one commit", QUARRY_FIELD(ingest.batch_bytes),
              1024, uint64_t{1} << 30),
      Integer("ingest.batch_documents", "documents written in one commit",
              QUARRY_FIELD(ingest.batch_documents), 1, 100'000),

      Boolean("web.enabled", "quarry index reads addresses of the web, too",
              QUARRY_FIELD(web.enabled)),
      List("web.allow",
           "hosts (.name: all below it) and ranges as 10.1.0.0/16 that are read though not public",
           QUARRY_FIELD(web.pages.allow)),
      Ports("web.ports", "of the pages that are read", QUARRY_FIELD(web.pages.ports)),
      Integer("web.depth", "links from the address given; 0 = that page alone",
              QUARRY_FIELD(web.crawl.depth), 0, 1000),
      Integer("web.pages", "requests of one crawl", QUARRY_FIELD(web.crawl.pages), 1, 1'000'000),
      Integer("web.seconds", "of one crawl", QUARRY_FIELD(web.crawl.seconds), 1, 86'400),
      Integer("web.delay_ms", "between two requests; robots.txt may ask for more",
              QUARRY_FIELD(web.crawl.delay_ms), 0, 60'000),
      Boolean("web.robots_sitemaps", "read the sitemaps that robots.txt names",
              QUARRY_FIELD(web.crawl.robots_sitemaps)),
      List("web.sitemaps", "URLs of other sitemaps of the site that is read",
           QUARRY_FIELD(web.crawl.sitemaps)),
      Integer("web.page_bytes", "larger pages are reported and not read",
              QUARRY_FIELD(web.pages.page_bytes), 1, uint64_t{1} << 30),
      Milliseconds("web.page_ms", "for a page with its redirects",
                   QUARRY_FIELD(web.pages.page_time)),
      Integer("web.redirects", "that are followed to a page", QUARRY_FIELD(web.pages.redirects), 0,
              20),

      Integer("chunking.target_tokens", "size of a chunk that is aimed at",
              QUARRY_FIELD(chunking.target_tokens), 1, 100'000),
      Integer("chunking.min_tokens", "no chunk but an entry of questions and answers has fewer",
              QUARRY_FIELD(chunking.min_tokens), 1, 100'000),
      Integer("chunking.max_tokens", "a chunk never has more", QUARRY_FIELD(chunking.max_tokens), 1,
              100'000),
      Integer("chunking.overlap_sentences", "sentences repeated from the chunk before",
              QUARRY_FIELD(chunking.overlap_sentences), 0, 10),
      Choice("chunking.mode", "where chunks end", QUARRY_FIELD(chunking.mode),
             "structure, fixed, sentences", ingest::ParseChunkMode, ingest::ChunkModeName),
      Integer("chunking.overlap_tokens", "mode fixed: tokens repeated from the chunk before",
              QUARRY_FIELD(chunking.overlap_tokens), 0, 50'000),
      Integer("chunking.window_sentences", "mode sentences: sentences of a chunk",
              QUARRY_FIELD(chunking.window_sentences), 1, 100),

      Boolean("embedding.enabled", "learn an embedder from the corpus and search by it too",
              QUARRY_FIELD(embedding.enabled)),
      Path(OptionalText(
          "embedding.model",
          "published model that embeds instead: a folder, in a file relative to it, or URL#NAME",
          QUARRY_FIELD(embedding.folder.path))),
      Secret("embedding.key", "sent to that model where it is behind HTTP",
             QUARRY_FIELD(embedding_key)),
      OptionalText("embedding.query_prefix",
                   "what that model wants before a question; none = what its folder says",
                   QUARRY_FIELD(embedding.folder.query_prefix)),
      OptionalText("embedding.document_prefix",
                   "what that model wants before a passage; none = what its folder says",
                   QUARRY_FIELD(embedding.folder.document_prefix)),
      Integer("embedding.learn_from_chunks", "below this many chunks nothing is learnt",
              QUARRY_FIELD(embedding.learn_from_chunks), 2, kMaxUint32),
      Number("embedding.relearn_growth", "learn again when there are this many times the chunks",
             QUARRY_FIELD(embedding.relearn_growth), 1, 1e6),
      Number("embedding.relearn_unknown",
             "learn again when more than this share of the words is unknown to the embedder",
             QUARRY_FIELD(embedding.relearn_unknown), 0, 1),
      Boolean("embedding.keep_previous",
              "keep the vectors of the embedder before, to go back to (quarry embedder revert)",
              QUARRY_FIELD(keep_previous_generation)),
      Integer("embedding.cache_bytes",
              "of vectors kept to embed no text twice by a published model; 0 = none",
              QUARRY_FIELD(embedding.cache_bytes), 0, kMaxBytes),
      Integer("embedding.batch", "chunks embedded and stored at a time",
              QUARRY_FIELD(embedding.batch), 1, 100'000),
      Integer("embedding.dimension", "length of the learnt vectors",
              QUARRY_FIELD(embedding.learning.dimension), 2, 4096),
      Integer("embedding.power_iterations", "passes over the corpus that sharpen the start",
              QUARRY_FIELD(embedding.learning.power_iterations), 0, 20),
      Integer("embedding.epochs", "times each passage is learnt from; 0 = 6, of many passages 4",
              QUARRY_FIELD(embedding.learning.epochs), 0, 1000),
      Integer("embedding.sample_limit", "chunks learnt from; of more a sample",
              QUARRY_FIELD(embedding.learning.sample_limit), 100, kMaxUint32),
      Integer("embedding.memory_limit", "bytes of the vectors while they are learnt",
              QUARRY_FIELD(embedding.learning.memory_limit), 0,
              std::numeric_limits<uint64_t>::max()),
      Integer("embedding.seed", "of what is random in learning; same seed, same vectors",
              QUARRY_FIELD(embedding.learning.seed), 0, std::numeric_limits<uint64_t>::max()),
      Integer("embedding.vocabulary_limit", "words kept, the most frequent first",
              QUARRY_FIELD(embedding.learning.vocabulary_limit), 100, 100'000'000),
      Path(OptionalText("embedding.pairs",
                        "questions with passages that answer them, to learn from too (quarry tune "
                        "--pairs); in a file, relative to it",
                        QUARRY_FIELD(embedding.pairs))),
      Choice("embedding.cross_language",
             "vectors that also answer questions in the other of English and Chinese",
             QUARRY_FIELD(embedding.learning.cross_language), "auto, on, off",
             model::ParseCrossLanguage, model::CrossLanguageName),
      Integer("embedding.threads", "that learn; 0 = one per core",
              QUARRY_FIELD(embedding.learning.threads), 0, 1024),

      Integer("retrieval.k", "passages returned", QUARRY_FIELD(k), 1, 10'000),
      Choice("retrieval.mode", "which legs search", QUARRY_FIELD(mode), "hybrid, dense, lexical",
             ParseSearchMode, SearchModeName),
      CollectionWeights(),

      Path(OptionalText(
          "rerank.model",
          "cross-encoder that orders the best hits: a folder, in a file relative to it, "
          "or URL#NAME",
          QUARRY_FIELD(rerank_model))),
      Secret("rerank.key", "sent to that model where it is behind HTTP", QUARRY_FIELD(rerank_key)),

      Path(OptionalText("tokens.tokenizer",
                        "folder by whose tokenizer tokens are counted; in a file, relative to it",
                        QUARRY_FIELD(tokenizer))),

      Integer("context.token_budget", "tokens of passages that an answer is made from",
              QUARRY_FIELD(answer.context.token_budget), 1, 10'000'000),
      Integer("context.max_passages", "passages that an answer is made from",
              QUARRY_FIELD(answer.context.max_passages), 1, 1000),

      Integer("extractive.max_sentences", "sentences of an answer",
              QUARRY_FIELD(answer.extractive.max_sentences), 1, 100),
      Integer("extractive.max_tokens", "tokens of an answer",
              QUARRY_FIELD(answer.extractive.max_tokens), 1, 100'000),
      Number("extractive.decline_below", "support of the best sentence below which it declines",
             QUARRY_FIELD(answer.extractive.decline_below), 0, 1),

      OptionalText("chat.model",
                   "chat model that writes answers: URL#NAME, or NAME at OPENAI_BASE_URL; none = "
                   "sentences are quoted",
                   QUARRY_FIELD(chat_model)),
      Secret("chat.key", "sent to that model; none = OPENAI_API_KEY, to OPENAI_BASE_URL alone",
             QUARRY_FIELD(chat_key)),
      OptionalText("chat.first_model",
                   "cheaper chat model that is asked first, named as chat.model, which then writes "
                   "where its answer is not carried; none = there is none",
                   QUARRY_FIELD(chat_first_model)),
      Secret("chat.first_key", "sent to the first model; none = as chat.key",
             QUARRY_FIELD(chat_first_key)),
      Choice("chat.escalate_by", "what rejects an answer of the first model",
             QUARRY_FIELD(answer.escalate_by), "support, judge", generation::ParseEscalateBy,
             generation::EscalateByName),
      Integer("chat.best_of",
              "tries of a model at an answer that is carried by what it cites; above 1 it needs "
              "chat.temperature above 0",
              QUARRY_FIELD(answer.best_of), 1, 16),
      Choice("chat.unsupported", "what becomes of sentences that their sources do not carry",
             QUARRY_FIELD(answer.model.unsupported), "flag, repair, remove",
             generation::ParseUnsupportedPolicy, generation::UnsupportedPolicyName),
      Number("chat.temperature", "of the model", QUARRY_FIELD(answer.model.temperature), 0, 2),
      Integer("chat.seed", "of the model", QUARRY_FIELD(answer.model.seed), 0,
              std::numeric_limits<int64_t>::max()),
      Integer("chat.max_tokens", "of an answer", QUARRY_FIELD(answer.model.max_tokens), 1, 100'000),
      Path(OptionalText("chat.prompts",
                        "directory of own prompts (docs/models.md); in a file, relative to it",
                        QUARRY_FIELD(chat_prompts))),
      Path(OptionalText("chat.cassette",
                        "file that the model's replies are recorded in and taken from; in a file, "
                        "relative to it",
                        QUARRY_FIELD(chat_cassette))),
      List("chat.prices", "MODEL=PROMPT/COMPLETION, per million tokens", QUARRY_FIELD(chat_prices)),
      Number("chat.request_budget", "that one answer may cost; 0 = no limit",
             QUARRY_FIELD(chat_budget.per_request), 0, 1e9),
      Number("chat.day_budget",
             "that a day (UTC) may cost, all processes of the store together; 0 = no limit",
             QUARRY_FIELD(chat_budget.per_day), 0, 1e9),

      List("tools.http_hosts", "host (host:port) that tools of profiles may ask",
           QUARRY_FIELD(tool_hosts)),

      Boolean("assistant.guard", "decline requests for harm, by rules",
              QUARRY_FIELD(assistant.guard)),
      Boolean("assistant.guard_model", "have the chat model judge each question for harm, too",
              QUARRY_FIELD(assistant.guard_by_model)),
      Boolean("assistant.small_talk", "answer greetings and thanks without a search",
              QUARRY_FIELD(assistant.small_talk)),
      Boolean("assistant.rewrite", "have the chat model make follow-ups stand alone; else rules do",
              QUARRY_FIELD(assistant.rewrite_by_model)),
      Boolean(
          "assistant.correct",
          "ask a question that is declined once more, with the nearest words that passages hold",
          QUARRY_FIELD(assistant.correct)),
      Integer("assistant.memory_tokens",
              "of the conversation before a question that are read again; older answers are cut to "
              "a sentence, then left out",
              QUARRY_FIELD(assistant.memory_tokens), 0, 1'000'000),

      Path(OptionalText(
          "http.ca_file",
          "PEM file of the authorities that models behind https are trusted by; none = the "
          "system's; in a file, relative to it",
          QUARRY_FIELD(ca_file))),
      Milliseconds("http.connect_ms", "for a connection to such a model",
                   QUARRY_FIELD(remote.limits.connect)),
      Milliseconds("http.first_byte_ms", "for the first byte of its answer",
                   QUARRY_FIELD(remote.limits.first_byte)),
      Milliseconds("http.gap_ms", "for the next byte of its answer",
                   QUARRY_FIELD(remote.limits.gap)),
      Integer("http.attempts", "of a request, the first included",
              QUARRY_FIELD(remote.retry.attempts), 1, 10),
      Milliseconds("http.retry_ms", "before the second attempt; doubles with each",
                   QUARRY_FIELD(remote.retry.initial)),
      Integer("http.breaker_failures", "in a row after which a model is left alone",
              QUARRY_FIELD(remote.breaker.failures), 1, 1000),
      Milliseconds("http.breaker_ms", "that it is left alone for",
                   QUARRY_FIELD(remote.breaker.open_for)),
      Number("http.requests_per_minute", "to one model at most; 0 = no limit",
             QUARRY_FIELD(remote.requests_per_minute), 0, 1e6),
      Integer("http.concurrency", "requests to one model at a time",
              QUARRY_FIELD(remote.concurrency), 1, 1000),

      Boolean("cache.enabled", "serve answers again where that is safe (docs/cache.md)",
              QUARRY_FIELD(cache.enabled)),
      Integer("cache.max_bytes", "of stored answers, per collection", QUARRY_FIELD(cache.max_bytes),
              1u << 16, kMaxBytes),
      Integer("cache.max_entries", "stored answers, per collection",
              QUARRY_FIELD(cache.max_entries), 1, 10'000'000),
      Integer("cache.ttl_hours", "after which a stored answer is not served",
              QUARRY_FIELD(cache.ttl_hours), 1, 1'000'000),
      Integer("cache.min_cost_millis", "answers that take less to make are not stored",
              QUARRY_FIELD(cache.min_cost_millis), 0, 1'000'000),
      Number("cache.audit_share", "of the hits, are answered anew in the background and compared",
             QUARRY_FIELD(cache.audit_share), 0, 1),
      Boolean("cache.semantic",
              "serve other questions that mean the same, once quarry cache tune has opened that",
              QUARRY_FIELD(cache.semantic)),
      Path(OptionalText("cache.verifier",
                        "folder of a cross-encoder that says if two questions are one; none = "
                        "built in; in a file, relative to it",
                        QUARRY_FIELD(cache.verifier))),

      Number("bm25.k1", "saturation of term frequency; of collections that are created",
             QUARRY_FIELD(bm25.k1), 0, 100),
      Number("bm25.b", "strength of length normalisation; of collections that are created",
             QUARRY_FIELD(bm25.b), 0, 1),
      Integer("bm25.title_weight",
              "how often a word of the title counts; of collections that are created",
              QUARRY_FIELD(title_weight), 1, index::kMaxTitleWeight),

      Choice("vectors.kind", "vector index", QUARRY_FIELD(vectors.kind),
             "auto, flat, hnsw, faiss_flat, faiss_hnsw, faiss_ivf", index::ParseVectorIndexKind,
             index::VectorIndexKindName),
      Choice("vectors.codes", "kinds flat and hnsw: how vectors are held",
             QUARRY_FIELD(vectors.codes), "int8, bf16, float", index::ParseVectorCodeKind,
             index::VectorCodeKindName),
      Integer("vectors.hnsw_from", "kind auto: vectors from which a graph is built",
              QUARRY_FIELD(vectors.hnsw_from), 1, kMaxUint32),
      Integer("vectors.hnsw_links", "links per node and level of the graph",
              QUARRY_FIELD(vectors.hnsw_links), 2, 256),
      Integer("vectors.hnsw_build_width",
              "candidates per insertion; more finds more, builds slower",
              QUARRY_FIELD(vectors.hnsw_build_width), 1, 100'000),
      Number("vectors.target_recall", "kind hnsw: what the width of walks is measured for",
             QUARRY_FIELD(vectors.target_recall), 0.5, 1),
      Integer("vectors.build_threads", "threads that build a graph",
              QUARRY_FIELD(vectors.build_threads), 1, 256),
      Integer("vectors.seed", "of the levels of the graph", QUARRY_FIELD(vectors.seed), 0,
              std::numeric_limits<uint64_t>::max()),

      Integer("storage.block_cache_bytes", "memory for blocks of the store",
              QUARRY_FIELD(storage.block_cache_bytes), 1u << 20, kMaxBytes),
      Integer("storage.write_buffer_bytes", "memory for writes before they are sorted to disk",
              QUARRY_FIELD(storage.write_buffer_bytes), 1u << 20, uint64_t{1} << 32),
      Integer("storage.min_free_bytes",
              "of the disk, stay free: writes are refused, reading goes on",
              QUARRY_FIELD(storage.min_free_bytes), 0, kMaxBytes),
      Integer("storage.max_open_files", "of the store at a time",
              QUARRY_FIELD(storage.max_open_files), 16, 1'000'000),

      Text("server.host",
           "address to listen on; other machines need 0.0.0.0 or ::", QUARRY_FIELD(server.host)),
      Integer("server.port", "port to listen on; 0 = any free one", QUARRY_FIELD(server.port), 0,
              65535),
      Integer("server.threads",
              "threads that run requests; 0 = one per core, 16 or more where a model behind HTTP "
              "is asked",
              QUARRY_FIELD(server_threads), 0, 1024),
      Integer("server.queue", "requests that wait for a thread; more are answered 503",
              QUARRY_FIELD(server_queue), 1, 1'000'000),
      Integer("server.header_bytes", "limit of request line and headers",
              QUARRY_FIELD(server.header_bytes), 256, 1u << 24),
      Integer("server.body_bytes", "limit of a request body", QUARRY_FIELD(server.body_bytes), 1,
              kMaxBytes),
      Integer("server.ingest_body_bytes", "limit of an uploaded document",
              QUARRY_FIELD(server.ingest_body_bytes), 1, kMaxBytes),
      Integer("server.header_seconds", "for the headers to arrive",
              QUARRY_FIELD(server.header_seconds), 1, 86'400),
      Integer("server.body_seconds", "for the body to arrive", QUARRY_FIELD(server.body_seconds), 1,
              86'400),
      Integer("server.idle_seconds", "that a connection may wait for its next request",
              QUARRY_FIELD(server.idle_seconds), 1, 86'400),
      Integer("server.requests_per_connection", "before it is closed",
              QUARRY_FIELD(server.requests_per_connection), 1, kMaxUint32),
      Integer("server.request_seconds", "that a request may take",
              QUARRY_FIELD(server.request_seconds), 1, 86'400),
      Integer("server.max_connections", "at a time", QUARRY_FIELD(server.max_connections), 1,
              1'000'000),
      Integer(
          "server.connections_per_address",
          "idle connections per client address; the longest idle are closed first; 0 = no limit",
          QUARRY_FIELD(server.connections_per_address), 0, 1'000'000),
      Integer("server.upload_bytes", "limit of a file that is uploaded in parts",
              QUARRY_FIELD(server.upload_bytes), 1, kMaxBytes),
      Integer("server.answers_kept", "answers that are kept for feedback and replay; 0 = none",
              QUARRY_FIELD(server.answers_kept), 0, 100'000'000),
      Integer(
          "server.key_objects",
          "conversations, responses, ratings, files and uploads that a key may store; 0 = no limit",
          QUARRY_FIELD(server.key_objects), 0, 100'000'000),
      Integer("server.key_bytes", "of those together; 0 = no limit", QUARRY_FIELD(server.key_bytes),
              0, kMaxBytes),
      Path(OptionalText("server.backup_directory",
                        "where POST /api/v1/backup puts backups, by name; none = it is refused; in "
                        "a file, relative to it",
                        QUARRY_FIELD(server.backup_directory))),
      Path(OptionalText(
          "server.tls_certificate",
          "PEM file of the certificate and those that it is signed by; none = HTTP without "
          "TLS; in a file, relative to it",
          QUARRY_FIELD(server.tls_certificate))),
      Path(OptionalText(
          "server.tls_key",
          "PEM file of its key; read again on SIGHUP, as the other is; in a file, relative to it",
          QUARRY_FIELD(server.tls_key))),
      Boolean("server.loopback_open",
              "requests from this machine need no key, though there are keys",
              QUARRY_FIELD(server.loopback_open)),
      Boolean("server.allow_insecure", "listen for other machines without a key or without TLS",
              QUARRY_FIELD(server.allow_insecure)),
      List("server.cors_origins",
           "sites whose pages may use the server, as https://app.example, * = all; without a key "
           "also names that the server itself is used by",
           QUARRY_FIELD(server.cors_origins)),
      Integer("server.drain_seconds", "for requests under way when the server stops",
              QUARRY_FIELD(server.drain_seconds), 0, 86'400),
  };
  InsertRetrievalOptions("retrieval.", "retrieval.mode", keys);
  InsertRetrievalOptions("rerank.", "rerank.model", keys);
  return keys;
}
#undef QUARRY_FIELD

}  // namespace

const std::vector<ConfigKey>& ConfigKeys() {
  static const std::vector<ConfigKey> keys = MakeKeys();
  return keys;
}

const ConfigKey* FindConfigKey(std::string_view name) {
  const std::vector<ConfigKey>& keys = ConfigKeys();
  const auto found = std::find_if(keys.begin(), keys.end(),
                                  [&](const ConfigKey& key) { return key.name == name; });
  return found == keys.end() ? nullptr : &*found;
}

bool IsSection(std::string_view name) {
  const std::string prefix = std::string(name) + ".";
  return std::any_of(ConfigKeys().begin(), ConfigKeys().end(),
                     [&](const ConfigKey& key) { return key.name.starts_with(prefix); });
}

ConfigValue ConfigKey::Shown(const Config& config) const {
  ConfigValue value = get(config);
  if (!secret || FormatConfigValue(value).empty()) return value;
  return ConfigValue("***");
}

std::string ConfigKey::Environment() const {
  std::string variable = "QUARRY_";
  for (const char c : name) {
    if (c == '.') {
      variable += '_';
    } else {
      variable += AsciiUpper(c);
    }
  }
  return variable;
}

std::string FormatConfigValue(const ConfigValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* integer = std::get_if<uint64_t>(&value)) return std::to_string(*integer);
  if (const auto* number = std::get_if<double>(&value)) return FormatNumber(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  std::string joined;
  for (const std::string& element : std::get<std::vector<std::string>>(value)) {
    joined += (joined.empty() ? "" : ", ") + element;
  }
  return joined;
}

}  // namespace quarry::app
