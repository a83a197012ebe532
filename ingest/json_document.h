#pragma once

// From JSON values to documents, shared by the JSON and the JSON-lines parser. Internal to ingest/.

#include <string>
#include <string_view>

#include "base/document.h"
#include "ingest/document_builder.h"
#include "ingest/read_json.h"

namespace quarry::ingest {

// Writes `value` as lines that read alone:
//   * scalars as "server.port: 8420", nested objects by their path;
//   * an array of scalars as "tags: a; b", or a line for each item if they are long;
//   * an array of objects as a heading (its path) and a block for each element: one line "code:
//     VX-220; family: pump" if the element is flat and short, else its members as above.
// Scalars stand before the arrays of objects of the same object, so that each stands under its own
// heading. `paths`: of all records of a file together; beyond it values have no path before them, and
// headings only its last name.
void FlattenJson(JsonValue value, LabelLimit* paths, DocumentBuilder* builder);

// Fills the document from an object.
//   * A record (an object with "text"): title, url (or uri), lang (or language, where it is the code of one)
//     and access into the document's fields, metadata into its metadata with types kept, and so the other scalars and lists; the text as
//     plain text. One with a title and an empty text has the title as its text.
//   * Another object: access and metadata likewise, title (or name) into the title, all but
//     metadata flattened.
// The names of nested metadata ("pump.power") are cut after 200 bytes; 1000 fields are kept.
// Errors: kInvalidArgument naming the member ("\"text\": expected a string, found a number").
Status FillFromObject(JsonValue object, LabelLimit* paths, Document* document);

// The member of an object without "access" that was probably meant as such: a list of strings whose name is an edit
// away from it. "" where there is none.
std::string MisspeltAccess(JsonValue object);
// What is said of it.
std::string MisspeltAccessText(const std::string& misspelt);

}  // namespace quarry::ingest
