#include "model/answer_weights.h"

#include "base/text.h"

namespace quarry::model {
namespace {
constexpr AnswerWeights kEnglish{
    .words = {-3.88, -3.48, 0.46, 0.51, 3.78, 2.22,  1.80,  2.62,  2.64, 2.44,
              5.61,  4.05,  1.12, 0.77, 0.61, 2.12,  2.06,  4.08,  1.17, 0.99,
              1.13,  6.21,  1.53, 0.86, 1.09, -1.20, -4.32, -1.36, 1.47},
    .sentences = {3.69, 3.15,  3.32, 1.80, -2.59, 0.81, 1.86, 5.16,  4.21, -3.55, -0.21, -0.75,
                  0.83, -0.39, 1.58, 2.51, 0.00,  0.73, 0.96, -1.06, 0.00, -0.25, -1.08, 0.37},
};
constexpr AnswerWeights kChinese{
    .words = {-3.96, -4.57, -1.13, 1.06, 3.91, 2.19,  -0.08, 3.08,  2.19, 3.01,
              5.30,  1.84,  2.52,  0.38, 0.72, 1.90,  3.31,  0.00,  0.00, -0.51,
              0.00,  0.00,  2.26,  0.54, 0.36, -1.02, -0.22, -1.42, -0.01},
    .sentences = {5.55, 5.44,  3.78, 1.43, -0.58, -2.38, -1.06, -0.02, 2.98,  -4.02, 0.95,  -0.88,
                  0.32, -0.35, 1.16, 1.75, 1.43,  3.03,  0.21,  -0.86, -0.97, 0.00,  -0.58, 0.50},
};
}  // namespace

const AnswerWeights& AnswerWeightsFor(std::string_view question) {
  return IsMostlyCjk(question) ? kChinese : kEnglish;
}

}  // namespace quarry::model
