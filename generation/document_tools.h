#pragma once

// The tools that read the store: search, and fetch of a document or a part of it. They see what the
// answer's question may see: its collection, filter and principals.

#include <memory>

#include "generation/tool.h"
#include "retrieval/retriever.h"

namespace quarry::generation {

// {"query", "k"}: passages, best first. `retriever` outlives it.
std::unique_ptr<Tool> MakeSearchTool(const retrieval::Retriever& retriever);

// {"document", "begin"}: the passages of a document from that byte of its text on, some thousand
// tokens, and where it goes on. To who may not read a document there is none.
std::unique_ptr<Tool> MakeFetchTool();

}  // namespace quarry::generation
