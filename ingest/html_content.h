#pragma once

// Which parts of a page are its content and which are boilerplate: navigation, advertisements,
// cookie bars, share buttons, lists of other articles, readers' comments. Internal to ingest/.
//
// Text is looked at block by block, as between two tags that break a line. A block is prose or not
// by its own length and share of links and by those of its neighbours (Kohlschütter, Fankhauser,
// Nejdl: "Boilerplate detection using shallow text features", WSDM 2010). The deepest element that
// holds most of the prose is the body of the article; what stands beside it stays only where it is
// mostly prose too (the idea of Readability, Arc90 2009). Everywhere goes what is boilerplate by
// its tag, role, class or id, and inside the body lists that are only links to other pages.
//
// In doubt text stays. A page that is prose throughout, or has hardly any, or whose links lead to
// pages beside it, as those of documentation do, loses only what is boilerplate by its own account.

#include "ingest/html_writer.h"

namespace quarry::ingest::html {

// What to leave out of `body`. REQUIRES: `body` is a node of `page`.
LeftOut FindBoilerplate(const Page& page, const Node& body);

}  // namespace quarry::ingest::html
