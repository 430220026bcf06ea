// What is no day file as the ledger exported it is refused, with file, line and what to do.
#include "services/reconciliation/day_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "ledger/merkle/hash.h"
#include "ledger/signing/note.h"
#include "tests/ledger/store/scratch_directory.h"
#include "tests/services/reconciliation/sample_day.h"

namespace tanhui::reconciliation {
namespace {

class DayReaderTest : public testing::Test {
 protected:
  std::string Path() const { return scratch_ / "day.csv"; }

  absl::StatusOr<DayFile> Read(const std::string& text, const WantedDay& wanted = {}) {
    WriteBytes(Path(), text);
    rows_.clear();
    return ReadDayFile(Path(), wanted, [this](const DayRow& row) {
      rows_.push_back(row);
      return absl::OkStatus();
    });
  }

  // Refused with InvalidArgument, naming the file and saying this.
  void ExpectRefused(const std::string& text, const std::string& why,
                     const WantedDay& wanted = {}) {
    const auto read = Read(text, wanted);
    ASSERT_FALSE(read.ok()) << why;
    EXPECT_EQ(read.status().code(), absl::StatusCode::kInvalidArgument);
    const std::string message(read.status().message());
    EXPECT_EQ(message.find(Path()), 0U) << message;
    EXPECT_NE(message.find(why), std::string::npos) << message;
  }

  // The lines with an #end that goes with them, so that only what a test changes is wrong.
  static std::string Sealed(const std::vector<std::string>& lines, std::uint64_t rows,
                            std::int64_t points, std::int64_t fen) {
    std::string text;
    for (const std::string& line : lines) {
      text += line + "\n";
    }
    return text + EndLine({rows, points, fen, merkle::Sha256(text)}) + "\n";
  }

  ScratchDirectory scratch_;
  std::vector<DayRow> rows_;
  const WrittenDay day_ = WriteDay(SampleTitle(), SampleRows());
};

TEST_F(DayReaderTest, ReadsWhatWasWritten) {
  const auto read = Read(day_.text, {"metro-app", "cq-tanhuitong", SampleTitle().day,
                                     std::string(signing::kDemoName)});
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_EQ(read->title, SampleTitle());
  EXPECT_EQ(read->totals, day_.totals);
  EXPECT_EQ(rows_, SampleRows());

  DayTitle title = SampleTitle();
  title.first = title.end = 0;
  ASSERT_TRUE(Read(WriteDay(title, {}).text).ok());
  EXPECT_TRUE(rows_.empty());
}

TEST_F(DayReaderTest, RefusesAFileThatIsNotWhole) {
  ExpectRefused("", "without an #end line");
  const std::size_t end = day_.text.find("#end");
  ExpectRefused(day_.text.substr(0, end), "ends after line 6 without an #end line");
  // Cut anywhere: never taken.
  for (std::size_t size = 0; size < day_.text.size(); ++size) {
    EXPECT_FALSE(Read(day_.text.substr(0, size)).ok()) << size;
  }
  ExpectRefused(day_.text + day_.text, "line 8 goes on after its #end line");
  ExpectRefused(day_.text + day_.text.substr(end), "line 8 goes on after its #end line");
  ExpectRefused(day_.text + "\n", "line 8 goes on after its #end line");
}

TEST_F(DayReaderTest, RefusesAFileThatWasChanged) {
  // Any octet: the hash tells, if nothing before does.
  for (std::size_t at = 0; at < day_.text.size(); ++at) {
    std::string text = day_.text;
    text[at] = static_cast<char>(text[at] ^ 1);
    const auto read = Read(text);
    // An #end line that is no other may be changed only where its own octets would tell.
    EXPECT_FALSE(read.ok()) << at;
  }
  ExpectRefused(absl::StrReplaceAll(day_.text, {{"T-77", "T-78"}}), "has another hash");
  ExpectRefused(absl::StrReplaceAll(day_.text, {{"#end,4", "#end,3"}}),
                "line 7 says that there are 3 rows, but 4 stand before it");
  ExpectRefused(absl::StrReplaceAll(day_.text, {{"#end,4,-293", "#end,4,-292"}}), "has other sums");
  ExpectRefused(absl::StrReplaceAll(day_.text, {{"\n", "\r\n"}}), "line 1 is not the first line");
}

TEST_F(DayReaderTest, RefusesRowsThatNoLedgerMakes) {
  const std::string title = TitleLine(SampleTitle());
  const std::string header(HeaderLine());
  const auto row = [](std::uint64_t index, std::uint64_t about, std::int64_t points) {
    DayRow out = SampleRows()[1];
    out.index = EntryIndex(index);
    out.about = EntryIndex(about);
    out.points = points;
    out.fen = 0;
    return RowLine(out);
  };
  ASSERT_TRUE(Read(Sealed({title, header, row(40'022, 1, 1)}, 1, 1, 0)).ok());
  ExpectRefused(Sealed({title, header, row(40'020, 1, 1)}, 1, 1, 0),
                "line 3 has entry 40020, which is not of the day");
  ExpectRefused(Sealed({title, header, row(88'411, 1, 1)}, 1, 1, 0), "not of the day");
  ExpectRefused(Sealed({title, header, row(50'000, 1, 1), row(49'999, 1, 1)}, 2, 2, 0),
                "line 4 has entry 49999 out of order");
  ExpectRefused(Sealed({title, header, row(50'000, 1, 1), row(50'000, 1, 1)}, 2, 2, 0),
                "out of order");
  ExpectRefused(Sealed({title, header, row(50'000, 50'000, 1)}, 1, 1, 0), "not before its own");
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  ExpectRefused(Sealed({title, header, row(50'000, 1, most), row(50'001, 1, 1)}, 2, 0, 0),
                "makes the sums larger");
  ExpectRefused(Sealed({title, header, "1,2,3"}, 1, 0, 0), "line 3 is no row");
  ExpectRefused(Sealed({title, "a,b"}, 0, 0, 0), "line 2 does not name the columns");
  ExpectRefused(Sealed({title}, 0, 0, 0), "line 2 is no #end line");
  ExpectRefused(Sealed({"request_id,points"}, 0, 0, 0), "this is no day file");
  ExpectRefused(std::string(3 << 20, 'x'), "longer than 1 MiB");
}

TEST_F(DayReaderTest, RefusesTheFileOfAnotherDay) {
  ExpectRefused(day_.text, "line 1 says that it is of the participant metro-app, not of bus-app",
                {"bus-app", "", std::nullopt, ""});
  ExpectRefused(day_.text, "of the scheme cq-tanhuitong, not of cd", {"", "cd", std::nullopt, ""});
  ExpectRefused(day_.text, "of the day 2027-01-05, not of 2027-01-06",
                {"", "", *ParseDay("2027-01-06"), ""});
  ExpectRefused(day_.text, "of the ledger", {"", "", std::nullopt, "other.example/log"});
  EXPECT_TRUE(rows_.empty()) << "nothing is told of a file that is refused by its first line";
  EXPECT_FALSE(ReadDayFile(scratch_ / "none", {}, {}).ok());
}

TEST_F(DayReaderTest, ChecksTheNote) {
  const auto file = Read(day_.text);
  ASSERT_TRUE(file.ok());
  const auto signer = signing::DemoSigner();
  const auto key = signing::VerifierOf(signer);
  const auto sign = [](const std::string& text, const signing::NamedSigner& by) {
    const signing::NamedSigner* signers[] = {&by};
    return *signing::SignNote(text, signers);
  };
  const std::string note = sign(NoteText(file->title, file->totals), signer);
  EXPECT_TRUE(CheckNote("n", note, *file, key).ok());

  DayFile other = *file;
  other.totals.points += 1;
  const auto expect = [&](const std::string& text, const DayFile& day,
                          const signing::NamedVerifier& by, const std::string& why) {
    const absl::Status status = CheckNote("n", text, day, by);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << why;
    EXPECT_NE(status.message().find(why), absl::string_view::npos) << status.ToString();
  };
  expect(note, other, key, "that of another file");
  expect(sign(NoteText(file->title, file->totals), signing::DemoSigner(signing::kDemoName, 7)),
         *file, key, "not signed by the key");
  expect("", *file, key, "not signed by the key");
  expect(note.substr(0, note.size() - 5), *file, key, "not signed by the key");
  expect(note, *file, signing::VerifierOf(signing::DemoSigner("other.example/log")),
         "give that ledger's key");
}

}  // namespace
}  // namespace tanhui::reconciliation
