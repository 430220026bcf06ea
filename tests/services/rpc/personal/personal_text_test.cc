// Which texts hold a phone or identity number, and which only look like it.
#include "services/rpc/personal/personal_text.h"

#include <gtest/gtest.h>

#include <string>

namespace tanhui {
namespace {

TEST(PersonalText, Holds) {
  for (const char* text : {
           "13812345678",
           "19912345678",
           "8613812345678",
           "+8613812345678",
           "+86 138 1234 5678",
           "86-138-1234-5678",
           "138-1234-5678",
           "138 1234-5678",
           "tel:13812345678;",
           "(86)13812345678",
           "0086-13812345678",
           "T-17/13812345678",
           "2027-01-05 13812345678",  // a date before it hides nothing
           "13812345678-2",           // nor what stands behind it
           "王先生，13812345678。",   // Chinese marks bound it as well
           "手机13812345678",         // no space is needed in Chinese
           "李13812345678收",
           "１３８１２３４５６７８",  // full width
           "＋８６　１３８－１２３４－５６７８",
           "138\u20131234\u20145678",  // dashes of print
           "138\u22121234\u00a05678",  // a minus, a space that does not break
           "138\u200b1234\u200b5678",  // nothing that can be seen
           "١٣٨١٢٣٤٥٦٧٨",              // digits of other scripts
           "11010519491231002X",       // the standard's own example
           "11010519491231002x",
           "1101051949 1231 002-X",
           "１１０１０５１９４９１２３１００２Ｘ",
           "id=440524188001010014.",  // likewise
           "440524-18800101-0014",
       }) {
    EXPECT_TRUE(HoldsPersonalNumber(text)) << text;
  }
}

TEST(PersonalText, DoesNotHold) {
  for (const char* text : {
           "",
           "T-77",
           "order 2027010512345",
           "1381234567",    // a digit short
           "138123456789",  // a digit long
           "12812345678",   // no such prefix
           "10812345678",
           "23812345678",
           "8512345678901",  // another country
           "8612812345678",
           "A13812345678",  // order numbers with letters
           "13812345678A",
           "SO13812345678CN",
           "138.1234.5678",  // dots count
           "138_1234_5678",
           "138/1234/5678",
           "13812345678901",      // 14 digits
           "110105194912310020",  // another check digit
           "110105194912310021",
           "44052418800101001X",
           "X110105194912310020",
           "11010519491231002XY",
           "1101051949123100",              // 16 digits
           "4405241880010100140",           // 19 digits
           "6222021234567890123",           // a bank card
           "202701059999000014",            // an order number, right by chance, with no date
           "1700000000000",                 // milliseconds since 1970
           "4200001234202701051234567890",  // a payment's order number
           "018f2a3b-4c5d-7e6f-8a9b-0c1d2e3f4a5b",
           "13812345-6789-4123-8123-012345678901",
           "\xff\xfe"
           "1381234",  // no UTF-8
       }) {
    EXPECT_FALSE(HoldsPersonalNumber(text)) << text;
  }
}

// Every last sign but the one that the standard computes.
TEST(PersonalText, CheckDigits) {
  const std::string digits = "11010519491231002";
  for (const char last : std::string("0123456789X")) {
    EXPECT_EQ(HoldsPersonalNumber(digits + last), last == 'X') << last;
  }
}

// Within 32 places a number is found wherever it stands.
TEST(PersonalText, Anywhere) {
  for (std::size_t before = 0; before < 32; ++before) {
    const std::string text = std::string(before, '.') + "13812345678" + std::string(32, '#');
    EXPECT_TRUE(HoldsPersonalNumber(text)) << text;
    EXPECT_FALSE(HoldsPersonalNumber(std::string(before, '.') + "a13812345678")) << before;
  }
}

}  // namespace
}  // namespace tanhui
