#pragma once

// Digests that hubs name files by: SHA-256, and SHA-1 as git makes it of a file. For checking what
// was fetched; base/hash.h is for all else.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace quarry::model {

// Fed in pieces. Used by one thread.
class Digest {
 public:
  enum class Kind : uint8_t { kSha256, kGitBlob };
  // `size`: of the whole file, which git hashes before it.
  Digest(Kind kind, uint64_t size);
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  void Update(std::string_view bytes);
  // Lower-case hexadecimal. Once.
  std::string Finish();

 private:
  void* context_;
};

}  // namespace quarry::model
