#pragma once

// Config: every option of Quarry and where its value comes from.
//
//   flag  >  environment  >  quarry.yaml  >  default
//
// One table (ConfigKeys) names each option once; the file, the environment, `--set KEY=VALUE`,
// `quarry config` and the documentation are all driven by it. An option of the table is given
//
//   in quarry.yaml        retrieval:
//                           dense_weight: 0.4
//   in the environment    QUARRY_RETRIEVAL_DENSE_WEIGHT=0.4
//   on the command line   --set retrieval.dense_weight=0.4
//
// An unknown key is an error that names its place and the nearest known key.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/query.h"
#include "base/status.h"
#include "generation/assistant.h"
#include "index/index.h"
#include "ingest/pipeline.h"
#include "ingest/web_crawl.h"
#include "model/model_cost.h"
#include "model/remote_endpoint.h"
#include "retrieval/cache_options.h"
#include "retrieval/retriever.h"
#include "server/server.h"

namespace quarry::app {

// The effective options. Members carry the defaults of the parts that they belong to.
struct Config {
  std::string store = ".quarry";
  std::string collection = "default";

  struct Ingest {
    ingest::FileSelection files;
    uint32_t jobs = 0;  // threads that parse; 0 = one per core
    uint64_t batch_bytes = ingest::IngestOptions().batch_bytes;
    uint32_t batch_documents = ingest::IngestOptions().batch_documents;
  } ingest;
  struct Web {
    bool enabled = false;
    ingest::WebOptions pages;
    ingest::CrawlOptions crawl;
  } web;
  ingest::ChunkOptions chunking;
  ingest::EmbeddingOptions embedding;
  std::string embedding_key;  // of a model behind HTTP, as the other keys
  bool keep_previous_generation = index::IndexOptions().keep_previous;

  uint32_t k = 10;
  SearchMode mode = SearchMode::kHybrid;
  RetrievalOptions retrieval;
  std::string rerank_model;  // folder, or name of one behind HTTP; "" = none
  std::string rerank_key;
  std::string tokenizer;  // folder that tokens are counted by; "" = estimated
  generation::AnswerOptions answer;
  std::string chat_model;  // that writes answers: URL#NAME, or NAME at OPENAI_BASE_URL; "" = none
  std::string chat_key;
  std::string chat_prompts;   // directory of templates; "" = the built-in ones
  std::string chat_cassette;  // file of replies; "" = none
  std::vector<std::string> chat_prices;
  model::BudgetOptions chat_budget;
  std::string chat_first_model;  // asked before it; "" = none
  std::string chat_first_key;
  generation::AssistantOptions assistant;
  std::vector<std::string> tool_hosts;  // that tools of profiles may ask

  model::RemoteOptions remote;
  std::string ca_file;  // trusted instead of the system's authorities; "" = the system's

  index::Bm25Parameters bm25;
  uint32_t title_weight = index::IndexOptions().title_weight;
  index::VectorIndexOptions vectors;
  index::RocksStoreOptions storage;

  retrieval::CacheOptions cache;

  server::ServerOptions server;
  uint32_t server_threads = 0;  // that run requests; 0 = one per core
  uint32_t server_queue = 256;  // requests that wait for one of them

  // What no key can say alone: that the options fit together. kInvalidArgument naming the keys.
  Status Validate() const;
};

using ConfigValue = std::variant<bool, uint64_t, double, std::string, std::vector<std::string>>;

// "0.35", "true", "*.md, *.html".
std::string FormatConfigValue(const ConfigValue& value);

// One option.
struct ConfigKey {
  std::string name;  // "retrieval.dense_weight"; one without '.' stands at the top of the file
  std::string type;  // what a value must be: "a number from 0 to 1"
  std::string description;  // one line
  bool secret = false;      // shown as "***"
  bool list = false;
  bool is_path = false;  // a file or directory: in a configuration file, relative to it

  // Sets the option from its text (one per element of a list). kInvalidArgument says what was
  // expected and what was given; the caller puts the place before it.
  std::function<Status(Config& config, const std::vector<std::string>& texts)> set;
  std::function<ConfigValue(const Config& config)> get;

  // What may be printed: the value, of a secret only that there is one.
  ConfigValue Shown(const Config& config) const;
  std::string Environment() const;  // "QUARRY_RETRIEVAL_DENSE_WEIGHT"
};

// Every option, in the order in which they are shown. Keys of one section are neighbours.
const std::vector<ConfigKey>& ConfigKeys();

// The key of that name; null if there is none.
const ConfigKey* FindConfigKey(std::string_view name);

// Whether keys of that section exist: "retrieval".
bool IsSection(std::string_view name);

// The error for a key that does not exist: "retrieval.dense_wieght: unknown key; did you mean ..?".
Status UnknownKeyError(std::string_view name);

// A value given on the command line.
struct FlagValue {
  std::string key;   // of the table
  std::string flag;  // as it was written: "--store"
  std::vector<std::string> texts;
};

// Where to load from. A name of an environment variable -> its value; only QUARRY_* are looked at.
struct ConfigSources {
  std::optional<std::string> file;  // --config; must exist if given
  std::string default_file = "quarry.yaml";
  std::map<std::string, std::string> environment;
  std::vector<FlagValue> flags;
};

// The QUARRY_* variables of this process.
std::map<std::string, std::string> QuarryEnvironment();

struct LoadedConfig {
  Config config;
  std::string file;                           // that was read; "" if none
  std::map<std::string, std::string> origin;  // key -> "quarry.yaml:3", "QUARRY_STORE", "--store"
  std::vector<std::string> warnings;          // variables that look like ours and are not

  bool IsDefault(const std::string& key) const { return !origin.contains(key); }
  // "default" where nothing set it.
  std::string OriginOf(const std::string& key) const;
};

// kInvalidArgument for everything that is wrong, with its place before the message.
Result<LoadedConfig> LoadConfig(const ConfigSources& sources);

// One scalar or list of a configuration file.
struct FileEntry {
  std::string key;
  size_t line = 0;
  std::vector<std::string> texts;
  bool is_list = false;
};

// The entries of a YAML file (JSON is valid there too) in order. `name` stands before messages.
Result<std::vector<FileEntry>> ParseConfigFile(const std::string& yaml, const std::string& name);

}  // namespace quarry::app
