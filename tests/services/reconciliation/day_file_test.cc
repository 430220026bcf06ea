// The text of day files: one spelling of each, and the one that tests/golden keeps.
#include "services/reconciliation/day_file.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "ledger/signing/note.h"
#include "tests/ledger/store/scratch_directory.h"
#include "tests/services/reconciliation/sample_day.h"

namespace tanhui::reconciliation {
namespace {

std::string GoldenPath(const std::string& name) {
  const char* source = std::getenv("TANHUI_SOURCE_DIR");
  return std::string(source == nullptr ? "." : source) + "/tests/golden/" + name;
}

void ExpectGolden(const std::string& name, const std::string& text) {
  if (std::getenv("TANHUI_WRITE_GOLDEN") != nullptr) {
    WriteBytes(GoldenPath(name), text);
  }
  EXPECT_EQ(ReadBytes(GoldenPath(name)), text) << name;
}

TEST(DayFile, IsWrittenAsTheGoldenFileIs) {
  const WrittenDay day = WriteDay(SampleTitle(), SampleRows());
  ExpectGolden("day_file_v1.csv", day.text);
  const auto signer = signing::DemoSigner();
  const signing::NamedSigner* signers[] = {&signer};
  const auto note = signing::SignNote(NoteText(SampleTitle(), day.totals), signers);
  ASSERT_TRUE(note.ok());
  ExpectGolden("day_file_v1.csv.note", *note);
}

TEST(DayFile, IsShownByItsPage) {
  const std::string page = ReadBytes(GoldenPath("../../services/reconciliation/RECONCILIATION.md"));
  for (const char* name : {"day_file_v1.csv", "day_file_v1.csv.note"}) {
    EXPECT_NE(page.find(ReadBytes(GoldenPath(name))), std::string::npos) << name;
  }
}

TEST(DayFile, ReadsWhatItWrites) {
  DayTitle empty = SampleTitle();
  empty.first = empty.end = 0;
  for (const DayTitle& title : {SampleTitle(), empty}) {
    const auto read = ParseTitle(TitleLine(title));
    ASSERT_TRUE(read.has_value()) << TitleLine(title);
    EXPECT_EQ(*read, title);
  }
  for (const DayRow& row : SampleRows()) {
    const auto read = ParseRow(RowLine(row));
    ASSERT_TRUE(read.has_value()) << RowLine(row);
    EXPECT_EQ(*read, row);
  }
  const DayTotals totals = WriteDay(SampleTitle(), SampleRows()).totals;
  EXPECT_EQ(ParseEnd(EndLine(totals)), totals);
  EXPECT_EQ(FileName(SampleTitle()), "metro-app.cq-tanhuitong.2027-01-05.csv");
}

TEST(DayFile, TakesNoOtherSpelling) {
  const std::string title = TitleLine(SampleTitle());
  for (const std::string& line :
       {std::string(), title + ",", title + " ", title.substr(1),
        std::string("#tanhui-recon 2,a,b,2027-01-05,o,1,2,00:00"),
        std::string("#tanhui-recon 1,A,b,2027-01-05,o,1,2,00:00"),
        std::string("#tanhui-recon 1,../a,b,2027-01-05,o,1,2,00:00"),
        std::string("#tanhui-recon 1,a,b,2027-02-30,o,1,2,00:00"),
        std::string("#tanhui-recon 1,a,b,2027-01-05,o,2,1,00:00"),
        std::string("#tanhui-recon 1,a,b,2027-01-05,o,,1,00:00"),
        std::string("#tanhui-recon 1,a,b,2027-01-05,o,1,18446744073709551615,00:00"),
        std::string("#tanhui-recon 1,a,b,2027-01-05,o,1,2,24:00"),
        std::string("#tanhui-recon 1,a,b,2027-01-05,o,1,2,0:00")}) {
    EXPECT_FALSE(ParseTitle(line).has_value()) << line;
  }
  for (const std::string line :
       {"", "1,r,,redemption,,,,done,1", "1,r,,redemption,,,,done,1,2,3",
        "01,r,,redemption,,,,done,1,2", "1,\"r\",,redemption,,,,done,1,2",
        "1,r,,redemption,,,,gone,1,2", "1,r,,redemption,,,,done,+1,2", "1,r,,redemption,,,,done,,2",
        "1,r,,redemption,x,,,done,1,2", "1,\"r,,redemption,,,,done,1,2",
        "1,r,,redemption,,,,done,1,9223372036854775808", "1,r,,redemption,,,,done,1,2\r"}) {
    EXPECT_FALSE(ParseRow(line).has_value()) << line;
  }
  const std::string end = EndLine(WriteDay(SampleTitle(), SampleRows()).totals);
  for (const std::string& line :
       {end.substr(0, end.size() - 1), end + "0", "#end,01" + end.substr(6),
        std::string("#end,0,0,0,") + std::string(64, 'G')}) {
    EXPECT_FALSE(ParseEnd(line).has_value()) << line;
  }
}

TEST(DayFile, CountsNoSumThatIsTooLarge) {
  DayRow row = SampleRows()[0];
  row.points = std::numeric_limits<std::int64_t>::min();
  DayTotals totals;
  EXPECT_TRUE(totals.Count(row));
  EXPECT_FALSE(totals.Count(row));
  EXPECT_EQ(totals.rows, 1U);
  EXPECT_EQ(totals.fen, row.fen);
}

}  // namespace
}  // namespace tanhui::reconciliation
