#include "model/randomized_svd.h"

#include <cblas.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <string>

#include "base/hash.h"
#include "base/random.h"
#include "model/accumulate.h"
#include "model/blas.h"

// LAPACK's Fortran symbol; Debian's OpenBLAS carries it without LAPACKE's header.
extern "C" void dsyevd_(const char* job, const char* triangle, const int* n, double* matrix,
                        const int* leading, double* eigenvalues, double* work, const int* work_size,
                        int* int_work, const int* int_work_size, int* info);

namespace quarry::model {
namespace {

constexpr size_t kPanel = 64;      // columns multiplied at a time: 256 bytes of a row stay in cache
constexpr size_t kRowGrain = 64;   // rows of a sparse product per task
constexpr size_t kGramRows = 512;  // rows turned into doubles at a time
// The Gram matrix is summed in this many parts, whatever the number of threads.
constexpr size_t kGramParts = 16;
// Directions whose eigenvalue is below this share of the largest are noise of the arithmetic.
constexpr double kNoise = 1e-11;

size_t RoundUp8(size_t value) { return (value + 7) / 8 * 8; }

// A dense row-major matrix with rows padded by zeros to a multiple of 8.
struct Dense {
  Dense(size_t row_count, size_t column_count)
      : rows(row_count), columns(column_count), stride(RoundUp8(column_count)) {
    values.resize(rows * stride);
  }
  size_t rows;
  size_t columns;
  size_t stride;
  std::vector<float> values;
  float* Row(size_t row) { return values.data() + row * stride; }
  const float* Row(size_t row) const { return values.data() + row * stride; }
};

// Eigenvalues (ascending) of a symmetric matrix; its eigenvectors replace it, one per row.
Status Diagonalise(std::vector<double>& matrix, int n, std::vector<double>& eigenvalues) {
  eigenvalues.resize(static_cast<size_t>(n));
  double work_wanted = 0;
  int int_work_wanted = 0;
  int info = 0;
  const int query = -1;
  dsyevd_("V", "L", &n, matrix.data(), &n, eigenvalues.data(), &work_wanted, &query,
          &int_work_wanted, &query, &info);
  std::vector<double> work(static_cast<size_t>(work_wanted) + 1);
  std::vector<int> int_work(static_cast<size_t>(int_work_wanted) + 1);
  const int work_size = static_cast<int>(work.size());
  const int int_work_size = static_cast<int>(int_work.size());
  dsyevd_("V", "L", &n, matrix.data(), &n, eigenvalues.data(), work.data(), &work_size,
          int_work.data(), &int_work_size, &info);
  if (info != 0) {
    return InternalError("dsyevd of a " + std::to_string(n) + " x " + std::to_string(n) +
                         " matrix: info " + std::to_string(info));
  }
  return OkStatus();
}

// Sums of outer products of rows, in double precision.
class Gram {
 public:
  explicit Gram(size_t columns) : n_(columns), parts_(kGramParts) {}

  // Adds rows of floats to part `part`. One thread per part.
  void Add(size_t part, const float* rows, size_t count, size_t stride) {
    std::vector<double>& sum = parts_[part];
    sum.resize(n_ * n_);
    std::vector<double> block(count * n_);
    for (size_t i = 0; i < count; ++i) {
      std::copy_n(rows + i * stride, n_, block.data() + i * n_);
    }
    const int n = static_cast<int>(n_);
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, n, static_cast<int>(count), 1.0,
                block.data(), n, 1.0, sum.data(), n);
  }

  // The sum; only its upper triangle (row-major), which is the lower one of LAPACK's column order.
  std::vector<double> Sum() const {
    std::vector<double> total(n_ * n_);
    for (const std::vector<double>& part : parts_) {
      for (size_t i = 0; i < part.size(); ++i) total[i] += part[i];
    }
    return total;
  }

 private:
  size_t n_;
  std::vector<std::vector<double>> parts_;
};

// Calls body(part, begin, end) for the fixed parts of [0, count).
Status ForEachPart(ThreadPool* pool, size_t count, const CallContext& context,
                   const std::function<void(size_t, size_t, size_t)>& body) {
  return ForEachRange(pool, kGramParts, 1, context, [&](size_t part, size_t) {
    body(part, count * part / kGramParts, count * (part + 1) / kGramParts);
  });
}

// rows := rows * map, where `map` is columns x columns, row-major. In place.
Status MapRows(Dense& rows, const std::vector<float>& map, ThreadPool* pool,
               const CallContext& context) {
  const size_t n = rows.columns;
  return ForEachRange(pool, rows.rows, kGramRows, context, [&](size_t begin, size_t end) {
    const size_t count = end - begin;
    std::vector<float> mapped(count * n);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, static_cast<int>(count),
                static_cast<int>(n), static_cast<int>(n), 1.0f, rows.Row(begin),
                static_cast<int>(rows.stride), map.data(), static_cast<int>(n), 0.0f, mapped.data(),
                static_cast<int>(n));
    for (size_t i = 0; i < count; ++i) std::copy_n(&mapped[i * n], n, rows.Row(begin + i));
  });
}

// Makes the columns orthonormal and keeps what they span; directions of noise become zero columns.
Status Orthonormalise(Dense& matrix, ThreadPool* pool, const CallContext& context) {
  const size_t n = matrix.columns;
  Gram gram(n);
  QUARRY_RETURN_IF_ERROR(
      ForEachPart(pool, matrix.rows, context, [&](size_t part, size_t begin, size_t end) {
        for (size_t row = begin; row < end; row += kGramRows) {
          if (!context.Check().ok()) return;
          gram.Add(part, matrix.Row(row), std::min(kGramRows, end - row), matrix.stride);
        }
      }));
  std::vector<double> vectors = gram.Sum();
  std::vector<double> values;
  QUARRY_RETURN_IF_ERROR(Diagonalise(vectors, static_cast<int>(n), values));
  std::vector<float> map(n * n);
  for (size_t k = 0; k < n; ++k) {
    if (!(values[k] > kNoise * values[n - 1])) continue;
    const double scale = 1.0 / std::sqrt(values[k]);
    for (size_t j = 0; j < n; ++j) {
      map[j * n + k] = static_cast<float>(vectors[k * n + j] * scale);
    }
  }
  return MapRows(matrix, map, pool, context);
}

// out[:, first..first + width) = matrix * dense, dense being matrix.columns x width.
Status MultiplyPanel(const SparseMatrix& matrix, const float* dense, size_t stride, size_t width,
                     float* out, size_t out_stride, ThreadPool* pool, const CallContext& context) {
  return ForEachRange(pool, matrix.rows, kRowGrain, context, [&](size_t begin, size_t end) {
    for (size_t row = begin; row < end; ++row) {
      MultiplyRow(matrix, static_cast<uint32_t>(row), dense, stride, width, out + row * out_stride);
    }
  });
}

// Uniform numbers in [-1, 1): any distribution with independent entries of mean zero serves. Each
// row has a seed of its own, so that rows can be drawn on any thread.
void DrawRow(uint64_t seed, uint64_t row, uint64_t panel, size_t width, float* out) {
  Random random(HashCombine(HashCombine(seed, panel), row));
  for (size_t i = 0; i < width; ++i) out[i] = static_cast<float>(random.Uniform() * 2.0 - 1.0);
}

}  // namespace

Status ForEachRange(ThreadPool* pool, size_t count, size_t grain, const CallContext& context,
                    const std::function<void(size_t begin, size_t end)>& body) {
  const size_t ranges = (count + grain - 1) / grain;
  std::atomic<bool> stopped = false;
  const auto run = [&](size_t range) {
    if (stopped.load(std::memory_order_relaxed)) return;
    if (!context.Check().ok()) {
      stopped.store(true, std::memory_order_relaxed);
      return;
    }
    body(range * grain, std::min(count, (range + 1) * grain));
  };
  if (pool == nullptr) {
    for (size_t range = 0; range < ranges; ++range) run(range);
  } else {
    ParallelFor(*pool, ranges, 1, run);
  }
  return context.Check();
}

SparseMatrix SparseMatrix::Transposed() const {
  SparseMatrix result;
  result.rows = columns;
  result.columns = rows;
  result.row_begin.assign(static_cast<size_t>(columns) + 1, 0);
  result.column.resize(column.size());
  result.value.resize(value.size());
  for (const uint32_t j : column) ++result.row_begin[j + 1];
  for (size_t j = 0; j < columns; ++j) result.row_begin[j + 1] += result.row_begin[j];
  std::vector<uint64_t> next(result.row_begin.begin(), result.row_begin.end() - 1);
  for (uint32_t row = 0; row < rows; ++row) {
    for (uint64_t i = row_begin[row]; i < row_begin[row + 1]; ++i) {
      const uint64_t place = next[column[i]]++;
      result.column[place] = row;
      result.value[place] = value[i];
    }
  }
  return result;
}

void MultiplyRow(const SparseMatrix& matrix, uint32_t row, const float* dense, size_t stride,
                 size_t width, float* sums) {
  const uint64_t begin = matrix.row_begin[row];
  const uint64_t count = matrix.row_begin[row + 1] - begin;
  SumRows({dense, stride}, {matrix.column.data() + begin, count},
          {matrix.value.data() + begin, count}, width, sums);
}

Result<Svd> RandomizedSvd(const SparseMatrix& matrix, const SparseMatrix& transposed,
                          const SvdOptions& options, ThreadPool* pool, const CallContext& context) {
  UseOneBlasThread();
  const size_t smaller = std::min(matrix.rows, matrix.columns);
  const size_t width = std::min<size_t>(size_t{options.rank} + options.oversampling, smaller);
  if (width == 0) return Svd{};

  // basis = orthonormal columns that span the range of A * random.
  Dense basis(matrix.rows, width);
  Dense next(matrix.rows, width);
  std::vector<float> panel(matrix.columns * std::min(kPanel, basis.stride));
  for (uint32_t round = 0; round <= options.power_iterations; ++round) {
    for (size_t first = 0; first < basis.stride; first += kPanel) {
      const size_t columns = std::min(kPanel, basis.stride - first);
      const size_t used = std::min(columns, width - first);
      if (round == 0) {
        std::fill(panel.begin(), panel.end(), 0.0f);
        QUARRY_RETURN_IF_ERROR(
            ForEachRange(pool, matrix.columns, 1024, context, [&](size_t begin, size_t end) {
              for (size_t row = begin; row < end; ++row) {
                DrawRow(options.seed, row, first, used, &panel[row * columns]);
              }
            }));
      } else {
        QUARRY_RETURN_IF_ERROR(MultiplyPanel(transposed, basis.Row(0) + first, basis.stride,
                                             columns, panel.data(), columns, pool, context));
      }
      QUARRY_RETURN_IF_ERROR(MultiplyPanel(matrix, panel.data(), columns, columns,
                                           next.Row(0) + first, next.stride, pool, context));
    }
    std::swap(basis.values, next.values);
    QUARRY_RETURN_IF_ERROR(Orthonormalise(basis, pool, context));
  }

  // A ~= Q (Q^T A): the singular values and left vectors of the small matrix B = Q^T A come from B
  // B^T.
  Gram gram(width);
  QUARRY_RETURN_IF_ERROR(
      ForEachPart(pool, matrix.columns, context, [&](size_t part, size_t begin, size_t end) {
        std::vector<float> rows(kGramRows * basis.stride);
        for (size_t row = begin; row < end; row += kGramRows) {
          if (!context.Check().ok()) return;
          const size_t count = std::min(kGramRows, end - row);
          for (size_t i = 0; i < count; ++i) {
            MultiplyRow(transposed, static_cast<uint32_t>(row + i), basis.Row(0), basis.stride,
                        basis.stride, &rows[i * basis.stride]);
          }
          gram.Add(part, rows.data(), count, basis.stride);
        }
      }));
  std::vector<double> vectors = gram.Sum();
  std::vector<double> values;
  QUARRY_RETURN_IF_ERROR(Diagonalise(vectors, static_cast<int>(width), values));

  Svd result;
  std::vector<float> map(width * width);
  for (size_t k = 0; k < std::min<size_t>(options.rank, width); ++k) {
    const size_t from = width - 1 - k;  // LAPACK's order is ascending
    if (!(values[from] > kNoise * values[width - 1])) break;
    result.singular.push_back(std::sqrt(values[from]));
    // The sign of an eigenvector is LAPACK's whim: make the largest entry positive.
    const double* const vector = &vectors[from * width];
    const double* const peak = std::max_element(
        vector, vector + width, [](double a, double b) { return std::abs(a) < std::abs(b); });
    const double sign = *peak < 0 ? -1.0 : 1.0;
    for (size_t j = 0; j < width; ++j) map[j * width + k] = static_cast<float>(sign * vector[j]);
  }
  QUARRY_RETURN_IF_ERROR(MapRows(basis, map, pool, context));
  result.stride = basis.stride;
  result.left = std::move(basis.values);
  return result;
}

}  // namespace quarry::model
