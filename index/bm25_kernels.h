#pragma once

// The inner loops of lexical search: what terms add to scores (bm25.h), and which scores are enough.
//
// TermScores, CountScores and SelectScores are compiled for several instruction sets (Highway) and
// chosen at run time for the CPU. They give the same numbers on all of them, those of the plain
// loops over TermScore: floats are added, multiplied and divided one operation at a time, never
// fused.
//
// Pure and thread-safe.

#include <cstddef>
#include <cstdint>

#include "index/bm25.h"

namespace quarry::index {

// What one term adds to the score of a row, in units: at least 1. REQUIRES: 1 <= count < 2^31,
// length < 2^31.
uint32_t TermScore(float weight, uint32_t count, uint32_t length, const LengthNorm& norm);

// The same of many postings: out[i] for i < count. The arrays have room for a multiple of 16, and
// all slots up to there are valid.
void TermScores(float weight, const uint32_t* slots, const uint32_t* counts, size_t count,
                const uint32_t* lengths, const LengthNorm& norm, uint32_t* out);

// How many scores are at least `least`. REQUIRES: `count` is a multiple of 16.
size_t CountScores(const uint32_t* scores, size_t count, uint32_t least);

// The positions of the scores that are at least `least`, ascending; returns how many. REQUIRES:
// `count` is a multiple of 64 and at most 2^16; `out` has room for it.
size_t SelectScores(const uint32_t* scores, size_t count, uint32_t least, uint16_t* out);

}  // namespace quarry::index
