#pragma once

// Mail as RFC 5322 and MIME (RFC 2045-2049, 2231) have it. Internal to ingest/.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quarry::ingest::mime {

// A header field's value with its parameters: "text/plain; charset=utf-8" -> "text/plain".
struct Value {
  std::string value;                                            // in lower case
  std::vector<std::pair<std::string, std::string>> parameters;  // names in lower case, decoded

  std::string_view Parameter(std::string_view name) const;  // "" if there is none
};

// A message or a part of one: the header fields, unfolded, and the rest.
struct Entity {
  std::vector<std::pair<std::string, std::string>> fields;  // names in lower case; values raw
  std::string_view body;                                    // of the bytes that were split

  std::string_view Field(std::string_view name) const;  // the first; "" if there is none
  Value Type() const;                                   // "text/plain" where it is not said
  Value Disposition() const;
  // The name that the sender gave the part; "" if none.
  std::string FileName() const;
};

// Splits at the first empty line. Lenient: a line that is no field is passed over.
Entity Split(std::string_view bytes);

constexpr size_t kMaxParts = 1000;

// The parts of a multipart body, at most kMaxParts; `has_more` tells whether there are others. A
// missing last boundary is the end of the body.
std::vector<std::string_view> SplitParts(std::string_view body, std::string_view boundary,
                                         bool* has_more);

// The bytes of a body, without base64 or quoted-printable as Content-Transfer-Encoding says.
std::string Decoded(const Entity& entity);

// `field` with encoded words (RFC 2047) decoded, on one line. Bytes that are not ASCII are taken
// for UTF-8, or whatever DecodeText finds.
std::string UnstructuredText(std::string_view field);

// "2024-03-01T09:30:00+08:00" of "Fri, 1 Mar 2024 09:30:00 +0800"; "" if it is no date.
std::string IsoDate(std::string_view field);

// The text of a body part as UTF-8 with LF line ends, by its charset, or as DecodeText finds it.
std::string TextOf(const Entity& entity);

}  // namespace quarry::ingest::mime
