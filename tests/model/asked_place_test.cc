#include "model/asked_place.h"

#include <gtest/gtest.h>

#include <string>

#include "model/question.h"

namespace quarry::model {
namespace {

// What of the question stands before what it asks for; "?" where its order says nothing.
std::string Before(const std::string& question) {
  const Question read = AnalyseQuestion(question, Analyzer());
  const std::optional<size_t> place = AskedPlace(question, read.text);
  return place ? read.text.substr(0, *place) : "?";
}

TEST(AskedPlaceTest, ASubjectThatIsAskedForStandsBeforeAll) {
  EXPECT_EQ(Before("Who designed the valve?"), "");
  EXPECT_EQ(Before("Which pumps were bought in 2019?"), "");
  EXPECT_EQ(Before("谁设计了这个阀门？"), "");
}

TEST(AskedPlaceTest, AnObjectOrAPlaceOrATimeStandsBehindAll) {
  const std::string object = "What did Lindqvist design?";
  EXPECT_EQ(Before(object), object);
  const std::string time = "When was the valve designed?";
  EXPECT_EQ(Before(time), time);
  const std::string place = "In which hall is the valve stored?";
  EXPECT_EQ(Before(place), place);
  EXPECT_EQ(Before("林德奎斯特设计了什么？"), "林德奎斯特设计了");
}

TEST(AskedPlaceTest, WhatIsAskedForWhereTheAnswerStandsPartsTheQuestion) {
  EXPECT_EQ(Before("The valve was designed by whom in 1998?"), "The valve was designed by ");
  EXPECT_EQ(Before("阀门由谁在北站安装？"), "阀门由");
  EXPECT_EQ(Before("请问阀门由谁在北站安装？"), " 阀门由");
}

TEST(AskedPlaceTest, WithoutATellingOrderItSaysNothing) {
  EXPECT_EQ(Before("Who is the head of the depot?"), "?") << "either may come first";
  EXPECT_EQ(Before("What can stop the pump?"), "?");
  EXPECT_EQ(Before("Is the valve open?"), "?");
  EXPECT_EQ(Before("valve pressure"), "?");
  EXPECT_EQ(Before("阀门是否打开？"), "?");
  EXPECT_EQ(Before("为什么阀门打开？"), "?");
  EXPECT_EQ(Before(""), "?");
}

}  // namespace
}  // namespace quarry::model
