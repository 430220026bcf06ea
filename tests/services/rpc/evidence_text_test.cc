// The canonical bytes of evidence: one record in any spelling, and no two records alike.
#include "services/rpc/acts/evidence_text.h"

#include <gtest/gtest.h>

namespace tanhui::rpc {
namespace {

TEST(CanonicalText, OneSpellingForEach) {
  const std::pair<const char*, const char*> rows[] = {
      {"", ""},
      {"card", "card"},
      {"CARD", "card"},
      {" c a\tr d\n", "card"},
      {"c-a–r—d_", "card"},
      {"Ｃａｒｄ　１２", "card12"},
      {"００４２", "42"},
      {"0042", "42"},
      {"00-42", "42"},
      {"000", "0"},
      {"0042a", "0042a"},
      {"Straße", "strasse"},
      {"ﬁle", "file"},
      {"①", "1"},
      {"cafe\u0301", "caf\u00e9"},
      {"渝中区 一号", "渝中区一号"},
      {"a\u200bb", "ab"},      // zero width space
      {"a\u00adb", "ab"},      // soft hyphen
      {"a\u00a0b", "ab"},      // no-break space
      {"a\u2011b", "ab"},      // no-break hyphen
      {"a−b", "ab"},           // minus sign
      {"e-\u0301", "\u00e9"},  // what is apart composes
      {"-- _", ""},
      {"a.b/c:d", "a.b/c:d"},
  };
  for (const auto& [text, canonical] : rows) {
    EXPECT_EQ(CanonicalText(text), canonical) << text;
  }
}

// Golden: other cities compute the same bytes.
TEST(CanonicalEvidence, Bytes) {
  EvidenceText tap;
  tap.kind = entry::v1::EVIDENCE_KIND_MOMENT;
  tap.source = "CQ Metro";
  tap.subject = "００４２-17";
  tap.seconds = 1'795'000'000;
  using namespace std::string_literals;
  EXPECT_EQ(CanonicalEvidence(tap),
            "tanhui-evidence/2\n\0\0\0\6moment\0\0\0\7cqmetro\0\0\0\4"
            "4217\0\0\0\n1795000000"s);
  EvidenceText serial;
  serial.kind = entry::v1::EVIDENCE_KIND_SERIAL;
  serial.second_party = true;
  serial.source = "maker";
  serial.subject = "SN 1";
  EXPECT_EQ(CanonicalEvidence(serial),
            "tanhui-evidence/2\n\0\0\0\x8serial 2\0\0\0\5maker\0\0\0\3sn1\0\0\0\0"s);
}

// An order has a number: whenever anybody says that it was made.
TEST(CanonicalEvidence, ARecordHasNoTime) {
  EvidenceText order;
  order.source = "shop";
  order.subject = "17";
  EvidenceText later = order;
  later.seconds = 1'795'000'000;
  EXPECT_EQ(CanonicalEvidence(order), CanonicalEvidence(later));
  order.kind = later.kind = entry::v1::EVIDENCE_KIND_MOMENT;
  EXPECT_NE(CanonicalEvidence(order), CanonicalEvidence(later));
}

// What is in one field never looks like what is in the next.
TEST(CanonicalEvidence, FieldsAreApart) {
  EvidenceText one;
  one.source = "ab";
  one.subject = "c";
  EvidenceText other;
  other.source = "a";
  other.subject = "bc";
  EXPECT_NE(CanonicalEvidence(one), CanonicalEvidence(other));
  other = one;
  other.kind = entry::v1::EVIDENCE_KIND_SERIAL;
  EXPECT_NE(CanonicalEvidence(one), CanonicalEvidence(other));
  other = one;
  other.second_party = true;
  EXPECT_NE(CanonicalEvidence(one), CanonicalEvidence(other));
}

}  // namespace
}  // namespace tanhui::rpc
