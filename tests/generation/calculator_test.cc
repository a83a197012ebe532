#include "generation/calculator.h"

#include <random>

#include "tests/testing/test_environment.h"

namespace quarry::generation {
namespace {

using ::testing::HasSubstr;

std::string ValueOf(std::string_view expression) {
  const Result<Calculated> result = Calculate(expression);
  return result.ok() ? result->value : result.status().message();
}

TEST(CalculatorTest, IsExactWhereFloatingPointIsNot) {
  EXPECT_EQ(ValueOf("0.1 + 0.2"), "0.3");
  EXPECT_EQ(ValueOf("1e-3 * 1e3"), "1");
  EXPECT_EQ(ValueOf("9007199254740993 - 9007199254740992"), "1");
  EXPECT_EQ(ValueOf("2^100"), "1267650600228229401496703205376");
  EXPECT_EQ(ValueOf("2^-2"), "0.25");
  EXPECT_EQ(ValueOf("1/3"), "1/3");
  EXPECT_EQ(Calculate("1/3")->decimal, "0.333333333333333333333333333333");
  EXPECT_EQ(ValueOf("1/3*3"), "1");
  EXPECT_EQ(Calculate("-20000/3")->decimal, "-6666.66666666666666666666666667");
}

TEST(CalculatorTest, PrecedenceIsThatOfSchool) {
  EXPECT_EQ(ValueOf("2+3*4"), "14");
  EXPECT_EQ(ValueOf("(2+3)*4"), "20");
  EXPECT_EQ(ValueOf("-2^2"), "-4");
  EXPECT_EQ(ValueOf("(-2)^2"), "4");
  EXPECT_EQ(ValueOf("2^3^2"), "512");
  EXPECT_EQ(ValueOf("2**3"), "8");
  EXPECT_EQ(ValueOf("100/10/5"), "2");
  EXPECT_EQ(ValueOf("2--3"), "5");
  EXPECT_EQ(ValueOf("(-1)^3"), "-1");
  EXPECT_EQ(ValueOf("0^0"), "1");
}

TEST(CalculatorTest, APercentSignIsAHundredthOrARemainder) {
  EXPECT_EQ(ValueOf("2,340 * 17%"), "397.8");
  EXPECT_EQ(ValueOf("17%"), "0.17");
  EXPECT_EQ(ValueOf("17% + 3"), "3.17");
  EXPECT_EQ(ValueOf("7 % 3"), "1");
  EXPECT_EQ(ValueOf("mod(-7, 3)"), "2");
  EXPECT_EQ(ValueOf("50%%"), "0.005");
}

TEST(CalculatorTest, ReadsGroupsAndFullWidthSigns) {
  EXPECT_EQ(ValueOf("1,234,567.5 + 1"), "1234568.5");
  EXPECT_EQ(ValueOf("max(1,234)"), "234");
  EXPECT_EQ(ValueOf("（１２＋３．５）×２÷５"), "6.2");
  EXPECT_EQ(ValueOf("ｍａｘ（３，４）"), "4");
  EXPECT_EQ(ValueOf("5 − 7"), "-2");
  EXPECT_EQ(ValueOf("007"), "7");
  EXPECT_EQ(ValueOf(".5+1."), "1.5");
}

TEST(CalculatorTest, Functions) {
  EXPECT_EQ(ValueOf("round(2.5) + round(-2.5)"), "0");
  EXPECT_EQ(ValueOf("round(2.345, 2)"), "2.35");
  EXPECT_EQ(ValueOf("floor(-1.5) + ceil(-1.5)"), "-3");
  EXPECT_EQ(ValueOf("abs(-3.25)"), "3.25");
  EXPECT_EQ(ValueOf("mean(1, 2, 4)"), "7/3");
  EXPECT_EQ(ValueOf("sum(1, 2, 3) - min(4, 2)"), "4");
  EXPECT_EQ(ValueOf("sqrt(2.25)"), "1.5");
  ASSERT_TRUE(Calculate("sqrt(2)").ok());
  EXPECT_FALSE(Calculate("sqrt(2)")->is_exact);
  EXPECT_EQ(ValueOf("sqrt(2)"), "1.41421356237309504880168872421");
  EXPECT_EQ(ValueOf("round(pi, 4)"), "3.1416");
  EXPECT_TRUE(Calculate("sqrt(1/4)")->is_exact);
}

TEST(CalculatorTest, WhatIsWrongIsToldWithItsPlace) {
  EXPECT_EQ(ValueOf(""), "expected an expression");
  EXPECT_EQ(ValueOf("2+"), "character 3: expected a number, found the end");
  EXPECT_EQ(ValueOf("(2"), "character 3: expected \")\", found the end");
  EXPECT_EQ(ValueOf("2 3"), "character 3: expected an operator or the end, found \"3\"");
  EXPECT_EQ(ValueOf("1/0"), "character 4: division by 0");
  EXPECT_EQ(ValueOf("1/(2-2)"), "character 8: division by 0");
  EXPECT_EQ(ValueOf("2^0.5"), "character 6: expected an integer as exponent; see sqrt");
  EXPECT_EQ(ValueOf("1.2.3"), "character 4: expected an operator, found \".3\"");
  EXPECT_THAT(ValueOf("system(1)"), HasSubstr("there is no function \"system\""));
  EXPECT_THAT(ValueOf("x+1"), HasSubstr("expected a number or a function with \"(\""));
  EXPECT_EQ(ValueOf("sqrt(1,2)"), "character 1: sqrt: not with so many values");
  EXPECT_EQ(ValueOf("sqrt(-1)"), "character 9: sqrt of a negative number");
  EXPECT_THAT(ValueOf("3千克"), HasSubstr("expected an operator or the end, found \"千克\""));
}

TEST(CalculatorTest, TimeAndMemoryAreBounded) {
  EXPECT_THAT(ValueOf("9^9^9^9"), HasSubstr("more than 16384 bits"));
  EXPECT_THAT(ValueOf("2^99999999999999999999"), HasSubstr("more than 16384 bits"));
  EXPECT_THAT(ValueOf("1e9999"), HasSubstr("an exponent beyond 4000"));
  EXPECT_THAT(ValueOf(std::string(400, '(')), HasSubstr("nested deeper than 64"));
  EXPECT_THAT(ValueOf(std::string(400, '-')), HasSubstr("nested deeper than 64"));
  EXPECT_THAT(ValueOf(std::string(1001, '1')), HasSubstr("at most 1000 bytes"));
  std::string long_sum = "1";
  for (int i = 0; i < 300; ++i) long_sum += "+1";
  EXPECT_EQ(ValueOf(long_sum), "301");
}

TEST(CalculatorTest, NoBytesBreakIt) {
  std::mt19937 random(7);
  const std::string_view letters = "0123456789.,+-*/^%()esqrtmaxpi 水＋\xff";
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (size_t n = random() % 12; n > 0; --n) text += letters[random() % letters.size()];
    const Result<Calculated> result = Calculate(text);
    EXPECT_TRUE(!result.ok() || !result->value.empty()) << text;
  }
}

TEST(CalculatorTest, AgreesWithDoublesOnRandomExpressions) {
  std::mt19937 random(11);
  for (int i = 0; i < 500; ++i) {
    const int a = static_cast<int>(random() % 1000);
    const int b = static_cast<int>(random() % 999) + 1;
    const int c = static_cast<int>(random() % 100);
    const std::string text = "(" + std::to_string(a) + " - " + std::to_string(c) + ") * " +
                             std::to_string(c) + " / " + std::to_string(b) + " + 0.5";
    const double expected = static_cast<double>(a - c) * c / b + 0.5;
    const Result<Calculated> result = Calculate(text);
    ASSERT_OK(result.status());
    const std::string& shown = result->decimal.empty() ? result->value : result->decimal;
    EXPECT_NEAR(std::stod(shown), expected, 1e-9 * (1 + std::abs(expected))) << text;
  }
}

}  // namespace
}  // namespace quarry::generation
