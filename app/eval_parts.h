#pragma once

// The parts of an engine that are measured.

#include "app/engine.h"
#include "eval/beir_corpus.h"

namespace quarry::app {

// The engine must outlive them.
inline eval::EvalParts EvalPartsOf(Engine& engine, CollectionId collection) {
  return {.index = engine.index(),
          .collection = collection,
          .analyzer = engine.analyzer(),
          .retriever = engine.retriever(),
          .ingest = engine.ingest_options(),
          .embedders = engine.embedders(),
          .token_counter = engine.token_counter(),
          .pool = engine.ingest_pool()};
}

}  // namespace quarry::app
