#include "interop/settlement/statement.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace tanhui::settlement {
namespace {

Hash256 Filled(std::uint8_t with) {
  Hash256 hash;
  hash.bytes.fill(with);
  return hash;
}

CityPart Chongqing() {
  return {"cq.example/log", 1'200,   Filled(1), {963, Filled(2)},
          48'150,           481'500, 96'300,    {37, Filled(3)}};
}
CityPart Chengdu() {
  return {"cd.example/log", 900,     Filled(4), {1'000, Filled(5)},
          50'000,           500'000, 100'000,   {0, ListOf({}).digest}};
}

TEST(StatementTest, BothCitiesWriteTheSameText) {
  const Statement ours = MakeStatement(7, Chongqing(), Chengdu());
  EXPECT_EQ(TextOf(ours), TextOf(MakeStatement(7, Chengdu(), Chongqing())));
  EXPECT_EQ(PaymentOf(ours), (Payment{"cd.example/log", "cq.example/log", 3'700}));
}

// The example of WINDOWS.md, between its fences.
TEST(StatementTest, ThePageHasThisText) {
  const char* source = std::getenv("TANHUI_SOURCE_DIR");
  std::ifstream file(std::string(source == nullptr ? "." : source) +
                     "/interop/settlement/WINDOWS.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(page.find("\n```\n" + TextOf(MakeStatement(7, Chongqing(), Chengdu())) + "```\n"),
            std::string::npos)
      << TextOf(MakeStatement(7, Chongqing(), Chengdu()));
}

TEST(StatementTest, OnlyItsOwnTextIsRead) {
  const Statement statement = MakeStatement(7, Chongqing(), Chengdu());
  const std::string text = TextOf(statement);
  EXPECT_EQ(ParseStatement(text), statement);
  EXPECT_FALSE(ParseStatement("").has_value());
  EXPECT_FALSE(ParseStatement(text + "\n").has_value());
  EXPECT_FALSE(ParseStatement(text.substr(0, text.size() - 1)).has_value());
  const auto changed = [&text](std::string_view what, std::string_view with) {
    std::string other = text;
    return other.replace(other.find(what), what.size(), with);
  };
  EXPECT_FALSE(ParseStatement(changed("settlement v1", "settlement v2")).has_value());
  EXPECT_FALSE(ParseStatement(changed("window 7", "window 07")).has_value());
  EXPECT_FALSE(ParseStatement(changed("pays cd", "pays cq")).has_value());
  EXPECT_FALSE(ParseStatement(changed(" 3700", " 3701")).has_value()) << "it does not add up";
  EXPECT_FALSE(ParseStatement(changed("city cd.", "city zz.")).has_value()) << "out of order";
  EXPECT_FALSE(ParseStatement(changed("amounts 48150", "amounts 9223372036854775808")).has_value());
  EXPECT_TRUE(ParseStatement(changed("window 7", "window 8")).has_value());
}

TEST(StatementTest, WhoIsEvenPaysNothing) {
  CityPart one = Chongqing();
  one.fen = Chengdu().fen;
  const Statement statement = MakeStatement(1, one, Chengdu());
  EXPECT_FALSE(PaymentOf(statement).has_value());
  EXPECT_TRUE(TextOf(statement).ends_with("\neven\n"));
  EXPECT_EQ(ParseStatement(TextOf(statement)), statement);
}

// One byte changed is another statement or none.
RC_GTEST_PROP(StatementProperty, NoTwoTexts, ()) {
  const Statement statement = MakeStatement(7, Chongqing(), Chengdu());
  std::string text = TextOf(statement);
  text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
  const auto read = ParseStatement(text);
  // In brackets: RC_ASSERT would look at both sides whatever the first one is.
  RC_ASSERT((!read.has_value() || TextOf(*read) == text));
}

}  // namespace
}  // namespace tanhui::settlement
