#pragma once

// Fetches the folder of a published model from a hub that speaks Hugging Face's API.
//
//   GET HUB/api/models/NAME/revision/REVISION?blobs=true    which files, their sizes and digests
//   GET HUB/NAME/resolve/COMMIT/FILE                        each, from where it stopped (Range)
//
// Files come into DIRECTORY.partial and are checked against the hub's digests; a pull that was
// interrupted goes on there. Only when all are whole the folder gets its name, by one rename.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "model/http_client.h"

namespace quarry::model {

struct PullOptions {
  std::string hub = "https://huggingface.co";  // HF_ENDPOINT
  std::string token;                           // HF_TOKEN; "" = none
  std::string revision = "main";
  HttpLimits limits;  // of the time; of bytes each file has its own
  uint64_t max_file_bytes = uint64_t{32} << 30;
};

// A file of the folder as the hub tells of it.
struct HubFile {
  std::string path;  // "1_Pooling/config.json"
  uint64_t size = 0;
  std::string sha256;    // "" where the hub has none
  std::string git_blob;  // likewise
};

// The answer of the hub's API: the commit, and of its files those that a model here is made of.
// kUnavailable for what is no such answer, for a path that leads out of the folder and for a file
// without a digest.
struct HubModel {
  std::string commit;
  std::vector<HubFile> files;
};
Result<HubModel> ReadHubModel(const std::string& json);

struct PullReport {
  std::string commit;
  uint64_t files = 0;
  uint64_t bytes = 0;    // of the folder
  uint64_t fetched = 0;  // bytes that came now; the rest was there from before
};

using PullProgress = std::function<void(uint64_t done, uint64_t total)>;

// `name`: "owner/model". kAlreadyExists where `directory` is there; kInvalidArgument for a name that
// is none; kNotFound for one that the hub does not know; kDataLoss for a file that is not what the
// hub said (it is fetched anew next time); kUnavailable for the rest.
Result<PullReport> PullModel(const HttpClient& http, const std::string& name,
                             const std::string& directory, const PullOptions& options,
                             const CallContext& context, const PullProgress& progress);

}  // namespace quarry::model
