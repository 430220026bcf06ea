// Manifests, reject files and request ids of imports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "ledger/merkle/hash.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/csv/csv_lines.h"
#include "services/cli/csv/mapped_file.h"
#include "services/cli/import/acts.h"
#include "services/cli/import/manifest.h"
#include "services/cli/import/reject_file.h"
#include "tests/services/cli/read_claims.h"

namespace tanhui::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view kActs =
    "user_id,scenario,act_time,evidence\n"
    "u,cycling,2025-06-05 23:59:59,e1\n"
    "v,recycling,2025-06-06 00:00:00,e2\n"
    "v,recycling\n"
    "v,cycling,2025-06-06 10:00:00,e3\n";

ClaimFile ReadFile(std::string_view text) {
  absl::StatusOr<ClaimFile> file = ReadActs(text, Rates(), EvidenceIds(TestKey()), GoOn);
  EXPECT_TRUE(file.ok()) << file.status();
  return *std::move(file);
}

std::string HexSha256(std::string_view text) {
  const Hash256 hash = merkle::Sha256(text);
  return absl::BytesToHexString(absl::string_view(hash.view().data(), hash.view().size()));
}

// A manifest that fits kActs, with pieces of it replaced.
std::string ManifestJson(const std::map<std::string, std::string>& replaced = {}) {
  std::string json = R"({"file_id": "f-1", "period": {"start": "2025-06-05", "end": "2025-06-06"},
      "lines": 4, "totals": {"cycling": 2, "recycling": 1}, "sha256": "SHA", "supersedes": "f-0"})";
  for (const auto& [from, to] : replaced) {
    EXPECT_THAT(json, HasSubstr(from));
    json = absl::StrReplaceAll(json, {{from, to}});
  }
  return absl::StrReplaceAll(json, {{"SHA", HexSha256(kActs)}});
}

std::vector<std::string> MismatchesOf(const std::string& json, std::string_view text = kActs) {
  const absl::StatusOr<Manifest> manifest = Manifest::FromJson(json);
  EXPECT_TRUE(manifest.ok()) << manifest.status();
  return manifest->Mismatches(merkle::Sha256(text), ReadFile(text));
}

TEST(Manifest, FitsItsFile) {
  EXPECT_THAT(MismatchesOf(ManifestJson()), IsEmpty());
  EXPECT_EQ(Manifest::FromJson(ManifestJson())->supersedes, "f-0");
  // The totals may be left out.
  EXPECT_THAT(MismatchesOf(ManifestJson({{R"("totals": {"cycling": 2, "recycling": 1}, )", ""}})),
              IsEmpty());
}

TEST(Manifest, NamesEachMismatch) {
  EXPECT_THAT(MismatchesOf(ManifestJson({{"\"lines\": 4", "\"lines\": 3"}})),
              ElementsAre("lines: the manifest says 3, the file has 4"));
  EXPECT_THAT(MismatchesOf(ManifestJson({{"\"cycling\": 2", "\"cycling\": 3"}})),
              ElementsAre("totals.cycling: the manifest says 3, the file has 2"));
  EXPECT_THAT(MismatchesOf(ManifestJson({{", \"recycling\": 1", ""}})),
              ElementsAre("totals.recycling: the manifest says 0, the file has 1"));
  EXPECT_THAT(MismatchesOf(ManifestJson({{"\"end\": \"2025-06-06\"", "\"end\": \"2025-06-05\""}})),
              ElementsAre(StartsWith("period: ")));
  EXPECT_THAT(
      MismatchesOf(ManifestJson({{"\"start\": \"2025-06-05\"", "\"start\": \"2025-06-06\""}})),
      ElementsAre(StartsWith("period: ")));
  // One byte of the file differs.
  EXPECT_THAT(MismatchesOf(ManifestJson(), absl::StrReplaceAll(std::string(kActs), {{"e3", "e4"}})),
              ElementsAre(StartsWith("sha256: ")));
  // A file that was cut short differs in everything.
  EXPECT_EQ(MismatchesOf(ManifestJson(), kActs.substr(0, kActs.size() - 40)).size(), 3U);
}

TEST(Manifest, BadOnesAreRefusedByField) {
  const std::vector<std::pair<std::map<std::string, std::string>, std::string>> cases = {
      {{{"\"file_id\": \"f-1\"", "\"file_id\": \"\""}}, "file_id"},
      {{{"\"file_id\": \"f-1\"", "\"file_id\": \"" + std::string(60, 'f') + "\""}}, "file_id"},
      {{{"\"file_id\": \"f-1\", ", ""}}, "file_id"},
      {{{"\"lines\": 4", "\"lines\": -4"}}, "lines"},
      {{{"\"lines\": 4", "\"lines\": \"4\""}}, "lines"},
      {{{"\"lines\": 4", "\"lines\": 4.5"}}, "lines"},
      {{{"SHA", "12"}}, "sha256"},
      {{{"SHA", std::string(64, 'g')}}, "sha256"},
      {{{"2025-06-06", "2025-06-31"}}, "period.end"},
      {{{"\"start\": \"2025-06-05\"", "\"start\": \"2025-06-07\""}}, "period"},
      {{{"\"cycling\": 2", "\"Cycling\": 2"}}, "totals.Cycling"},
      {{{"\"supersedes\": \"f-0\"", "\"supersedes\": 0"}}, "supersedes"},
      {{{"supersedes", "replaces"}}, "replaces"},
  };
  for (const auto& [replaced, field] : cases) {
    const auto manifest = Manifest::FromJson(ManifestJson(replaced));
    EXPECT_THAT(std::string(manifest.status().message()), HasSubstr("field " + field + ":"));
  }
  EXPECT_FALSE(Manifest::FromJson("{").ok());
  EXPECT_FALSE(Manifest::FromJson("[]").ok());
}

TEST(RejectFile, HoldsTheLineAsItWas) {
  const std::string path = testing::TempDir() + "/rejects.csv";
  const std::string text = std::string(kActs) + "w,\"dining\",2025-06-06 10:00:00,e4\n";
  ClaimFile file = ReadFile(text);
  file.Refuse(2, kAlreadyAwarded, "by an earlier run");
  file.Refuse(5, kSameStation, "the ride's out tap", 6);
  ASSERT_TRUE(WriteRejectFile(path, text, &file).ok());
  EXPECT_EQ(*ReadWholeFile(path),
            "line,reason,detail,raw\n"
            "2,already_awarded,\"by an earlier run\",\"u,cycling,2025-06-05 23:59:59,e1\"\n"
            "4,malformed,\"another number of fields than the header\",\"v,recycling\"\n"
            "5,same_station,\"the ride's out tap is line 6\",\"v,cycling,2025-06-06 10:00:00,e3\"\n"
            "6,unknown_scenario,\"dining\",\"w,\"\"dining\"\",2025-06-06 10:00:00,e4\"\n");
}

// Golden, computed apart from this code (Python's hmac and uuid): other ids would award everything
// again that earlier versions awarded.
TEST(Evidence, GoldenRequestIds) {
  const EvidenceIds ids(TestKey());
  const Seconds time = *ParseSeconds("2018-09-01 08:00:00");
  EXPECT_EQ(RequestIdText(ids.MetroRide("CBEHFCFCG", time, "263032105")),
            "880dbf86-7469-8ebe-aac8-645e086dbbdc");
  EXPECT_EQ(RequestIdText(ids.BusRide("CBEHFCFCG", time, "263032105")),
            "e8c96ad3-00f8-8af9-b211-c6c5caef2636");
  EXPECT_EQ(RequestIdText(ids.Act("2025-06-05-7-000001")), "356a7a97-15b8-8506-b597-18a6ceba9f2e");
  EXPECT_EQ(RequestIdText(ids.AccountOpening("assets/cq-points", "CBEHFCFCG")),
            "c5fb50c4-465c-8b5c-a4ef-65d565e3450a");
}

TEST(Evidence, BoundariesAndKeysMatter) {
  const EvidenceIds ids(TestKey());
  EXPECT_NE(ids.BusRide("AB", 1'000'000'000, "C"), ids.BusRide("A", 1'000'000'000, "BC"));
  EXPECT_NE(ids.AccountOpening("a", "bc"), ids.AccountOpening("ab", "c"));
  EXPECT_NE(ids.Act("x"), EvidenceIds(std::string(32, 'k')).Act("x"));
}

TEST(Csv, Utf8) {
  EXPECT_TRUE(IsUtf8("a 碳惠 \xF0\x9F\x8C\xB1"));
  for (const std::string_view bad : {"\xC0\x80", "\xE7\xA2", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                     "\xFF", "\x80", "\xE0\x80\x80", "\xF0\x80\x80\x80"}) {
    EXPECT_FALSE(IsUtf8(bad));
  }
}

TEST(Csv, FaultsCostOneLine) {
  CsvLines lines("a,b\n\"x\"y,z\n\"open,z\n\n1,\"2 \"\" 3\"\n\x01,2\nlast,line");
  std::vector<std::string> seen;
  while (const CsvLine* line = lines.Next()) {
    seen.push_back(
        std::to_string(line->number) + ":" +
        (line->fault.empty()
             ? absl::StrJoin(std::vector<std::string>(line->fields.begin(), line->fields.end()),
                             "|")
             : std::string(line->fault)));
  }
  EXPECT_THAT(seen, ElementsAre("1:a|b", "2:quotes do not match", "3:quotes do not match",
                                "5:1|2 \" 3", "6:control character", "7:last|line"));
}

TEST(MappedFile, OnlyRegularFiles) {
  EXPECT_FALSE(MappedFile::Open("no/such/file").ok());
  EXPECT_FALSE(MappedFile::Open(testing::TempDir()).ok());
  EXPECT_FALSE(MappedFile::Open("/dev/null").ok());
  const std::string path = testing::TempDir() + "/mapped.csv";
  ASSERT_TRUE(ReplaceFile(path, "").ok());
  EXPECT_EQ(MappedFile::Open(path)->text(), "");
  ASSERT_TRUE(ReplaceFile(path, "text").ok());
  EXPECT_EQ(MappedFile::Open(path)->text(), "text");
}

TEST(WholeFile, NothingStaysOfAnAbandonedReplacement) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "abandoned";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  ASSERT_TRUE(ReplaceFile(folder / "file", "old").ok());
  {
    auto replacement = FileReplacement::Begin(folder / "file");
    ASSERT_TRUE(replacement.ok());
    replacement->Append("new");
  }
  EXPECT_EQ(*ReadWholeFile(folder / "file"), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
  EXPECT_TRUE(absl::IsAlreadyExists(CreateFileDurably(folder / "file", "x", 0600)));
}

}  // namespace
}  // namespace tanhui::cli
