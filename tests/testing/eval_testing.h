#pragma once

// What evaluations are measured with, of a TestEngine.

#include "eval/beir_corpus.h"
#include "tests/testing/engine_testing.h"

namespace quarry::testing {

// `retriever` in the place of the engine's own. Both must outlive it.
inline eval::EvalParts EvalPartsOf(TestEngine& engine, const retrieval::Retriever& retriever) {
  return {.index = *engine.index,
          .collection = engine.collection,
          .analyzer = engine.analyzer,
          .retriever = retriever,
          .ingest = engine.ingest,
          .embedders = engine.embedders,
          .token_counter = engine.token_counter,
          .pool = engine.pool};
}

inline eval::EvalParts EvalPartsOf(TestEngine& engine) {
  return EvalPartsOf(engine, engine.retriever);
}

}  // namespace quarry::testing
