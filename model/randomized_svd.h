#pragma once

// Truncated singular value decomposition of a large sparse matrix by random projection (Halko,
// Martinsson, Tropp: "Finding structure with randomness", SIAM Review 53, 2011, algorithms 4.4
// and 5.1).
//
// A (rows x columns) is multiplied with a few hundred random columns; power iterations sharpen the
// subspace; the small Gram matrix of the projection is diagonalised by LAPACK. Orthonormal bases
// come from the eigenvectors of the Gram matrix in double precision ("SVQB": Stathopoulos, Wu, SIAM
// J. Sci. Comput. 23, 2002): unlike Householder QR it runs in blocks on all cores, and unlike
// Cholesky it does not fail on a rank-deficient matrix.
//
// Memory: 2 * rows * (rank + oversampling) floats and a panel of 64 * columns floats; the right
// singular vectors are never held whole, see Svd.
//
// Deterministic on one kind of processor: every output row is computed by one thread in a fixed
// order and sums over blocks are added in block order, so the number of threads does not change a
// bit. (OpenBLAS picks its kernels by processor, and another kernel may round differently.)

#include <cstdint>
#include <functional>
#include <vector>

#include "base/call_context.h"
#include "base/status.h"
#include "base/thread_pool.h"

namespace quarry::model {

// Compressed sparse rows.
struct SparseMatrix {
  uint32_t rows = 0;
  uint32_t columns = 0;
  std::vector<uint64_t> row_begin;  // rows + 1 positions in `column` and `value`
  std::vector<uint32_t> column;     // ascending inside a row
  std::vector<float> value;

  SparseMatrix Transposed() const;
};

// sums[0..width) = sum over the entries (j, a) of row `row` of a * dense[j], where `dense` is
// row-major with `stride` values a row. Entries are added in order. REQUIRES: width is a multiple
// of 8.
void MultiplyRow(const SparseMatrix& matrix, uint32_t row, const float* dense, size_t stride,
                 size_t width, float* sums);

struct SvdOptions {
  uint32_t rank = 256;
  uint32_t oversampling = 10;
  uint32_t power_iterations = 2;
  uint64_t seed = 42;
};

// A ~= left * diag(singular) * right^T. The right vectors follow from the left ones, row by row and
// only when wanted: right = A^T * left * diag(1 / singular).
struct Svd {
  std::vector<double>
      singular;  // descending, all above zero; fewer than `rank` if A carries no more
  // Row-major, rows x stride. Columns at and behind singular.size() are zero padding.
  std::vector<float> left;
  size_t stride = 0;  // a multiple of 8
};

// `transposed` must be matrix.Transposed(). A null pool means this thread only.
// Errors: those of `context`; kInternal when LAPACK does not converge (values that are not finite).
Result<Svd> RandomizedSvd(const SparseMatrix& matrix, const SparseMatrix& transposed,
                          const SvdOptions& options, ThreadPool* pool, const CallContext& context);

// Calls body(begin, end) for consecutive ranges of at most `grain` that cover [0, count), on the
// pool and this thread (null: this thread only). The ranges do not depend on the number of threads.
// Ranges that begin after `context` is cancelled or late are skipped, and its error is returned.
Status ForEachRange(ThreadPool* pool, size_t count, size_t grain, const CallContext& context,
                    const std::function<void(size_t begin, size_t end)>& body);

}  // namespace quarry::model
