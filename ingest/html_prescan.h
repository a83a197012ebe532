#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace quarry::ingest {

// Makes HTML small, flat and safe for gumbo 0.10, which takes quadratic time on deep nesting,
// recurses over the tree when it frees it, and spends most of its time on what no reader sees.
//
// One pass reads tags as the HTML standard's tokeniser does and writes them again, without
//   * comments, doctype, scripts, styles, templates, SVG, frames, lists of form fields: with their
//     content;
//   * tags that only format (b, i, font, code, ...) and forms: their content stays. With them goes
//     the standard's "reconstruction of active formatting elements", which can multiply a page;
//   * attributes that do not bear on the text. Left are alt, colspan, rowspan, start, lang, role,
//     the fields of meta, and two marks made of class, id, style, hidden and others (below);
//   * start tags below 512 open elements (list items among them, since an <li> in a <dd> in an <li>
//     and so on stay open), and end tags that the tree builder would ignore, so that the depth
//     counted here bounds that of the tree up to a small factor.
//
// Text goes the same way: a run of it is written as its place in `html`, three characters of private
// use, and ResolvePrescanText() puts it back. Text is opaque to the tree builder, and gumbo builds it
// one code point at a time.
//
// Error: kResourceExhausted when `html` has more than 256 MiB, or 4 million tags (gumbo takes some 250
// bytes for each).
Result<std::string> PrescanHtml(std::string_view html);

// Attributes of elements in the output. Hidden: not displayed. Boilerplate: named like a cookie
// banner, sidebar, share bar or the like, or has such a role; its value says how sure that is.
inline constexpr const char* kHiddenMark = "x-hidden";
inline constexpr const char* kBoilerplateMark = "x-boilerplate";
inline constexpr const char* kNearMark = "x-near";
inline constexpr const char* kLikelyMark = "likely";
inline constexpr const char* kSurelyMark = "surely";

// Calls `append` with each piece of a text node of the parsed output. `html` is what PrescanHtml
// was given.
template <typename Append>
void ResolvePrescanText(std::string_view html, std::string_view node, Append append);

namespace prescan_internal {
// A reference is kRunLead + upper bits of the offset, kRunDigit + its lower 15 bits, kRunDigit + size:
// code points of the planes of private use. Leads of the page itself never reach the output as such.
inline constexpr uint32_t kRunLead = 0x100000;
inline constexpr uint32_t kRunLeadEnd = 0x102000;  // 13 bits: of 256 MB
inline constexpr uint32_t kRunDigit = 0xF0000;
inline constexpr int kRunDigitBits = 15;
inline constexpr size_t kMaxRun = (size_t{1} << kRunDigitBits) - 1;
inline constexpr char kRunLeadByte = '\xF4';         // the first of a lead; ...
inline constexpr unsigned char kRunLeadLast = 0x81;  // ... the second is 0x80 or this
inline constexpr size_t kReferenceBytes = 12;
// The run that the reference at the start of `text` names; empty if there is none.
std::string_view RunOf(std::string_view html, std::string_view text);
}  // namespace prescan_internal

template <typename Append>
void ResolvePrescanText(std::string_view html, std::string_view node, Append append) {
  using namespace prescan_internal;
  size_t from = 0;  // where a lead is looked for
  while (!node.empty()) {
    const size_t begin = node.find(kRunLeadByte, from);
    if (begin != node.npos && begin + 1 < node.size() &&
        static_cast<unsigned char>(node[begin + 1]) > kRunLeadLast) {
      from = begin + 1;
      continue;
    }
    if (begin != 0) append(node.substr(0, begin));
    if (begin == node.npos) return;
    node.remove_prefix(begin);
    append(RunOf(html, node));
    node.remove_prefix(std::min(node.size(), kReferenceBytes));
    from = 0;
  }
}

}  // namespace quarry::ingest
