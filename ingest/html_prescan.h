#pragma once

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
//   * start tags below 512 open elements, and end tags that the tree builder would ignore, so that
//     the depth counted here bounds that of the tree up to a small factor.
//
// Text goes the same way: a run of it is written as its place in `html` between two private
// characters, and ResolvePrescanText() puts it back. Text is opaque to the tree builder, and gumbo
// reads it one code point at a time.
//
// Error: kResourceExhausted when `html` has more than 4 million tags (gumbo takes some 250 bytes
// for each).
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
// Characters of private use; those of the page itself never reach the output.
inline constexpr std::string_view kRunBegin = "\uE0FE";
inline constexpr std::string_view kRunEnd = "\uE0FF";
// The run that `reference` ("1f3,2a", hexadecimal offset and size) names; empty if it names none.
std::string_view RunOf(std::string_view html, std::string_view reference);
}  // namespace prescan_internal

template <typename Append>
void ResolvePrescanText(std::string_view html, std::string_view node, Append append) {
  while (!node.empty()) {
    const size_t begin = node.find(prescan_internal::kRunBegin);
    if (begin != 0) append(node.substr(0, begin));
    if (begin == std::string_view::npos) return;
    const size_t end = node.find(prescan_internal::kRunEnd, begin);
    if (end == std::string_view::npos) return;
    const size_t reference = begin + prescan_internal::kRunBegin.size();
    append(prescan_internal::RunOf(html, node.substr(reference, end - reference)));
    node.remove_prefix(end + prescan_internal::kRunEnd.size());
  }
}

}  // namespace quarry::ingest
