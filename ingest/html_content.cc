#include "ingest/html_content.h"

#include <gumbo.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/ascii.h"
#include "ingest/html_prescan.h"
#include "ingest/html_walk.h"

namespace quarry::ingest::html {
namespace {

// Sizes are bytes without white space; five are about a word of English, and as much of Chinese.
constexpr uint32_t kFewWords = 20;
constexpr uint32_t kLine = 80;
constexpr uint32_t kParagraph = 200;

// From this share of prose on a page is an article and nothing else.
constexpr double kMostlyProse = 0.95;
// The body of the article holds at least so much of the page's prose.
constexpr double kMainShare = 0.75;
// With less prose than this, and less than half of the page, there is no body to find.
constexpr uint32_t kSureProse = 1000;
// What stands beside the body stays if so much of it is prose.
constexpr double kProseBeside = 0.5;
// A list in the body is one of links from so many items on, with so much of its text in links.
constexpr uint32_t kManyLinks = 3;
constexpr double kLinkList = 0.7;
// So much prose is an article, even if most of the page is readers' comments on it.
constexpr uint32_t kArticle = 1000;

// Whether an element is boilerplate by its own account.
enum class Claim : uint8_t { kNone, kLikelyNamed, kSurelyNamed, kTagged };

struct Element {
  const Node* node;
  uint32_t parent;
  uint32_t end = 0;   // behind the last element below it
  uint32_t size = 0;  // of its text and all below
  uint32_t blocks = 0;
  uint32_t links = 0;       // size of the text of links
  uint32_t near_links = 0;  // of those that lead into the page or to one beside it
  uint32_t prose = 0;
  Claim claim = Claim::kNone;  // its own, or that of an element it is in
};

// A stretch of text between two tags that break a line.
struct TextBlock {
  uint32_t element;  // the one that it begins in
  uint32_t size = 0;
  uint32_t links = 0;
  uint32_t near_links = 0;
  bool code = false;
};

double ShareOf(uint32_t part, uint32_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / whole;
}

// Reads a page's elements in document order, and its text as blocks.
class ContentReader {
 public:
  explicit ContentReader(const Page& page) : page_(page) {}

  void Read(const Node& body) {
    Walk(
        body, [this](const Node& node) { return Enter(node); },
        [this](const Node& node) {
          if (IsElement(node)) Exit(node);
        });
  }

  std::vector<Element> elements;
  std::vector<TextBlock> blocks;

 private:
  bool Enter(const Node& node) {
    if (IsText(node)) {
      ResolvePrescanText(page_.source, node.v.text.text,
                         [this](std::string_view run) { AddText(run); });
      return false;
    }
    if (!IsElement(node)) return true;
    if (IsInvisible(node)) return false;
    const GumboTag tag = node.v.element.tag;
    if (RoleOf(tag) == Role::kBlock) {
      // One <br> breaks a line, two of them a paragraph.
      if (tag != GUMBO_TAG_BR || after_break_) open_ = false;
      after_break_ = tag == GUMBO_TAG_BR;
    }
    elements.push_back({.node = &node, .parent = current_, .claim = ClaimOf(node)});
    current_ = static_cast<uint32_t>(elements.size() - 1);
    Count(tag, 1);
    if (tag == GUMBO_TAG_A) near_ = HasAttribute(node, kNearMark);
    if (tag == GUMBO_TAG_HEADER) headers_.push_back(current_);
    // A header that names the page belongs to it.
    if (tag == GUMBO_TAG_H1 && !headers_.empty()) elements[headers_.back()].claim = Claim::kNone;
    return true;
  }

  void Exit(const Node& node) {
    const GumboTag tag = node.v.element.tag;
    if (RoleOf(tag) == Role::kBlock && tag != GUMBO_TAG_BR) open_ = false;
    Count(tag, -1);
    if (tag == GUMBO_TAG_HEADER) headers_.pop_back();
    elements[current_].end = static_cast<uint32_t>(elements.size());
    current_ = elements[current_].parent;
  }

  void Count(GumboTag tag, int one) {
    if (tag == GUMBO_TAG_A) links_ += one;
    if (tag == GUMBO_TAG_MAIN || tag == GUMBO_TAG_ARTICLE) articles_ += one;
    if (tag == GUMBO_TAG_BLOCKQUOTE) quotes_ += one;
    if (tag == GUMBO_TAG_PRE) code_ += one;
    if (HeadingLevelOf(tag) > 0) headings_ += one;
  }

  void AddText(std::string_view text) {
    uint32_t size = 0;
    for (const char c : text) size += static_cast<uint32_t>(!IsAsciiSpace(c));
    if (size == 0) return;
    after_break_ = false;
    if (!open_) blocks.push_back({.element = current_, .code = code_ > 0});
    open_ = true;
    blocks.back().size += size;
    if (links_ == 0) return;
    blocks.back().links += size;
    if (near_) blocks.back().near_links += size;
  }

  Claim ClaimOf(const Node& node) const {
    const GumboTag tag = node.v.element.tag;
    switch (tag) {
      case GUMBO_TAG_NAV:
        return Claim::kTagged;
      case GUMBO_TAG_FOOTER:
        return quotes_ > 0 ? Claim::kNone : Claim::kTagged;
      case GUMBO_TAG_BUTTON:
        return headings_ > 0 ? Claim::kNone : Claim::kTagged;
      case GUMBO_TAG_HEADER:
      case GUMBO_TAG_ASIDE:
        if (articles_ == 0) return Claim::kTagged;
        break;
      case GUMBO_TAG_MAIN:
      case GUMBO_TAG_ARTICLE:
      case GUMBO_TAG_HTML:
      case GUMBO_TAG_BODY:
        return Claim::kNone;
      default:
        break;
    }
    // The names of headings and of words in code are about what they say.
    if (RoleOf(tag) != Role::kBlock || HeadingLevelOf(tag) > 0) return Claim::kNone;
    if (code_ > 0 || headings_ > 0) return Claim::kNone;
    const char* mark = AttributeOf(node, kBoilerplateMark);
    if (mark == nullptr) return Claim::kNone;
    return std::strcmp(mark, kSurelyMark) == 0 ? Claim::kSurelyNamed : Claim::kLikelyNamed;
  }

  const Page& page_;
  uint32_t current_ = 0;  // the innermost open element
  std::vector<uint32_t> headers_;
  bool open_ = false;  // the last block goes on
  bool after_break_ = false;
  bool near_ = false;  // the open link leads into the page or to one beside it
  int links_ = 0;      // open elements of a kind
  int articles_ = 0;
  int quotes_ = 0;
  int headings_ = 0;
  int code_ = 0;
};

class ContentFinder {
 public:
  ContentFinder(const Page& page, const Node& body) {
    ContentReader reader(page);
    reader.Read(body);
    elements_ = std::move(reader.elements);
    blocks_ = std::move(reader.blocks);
  }

  LeftOut Find() {
    LeftOut left_out;
    if (elements_.empty()) return left_out;
    SumUp(&Element::size, [](const TextBlock& block) { return block.size; });
    SumUp(&Element::blocks, [](const TextBlock&) { return 1; });
    SumUp(&Element::links, [](const TextBlock& block) { return block.links; });
    SumUp(&Element::near_links, [](const TextBlock& block) { return block.near_links; });
    SumUpProse();
    SettleClaims();
    const uint32_t content = ContentSize();
    if (content < kParagraph / 2 && content * 5 < elements_[0].size) return left_out;
    std::erase_if(blocks_, [this](const TextBlock& block) {
      return elements_[block.element].claim != Claim::kNone;
    });
    SumUpProse();
    const Element* main = FindMain(content);
    for (uint32_t i = 1; i < elements_.size();) {
      if (IsLeftOut(elements_[i], main)) {
        left_out.push_back(elements_[i].node);
        i = elements_[i].end;
      } else {
        ++i;
      }
    }
    return left_out;
  }

 private:
  // Adds up what the blocks have of something over the elements that they are in.
  template <typename Of>
  void SumUp(uint32_t Element::*sum, Of of) {
    for (const TextBlock& block : blocks_) elements_[block.element].*sum += of(block);
    for (size_t i = elements_.size() - 1; i > 0; --i) {
      elements_[elements_[i].parent].*sum += elements_[i].*sum;
    }
  }

  void SumUpProse() {
    for (Element& element : elements_) element.prose = 0;
    SumUp(&Element::prose,
          [this](const TextBlock& block) { return IsProse(block) ? block.size - block.links : 0; });
  }

  // The decision tree of Kohlschütter et al. over text and link density, refitted to sizes.
  bool IsProse(const TextBlock& block) const {
    if (block.code) return true;
    if (ShareOf(block.links, block.size) > 1.0 / 3) return false;
    static constexpr TextBlock kEdge{};
    const auto index = static_cast<size_t>(&block - blocks_.data());
    const TextBlock& before = index > 0 ? blocks_[index - 1] : kEdge;
    const TextBlock& after = index + 1 < blocks_.size() ? blocks_[index + 1] : kEdge;
    if (ShareOf(before.links, before.size) <= 5.0 / 9) {
      return block.size > kLine || after.size > kLine || before.size > kFewWords;
    }
    return block.size > kParagraph || after.size > kLine;
  }

  // Names are also given to wrappers of whole pages and to sections that are *about* sharing or
  // cookies, so they count for less than tags do.
  void SettleClaims() {
    const Element& page = elements_[0];
    for (uint32_t i = 1; i < elements_.size(); ++i) {
      Element& element = elements_[i];
      const bool named =
          element.claim == Claim::kLikelyNamed || element.claim == Claim::kSurelyNamed;
      if (named && element.size >= page.size / 3) {
        const bool article_beside =
            element.claim == Claim::kSurelyNamed && page.prose - element.prose >= kArticle;
        if (!article_beside) element.claim = Claim::kNone;
      }
      if (element.claim == Claim::kLikelyNamed && element.prose > element.size / 2) {
        element.claim = Claim::kNone;
      }
      element.claim = std::max(element.claim, elements_[element.parent].claim);
    }
  }

  // Of the text that does not claim to be boilerplate.
  uint32_t ContentSize() const {
    uint32_t size = 0;
    for (const TextBlock& block : blocks_) {
      if (elements_[block.element].claim == Claim::kNone) size += block.size;
    }
    return size;
  }

  // The body of the article: the deepest element that holds most of the prose. Null where the page
  // is to stay whole: it is prose throughout, or there is too little of it to tell, or its links
  // lead to pages beside it, as those of documentation do and those of a web site do not.
  const Element* FindMain(uint32_t content) const {
    const Element& page = elements_[0];
    if (page.prose >= kMostlyProse * content || page.near_links >= page.links - page.near_links) {
      return nullptr;
    }
    const auto enough = static_cast<uint32_t>(kMainShare * page.prose);
    uint32_t main = 0;
    for (uint32_t child = 1; child < elements_[main].end;) {
      if (elements_[child].prose > 0 && elements_[child].prose >= enough) {
        main = child++;
      } else {
        child = elements_[child].end;
      }
    }
    const bool sure = elements_[main].prose >= kSureProse || page.prose >= content / 2;
    return sure ? &elements_[main] : nullptr;
  }

  bool IsLeftOut(const Element& element, const Element* main) const {
    if (element.size == 0) return false;
    if (element.claim != Claim::kNone) return true;
    if (main == nullptr) return false;
    const auto index = static_cast<uint32_t>(&element - elements_.data());
    const auto main_index = static_cast<uint32_t>(main - elements_.data());
    if (index <= main_index && main_index < element.end) return false;  // holds the body
    if (main_index < index && index < main->end) {
      return element.prose == 0 && element.blocks >= kManyLinks &&
             element.links - element.near_links > kLinkList * element.size;
    }
    return element.prose < kProseBeside * element.size && !IsTag(*element.node, GUMBO_TAG_H1);
  }

  std::vector<Element> elements_;
  std::vector<TextBlock> blocks_;
};

}  // namespace

LeftOut FindBoilerplate(const Page& page, const Node& body) {
  return ContentFinder(page, body).Find();
}

}  // namespace quarry::ingest::html
