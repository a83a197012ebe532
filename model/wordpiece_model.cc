#include "base/text.h"
#include "model/token_model.h"

namespace quarry::model {
namespace {

class WordPiece final : public TokenModel {
 public:
  explicit WordPiece(WordPieceParts parts) : parts_(std::move(parts)) {}

  void Tokenize(std::string_view piece, std::vector<uint32_t>& ids) const override {
    const size_t before = ids.size();
    if (!Cut(piece, ids)) {
      ids.resize(before);
      ids.push_back(parts_.unknown);
    }
  }

 private:
  bool Cut(std::string_view piece, std::vector<uint32_t>& ids) const {
    // Positions where a token may end.
    size_t characters = 0;
    for (size_t offset = 0; offset < piece.size(); ++characters) NextCodePoint(piece, offset);
    if (characters > parts_.max_characters) return false;

    const size_t longest = parts_.vocabulary.longest();
    std::string key;
    for (size_t begin = 0; begin < piece.size();) {
      key.assign(begin == 0 ? "" : parts_.continuing_prefix);
      const size_t prefix = key.size();
      size_t end = piece.size();
      if (longest < prefix) return false;
      if (end - begin > longest - prefix) end = CharacterBegin(piece, begin + longest - prefix);
      uint32_t id = TokenVocabulary::kNone;
      while (end > begin) {
        key.resize(prefix);
        key.append(piece.substr(begin, end - begin));
        id = parts_.vocabulary.Find(key);
        if (id != TokenVocabulary::kNone) break;
        end = CharacterBegin(piece, end - 1);
      }
      if (end <= begin) return false;
      ids.push_back(id);
      begin = end;
    }
    return true;
  }

  const WordPieceParts parts_;
};

}  // namespace

std::unique_ptr<const TokenModel> MakeWordPiece(WordPieceParts parts) {
  return std::make_unique<WordPiece>(std::move(parts));
}

}  // namespace quarry::model
