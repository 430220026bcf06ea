// The taps reader against tests/e2e/recount/szt_recount.py, which was written apart from it.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <string>

#include "services/cli/client/whole_file.h"
#include "services/cli/csv/mapped_file.h"
#include "services/cli/import/taps.h"
#include "tests/services/cli/read_claims.h"

namespace tanhui::cli {
namespace {

std::filesystem::path SourceDir() {
  const char* dir = std::getenv("TANHUI_SOURCE_DIR");
  return dir == nullptr ? "." : dir;
}

std::filesystem::path DataFile() {
  const char* dir = std::getenv("TANHUI_DATA_DIR");
  const std::filesystem::path folder =
      dir == nullptr ? SourceDir() / ".." / "shared" / "data" : std::filesystem::path(dir);
  return folder / "shenzhen_transit_taps.csv";
}

std::string Recount(const std::filesystem::path& file) {
  const std::string command = "python3 '" +
                              (SourceDir() / "tests/e2e/recount/szt_recount.py").string() + "' '" +
                              file.string() + "'";
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), &pclose);
  std::string output;
  char block[256];
  while (pipe != nullptr && std::fgets(block, sizeof(block), pipe.get()) != nullptr) {
    output += block;
  }
  return output;
}

std::string Count(const std::filesystem::path& path) {
  const absl::StatusOr<MappedFile> file = MappedFile::Open(path.string());
  EXPECT_TRUE(file.ok()) << file.status();
  const auto claims = ReadTaps(file->text(), Rates(), EvidenceIds(TestKey()), GoOn);
  EXPECT_TRUE(claims.ok()) << claims.status();
  return TotalsOf(*claims).Json() + "\n";
}

TEST(Recount, RealTaps) {
  if (!std::filesystem::exists(DataFile())) {
    GTEST_SKIP() << DataFile() << " is not here; TANHUI_DATA_DIR names its folder";
  }
  EXPECT_EQ(Count(DataFile()), Recount(DataFile()));
}

// Few cards, stations and minutes, so that every rule meets every other.
TEST(Recount, MadeUpTaps) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    std::mt19937_64 random(seed);
    const auto below = [&](std::uint64_t sides) { return random() % sides; };
    const std::string types[] = {"地铁入站", "地铁出站", "巴士", "轮渡"};
    const std::string stations[] = {"布吉", "长龙", "百鸽笼", ""};
    const std::string cards[] = {"", "A", "B", "C", "D", "E", "F", "G"};
    std::string text = "deal_date,card_no,deal_type,station,car_no,equ_no,deal_value\n";
    for (int i = 0; i < 1500; ++i) {
      char time[32];
      std::snprintf(time, sizeof(time), "2018-09-%02d %02d:%02d:%02d",
                    static_cast<int>(1 + below(2)), static_cast<int>(below(25)),
                    static_cast<int>(below(60)), static_cast<int>(below(2) * 59));
      const std::string type = types[below(30) == 0 ? 3 : below(3)];
      const std::string station = stations[below(20) == 0 ? 3 : below(3)];
      const std::string card = cards[below(20) == 0 ? 0 : 1 + below(7)];
      const std::string line = std::string(time) + "," + card + "," + type + "," + station + ",车" +
                               std::to_string(below(3)) + ",终端" + std::to_string(below(2)) + "," +
                               std::to_string(below(2)) + "\n";
      text += line;
      text += below(25) == 0 ? line : "";
      text += below(40) == 0 ? "cut,off\n" : "";
    }
    const std::filesystem::path path =
        std::filesystem::path(testing::TempDir()) / ("taps-" + std::to_string(seed) + ".csv");
    ASSERT_TRUE(ReplaceFile(path.string(), text).ok());
    EXPECT_EQ(Count(path), Recount(path)) << "seed " << seed << ", " << path;
  }
}

}  // namespace
}  // namespace tanhui::cli
