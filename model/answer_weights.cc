#include "model/answer_weights.h"

#include "base/text.h"

namespace quarry::model {
namespace {
constexpr AnswerWeights kEnglish{
    .words = {-3.13, -3.37, 0.51, 0.48,  3.37,  1.50,  2.05, 2.60, 2.86, 2.37, 5.74,
              3.93,  1.10,  0.79, 0.58,  2.16,  2.12,  4.23, 1.26, 0.91, 1.12, 5.65,
              1.36,  0.82,  0.96, -1.14, -4.65, -1.35, 1.46, 1.09, 2.08, 0.47},
    .sentences = {3.60, 3.11,  3.36, 1.79, -2.55, 0.83, 1.88, 5.11,  4.19, -3.49, -0.23, -0.75,
                  0.84, -0.38, 1.57, 2.47, 0.00,  0.53, 0.87, -1.07, 0.00, -0.30, -1.05, 0.40},
};
constexpr AnswerWeights kChinese{
    .words = {-0.54, -4.32, -1.09, 0.90,  3.20, -0.74, 0.13, 3.12, 2.41,  3.05, 5.19,
              2.10,  2.47,  0.60,  0.71,  2.09, 3.47,  0.00, 0.00, -0.58, 0.00, 0.00,
              2.31,  0.82,  0.17,  -0.92, 0.30, -1.44, 0.13, 0.34, 5.98,  0.57},
    .sentences = {5.26, 5.19,  3.72, 1.44, -0.49, -2.50, -0.96, -0.02, 3.08,  -4.08, 0.99,  -0.88,
                  0.19, -0.16, 0.86, 1.04, 1.23,  2.81,  0.00,  -0.83, -0.94, 0.00,  -0.51, 0.67},
};
}  // namespace

const AnswerWeights& AnswerWeightsFor(std::string_view question) {
  return IsMostlyCjk(question) ? kChinese : kEnglish;
}

}  // namespace quarry::model
