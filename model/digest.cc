#include "model/digest.h"

#include <openssl/evp.h>

#include "base/hex.h"
#include "base/status.h"

namespace quarry::model {

Digest::Digest(Kind kind, uint64_t size) : context_(EVP_MD_CTX_new()) {
  const EVP_MD* method = kind == Kind::kSha256 ? EVP_sha256() : EVP_sha1();
  QUARRY_CHECK(context_ != nullptr &&
               EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_), method, nullptr) == 1);
  if (kind != Kind::kGitBlob) return;
  const std::string header = "blob " + std::to_string(size);
  Update(std::string_view(header.c_str(), header.size() + 1));  // with the NUL behind it
}

Digest::~Digest() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

void Digest::Update(std::string_view bytes) {
  QUARRY_CHECK(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), bytes.data(), bytes.size()) ==
               1);
}

std::string Digest::Finish() {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  QUARRY_CHECK(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), bytes, &size) == 1);
  return ToHex({reinterpret_cast<const char*>(bytes), size});
}

}  // namespace quarry::model
