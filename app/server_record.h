#pragma once

// SERVER.json of a store: where the server that holds the store is reached by the store's owner,
// and the token that shows it is the owner who comes. Only the owner of the file can read it. A
// server writes it when it listens and removes it when it stops. One that was killed leaves it behind;
// whoever listens at that address since is told nothing: the record names its process, and is believed
// while that process lives.

#include <cstdint>
#include <string>

#include "base/status.h"

namespace quarry::app {

struct ServerRecord {
  std::string url;  // "http://127.0.0.1:8420"
  std::string token;
  uint64_t process = 0;  // its id; of one that is read. One that is published is of this process
};

// Removes the file when it goes.
class PublishedServer {
 public:
  // Replaces what a server before left. kUnavailable naming the file.
  static Result<PublishedServer> Publish(const std::string& store, const ServerRecord& record);
  PublishedServer(PublishedServer&& other) noexcept;
  PublishedServer& operator=(PublishedServer&&) = delete;
  ~PublishedServer();

 private:
  explicit PublishedServer(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// kNotFound where there is none or its server has ended; kDataLoss for what is no such file, or one that
// others than its owner may read or write.
Result<ServerRecord> ReadServerRecord(const std::string& store);

// The error of a store that somebody else has, made of what opening it gave: names the server where one
// has it, and says what to do.
Status HeldStoreError(const std::string& store, const Status& locked);

// A new token, which nobody can guess.
std::string NewOwnerToken();

}  // namespace quarry::app
