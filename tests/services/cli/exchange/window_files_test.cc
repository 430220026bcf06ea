// Statements that are computed again from two logs, and items that are compared from two files: by
// whoever has them, without a server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "interop/settlement/item_file.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/command_line.h"
#include "tests/interop/desk/windows/window_cities.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::cli {
namespace {

using settlement::Item;
using settlement::ItemState;
using settlement::WindowState;
using testing::HasSubstr;

struct Ran {
  int exit_code = 0;
  std::string out;
  std::string err;
};

Ran Tanhui(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "tanhui");
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) {
    argv.push_back(argument.c_str());
  }
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Ran ran;
  ran.exit_code = RunCommandLine(static_cast<int>(argv.size()), argv.data());
  ran.out = testing::internal::GetCapturedStdout();
  ran.err = testing::internal::GetCapturedStderr();
  return ran;
}

class RecomputeTest : public desk::WindowCities {
 protected:
  std::string KeyOf(int i) {
    return signing::FormatVerifierKey(signing::VerifierOf(cities_[i]->signer()));
  }
  std::string DataOf(int i) { return scratch_ / ("city" + std::to_string(i) + "/data"); }
  // Both servers are stopped.
  void Stop() {
    for (int i = 0; i < 2; ++i) {
      Disconnect(i);
      cities_[i]->Close();
    }
    network_.reset();
  }
};

TEST_F(RecomputeTest, BothLogsGiveWhatBothSigned) {
  Begin(1, true);
  const auto late = Commit(0, 10);
  Exchange(0, 50);
  Exchange(1, 15);
  Step(0, 1, entry::v1::WINDOW_ACTION_CLOSE);
  AwaitBoth(1, WindowState::kAgreed);
  const std::string signed_text = StatementHere(0, 1);
  const std::vector<std::string> keys = {KeyOf(0), KeyOf(1)};
  Stop();
  const std::vector<std::string> asked = {"settle", "recompute", "--log",   DataOf(0),
                                          "--log",  DataOf(1),   "--key",   keys[1],
                                          "--key",  keys[0],     "--window"};
  auto first = asked;
  first.emplace_back("1");
  const Ran ran = Tanhui(first);
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.out, signed_text);
  first.insert(first.begin(), "--json");
  const auto json = nlohmann::json::parse(Tanhui(first).out);
  EXPECT_EQ(json["statement"], signed_text);
  EXPECT_EQ(json["fen"], 2) << "5 are owed for what came, and 3 the other way";
  auto second = asked;
  second.emplace_back("2");
  const Ran open = Tanhui(second);
  EXPECT_EQ(open.exit_code, 1);
  EXPECT_THAT(open.err, HasSubstr("window 2 is not complete in both logs"));
}

TEST_F(RecomputeTest, TheKeysMustBeThoseOfTheLogs) {
  Begin(2, true);
  const std::string key = KeyOf(0);
  const std::string stranger =
      signing::FormatVerifierKey(signing::VerifierOf(signing::DemoSigner("stranger.example/log")));
  Stop();
  const Ran ran = Tanhui({"settle", "recompute", "--log", DataOf(0), "--log", DataOf(1), "--key",
                          key, "--key", stranger, "--window", "1"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("tanhui: "));
  EXPECT_EQ(ran.out, "");
}

// --- compare ---

std::string FileOf(bool by_origin, const std::vector<Item>& items) {
  std::string text;
  settlement::ItemWriter writer({7, "cq.example/log", "cd.example/log", by_origin}, text);
  for (const Item& item : items) {
    EXPECT_TRUE(writer.Add(item, text));
  }
  writer.End(text);
  return text;
}

Item ItemOf(char n, bool by_origin, std::int64_t points = 500) {
  Item item;
  item.id = settlement::ExchangeId::FromView(std::string(15, '\0') + n);
  item.state = by_origin ? ItemState::kCommitted : ItemState::kConfirmed;
  item.points = points;
  item.grams = 1'000;
  item.fen = 85;
  return item;
}

class CompareTest : public testing::Test {
 protected:
  Ran Compare(const std::string& origin, const std::string& destination,
              std::vector<std::string> more = {}) {
    EXPECT_TRUE(ReplaceFile(scratch_ / "origin.csv", origin).ok());
    EXPECT_TRUE(ReplaceFile(scratch_ / "destination.csv", destination).ok());
    more.insert(more.begin(), {"window", "compare", "--origin", scratch_ / "origin.csv",
                               "--destination", scratch_ / "destination.csv"});
    return Tanhui(more);
  }
  ScratchDirectory scratch_;
};

TEST_F(CompareTest, WhatIsTheSameIsSaidSo) {
  const Ran ran = Compare(FileOf(true, {ItemOf(1, true), ItemOf(2, true)}),
                          FileOf(false, {ItemOf(1, false), ItemOf(2, false)}));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("both agree"));
}

TEST_F(CompareTest, DifferencesAreListed) {
  const std::string out = scratch_ / "differences.csv";
  const std::string origin = FileOf(true, {ItemOf(1, true), ItemOf(2, true), ItemOf(3, true)});
  const std::string destination = FileOf(false, {ItemOf(1, false), ItemOf(3, false, 400)});
  const Ran ran = Compare(origin, destination, {"--out", out});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, HasSubstr("not the same"));
  const auto lines = ReadWholeFile(out);
  ASSERT_TRUE(lines.ok());
  EXPECT_THAT(*lines, HasSubstr("02,missing_at_destination,timing,committed,500,1000,85,,,,"));
  EXPECT_THAT(*lines, HasSubstr("03,amount,error,committed,500,1000,85,confirmed,400,1000,85"));
  // What was open in the last statement already is late no more.
  ASSERT_TRUE(ReplaceFile(scratch_ / "open", std::string(31, '0') + "2\n").ok());
  EXPECT_EQ(Compare(origin, destination, {"--out", out, "--open", scratch_ / "open"}).exit_code, 1);
  EXPECT_THAT(*ReadWholeFile(out), HasSubstr("02,missing_at_destination,contested"));
}

TEST_F(CompareTest, ABadLineIsToldAndSpoilsNoOther) {
  std::string origin = FileOf(true, {ItemOf(1, true), ItemOf(2, true)});
  origin.insert(origin.find("#end"), "rubbish\n");
  const Ran ran = Compare(origin, FileOf(false, {ItemOf(1, false), ItemOf(2, false)}));
  EXPECT_NE(ran.exit_code, 0);
  EXPECT_THAT(ran.err, HasSubstr("line 5"));
}

TEST_F(CompareTest, FilesOfOneSideAreNotCompared) {
  const std::string origin = FileOf(true, {ItemOf(1, true)});
  const Ran ran = Compare(origin, origin);
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("the one by the destination as --destination"));
}

}  // namespace
}  // namespace tanhui::cli
