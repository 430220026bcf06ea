// Ids and terms of exchanges, by hand.
#include "interop/books/terms.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace tanhui::interop {
namespace {

namespace pb = entry::v1;

pb::ExchangeTerms AnyTerms() {
  pb::ExchangeTerms terms;
  terms.set_exchange_id(
      std::string(IdOf(EntryIndex(4'711), LedgerTime(1'767'225'600'000'001)).view()));
  terms.set_origin("chongqing.example/log");
  terms.set_destination("chengdu.example/log");
  terms.set_kind(pb::EXCHANGE_KIND_POINTS);
  terms.set_from_points(100);
  terms.set_grams(1'000);
  terms.set_to_points(150);
  terms.set_fen(10);
  terms.set_rates(3);
  terms.set_sender("sender----------");
  terms.set_recipient("recipient-------");
  terms.set_expiry_micros(1'767'227'400'000'000);
  const auto add = [&terms](std::uint32_t month, std::string_view city, std::int64_t points,
                            std::int64_t grams) {
    pb::ExchangeLot& lot = *terms.add_lots();
    lot.set_expiry_month(month);
    lot.set_city(std::string(city));
    lot.set_points(points);
    lot.set_grams(grams);
  };
  add(683, "chengdu.example/log", 30, 200);
  add(683, "chongqing.example/log", 100, 670);
  add(65'535, "chongqing.example/log", 20, 130);
  return terms;
}

TEST(ExchangeIdTest, SaysWhereThePreparationStands) {
  const ExchangeId id = IdOf(EntryIndex(0x0102030405060708), LedgerTime(0x1112131415161718));
  EXPECT_EQ(HexOf(id.view()), "01020304050607081112131415161718");
  EXPECT_EQ(PreparationOf(id), EntryIndex(0x0102030405060708));
  EXPECT_EQ(RecordedOf(id), LedgerTime(0x1112131415161718));
  EXPECT_EQ(ParseExchangeId(HexOf(id.view())), id);
  EXPECT_EQ(ReadExchangeId(id.view()), id);
}

TEST(ExchangeIdTest, HasOneSpelling) {
  EXPECT_FALSE(ParseExchangeId("").has_value());
  EXPECT_FALSE(ParseExchangeId("0102030405060708111213141516171").has_value());
  EXPECT_FALSE(ParseExchangeId("010203040506070811121314151617181").has_value());
  EXPECT_FALSE(ParseExchangeId("0102030405060708111213141516171A").has_value());
  EXPECT_FALSE(ParseExchangeId("0102030405060708111213141516171g").has_value());
  EXPECT_FALSE(ReadExchangeId("fifteen octets.").has_value());
}

TEST(ExchangeTermsTest, TheTextAndItsHash) {
  const pb::ExchangeTerms terms = AnyTerms();
  ASSERT_TRUE(TermsCanBe(terms));
  EXPECT_EQ(TermsText(terms),
            "tanhui exchange v1\n"
            "id 00000000000012670006474846204001\n"
            "from chongqing.example/log 100\n"
            "to chengdu.example/log 150\n"
            "kind points\n"
            "grams 1000\n"
            "fen 10\n"
            "rates 3\n"
            "sender 73656e6465722d2d2d2d2d2d2d2d2d2d\n"
            "recipient 726563697069656e742d2d2d2d2d2d2d\n"
            "expires 1767227400000000\n"
            "lot 2026-12 chengdu.example/log 30 200\n"
            "lot 2026-12 chongqing.example/log 100 670\n"
            "lot never chongqing.example/log 20 130\n");
  EXPECT_EQ(HexOf(TermsHash(terms).view()),
            "ca39b54599e34c119763cde6f3be5788d7a4f4f30e7872ced86e18a4646e5661");
}

TEST(ExchangeTermsTest, ThePageShowsThem) {
  const char* source = std::getenv("TANHUI_SOURCE_DIR");
  std::ifstream page(std::string(source == nullptr ? "." : source) + "/interop/books/EXCHANGE.md");
  std::stringstream text;
  text << page.rdbuf();
  const pb::ExchangeTerms terms = AnyTerms();
  EXPECT_NE(text.str().find("```\n" + TermsText(terms) + "```\n"), std::string::npos);
  EXPECT_NE(text.str().find("`" + HexOf(TermsHash(terms).view()) + "`"), std::string::npos);
}

TEST(ExchangeTermsTest, APaymentHasNoLots) {
  pb::ExchangeTerms terms = AnyTerms();
  terms.set_kind(pb::EXCHANGE_KIND_PAYMENT);
  EXPECT_FALSE(TermsCanBe(terms));
  terms.clear_lots();
  ASSERT_TRUE(TermsCanBe(terms));
  EXPECT_NE(TermsText(terms).find("\nkind payment\n"), std::string::npos);
  EXPECT_TRUE(TermsText(terms).ends_with("expires 1767227400000000\n"));
}

using Edit = void (*)(pb::ExchangeTerms&);

const std::vector<Edit>& Edits() {
  static const auto& edits = *new std::vector<Edit>{
      [](pb::ExchangeTerms& t) { t.mutable_exchange_id()->pop_back(); },
      [](pb::ExchangeTerms& t) { t.clear_origin(); },
      [](pb::ExchangeTerms& t) { t.set_origin("two words"); },
      [](pb::ExchangeTerms& t) { t.set_origin("a\nline"); },
      [](pb::ExchangeTerms& t) { t.set_origin(std::string(kMostLogName + 1, 'a')); },
      [](pb::ExchangeTerms& t) { t.set_destination(t.origin()); },
      [](pb::ExchangeTerms& t) { t.set_destination("del\x7f"); },
      [](pb::ExchangeTerms& t) { t.set_kind(pb::EXCHANGE_KIND_UNSPECIFIED); },
      [](pb::ExchangeTerms& t) { t.set_kind(static_cast<pb::ExchangeKind>(3)); },
      [](pb::ExchangeTerms& t) { t.set_from_points(0); },
      [](pb::ExchangeTerms& t) { t.set_from_points(1'000'000'000'001); },
      [](pb::ExchangeTerms& t) { t.set_to_points(151); },
      [](pb::ExchangeTerms& t) { t.set_grams(-1); },
      [](pb::ExchangeTerms& t) { t.set_grams(1'001); },
      [](pb::ExchangeTerms& t) { t.set_fen(-1); },
      [](pb::ExchangeTerms& t) { t.set_fen(1'000'000'000'000'000'001); },
      [](pb::ExchangeTerms& t) { t.set_rates(0); },
      [](pb::ExchangeTerms& t) { t.mutable_sender()->push_back('-'); },
      [](pb::ExchangeTerms& t) { t.clear_recipient(); },
      [](pb::ExchangeTerms& t) { t.set_expiry_micros(0); },
      [](pb::ExchangeTerms& t) { t.set_expiry_micros(INT64_MAX); },
      [](pb::ExchangeTerms& t) { t.clear_lots(); },
      [](pb::ExchangeTerms& t) { t.mutable_lots()->SwapElements(0, 1); },
      [](pb::ExchangeTerms& t) { t.mutable_lots(1)->set_city("chengdu.example/log"); },
      [](pb::ExchangeTerms& t) { t.mutable_lots(0)->set_city("two words"); },
      [](pb::ExchangeTerms& t) { t.mutable_lots(2)->set_expiry_month(65'536); },
      [](pb::ExchangeTerms& t) {
        t.mutable_lots(0)->set_points(0);
        t.mutable_lots(1)->set_points(130);
      },
      [](pb::ExchangeTerms& t) {
        t.mutable_lots(0)->set_grams(-1);
        t.mutable_lots(1)->set_grams(871);
      },
      [](pb::ExchangeTerms& t) {
        t.mutable_lots(0)->set_grams(INT64_MAX);
        t.mutable_lots(1)->set_grams(INT64_MAX);
      },
      // What the hash does not tell of.
      [](pb::ExchangeTerms& t) { t.GetReflection()->MutableUnknownFields(&t)->AddVarint(99, 1); },
      [](pb::ExchangeTerms& t) {
        pb::ExchangeLot& lot = *t.mutable_lots(0);
        lot.GetReflection()->MutableUnknownFields(&lot)->AddVarint(99, 1);
      },
  };
  return edits;
}

TEST(ExchangeTermsTest, WhatCannotBe) {
  for (std::size_t i = 0; i < Edits().size(); ++i) {
    pb::ExchangeTerms terms = AnyTerms();
    Edits()[i](terms);
    EXPECT_FALSE(TermsCanBe(terms)) << "edit " << i;
  }
}

}  // namespace
}  // namespace tanhui::interop
