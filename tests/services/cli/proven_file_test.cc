// What `tanhui verify` says of good files and of tampered ones.
#include "services/cli/proven_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "ledger/core/ledger.h"
#include "ledger/merkle/hash.h"
#include "ledger/signing/receipt.h"
#include "services/cli/client/whole_file.h"

namespace tanhui::cli {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

signing::NamedSigner SignerOf(char seed, const std::string& name = "example.com/tanhui") {
  return *signing::ParsePrivateKey(
      *signing::FormatPrivateKey(name, std::string(signing::kEd25519SeedSize, seed)));
}

std::vector<signing::NamedVerifier> KeysOf(const signing::NamedSigner& signer) {
  return {*signing::ParseVerifierKey(signing::FormatVerifierKey(signer))};
}

std::string AwardLeaf() {
  entry::v1::Entry entry;
  entry.set_format(kEntryFormat);
  entry.set_recorded_micros(1'535'760'000'000'000);
  entry.set_business_date(17'775);
  entry.set_accounting_date(17'775);
  entry.set_caller(3);
  entry.set_request_id("\x02order-17");
  entry.mutable_award()->set_account(12);
  entry.mutable_award()->set_budget(4);
  entry.mutable_award()->set_points(27);
  entry.mutable_award()->set_scenario("metro_ride");
  entry::v1::Posting* posting = entry.add_postings();
  posting->set_account(12);
  posting->set_amount(27);
  posting->set_balance_after(1227);
  posting->set_held_after(30);
  entry::v1::LotPart* lot = posting->add_lots();
  lot->set_expiry_month(595);
  lot->set_scheme(1);
  lot->set_funder(2);
  lot->set_points(27);
  lot->set_grams(270);
  return entry.SerializeAsString();
}

std::string FileLeaf() {
  entry::v1::Entry entry;
  entry.set_format(kEntryFormat);
  entry::v1::FileRecord& file = *entry.mutable_file_record();
  file.set_file_id("szt-20180831");
  file.set_sha256(std::string(32, '\x11'));
  file.set_period_start(17'774);
  file.set_period_end(17'775);
  file.set_lines(10'000);
  entry::v1::AwardedLines* awarded = file.add_awarded();
  awarded->set_scenario("metro_ride");
  awarded->set_awards(151);
  entry::v1::RefusedLines* refused = file.add_refused();
  refused->set_reason("orphan_in");
  refused->set_lines(8'992);
  file.set_points(6'127);
  return entry.SerializeAsString();
}

// A receipt of the second leaf of a log of two.
std::string ReceiptOf(const std::string& leaf, const signing::NamedSigner& signer) {
  const Hash256 first = merkle::LeafHash("first");
  const signing::Checkpoint checkpoint{
      .origin = signer.name(), .size = 2, .root = merkle::NodeHash(first, merkle::LeafHash(leaf))};
  return signing::FormatReceipt({.leaf = leaf,
                                 .index = 1,
                                 .proof = {first},
                                 .checkpoint_note = *signing::SignCheckpoint(checkpoint, signer)});
}

TEST(Verify, AReceiptSaysWhatItProves) {
  const signing::NamedSigner signer = SignerOf('a');
  const auto proven = Prove(ReceiptOf(AwardLeaf(), signer), KeysOf(signer));
  ASSERT_TRUE(proven.ok()) << proven.status();
  const std::string text = ProvenText(*proven);
  EXPECT_THAT(text, StartsWith("index            1\nwhat             award\n"));
  EXPECT_THAT(text, HasSubstr("recorded         2018-09-01 08:00:00 +08:00\n"));
  EXPECT_THAT(text, HasSubstr("business date    2018-09-01\n"));
  EXPECT_THAT(text, HasSubstr("request id       order-17\n"));
  EXPECT_THAT(text, HasSubstr("points           27\n"));
  EXPECT_THAT(text, HasSubstr("account no. 12   +27, then 1,227, held 30\n"
                              "lot              +27 until 2019-08-31, +270 gCO2e, scheme no. 1, "
                              "funder no. 2\n"));
  EXPECT_THAT(text, HasSubstr("log origin       example.com/tanhui\nlog size         2\n"));
  EXPECT_THAT(text, EndsWith("\nverified\n"));
  const nlohmann::json json = nlohmann::json::parse(ProvenJson(*proven));
  EXPECT_EQ(json["verified"], true);
  EXPECT_EQ(json["kind"], "award");
  EXPECT_EQ(json["index"], 1);
  EXPECT_EQ(json["size"], 2);
  EXPECT_EQ(json["entry"]["award"]["scenario"], "metro_ride");
}

TEST(Verify, AFileReceiptShowsItsTotals) {
  const signing::NamedSigner signer = SignerOf('a');
  const auto proven = Prove(ReceiptOf(FileLeaf(), signer), KeysOf(signer));
  ASSERT_TRUE(proven.ok()) << proven.status();
  const std::string text = ProvenText(*proven);
  EXPECT_THAT(text, HasSubstr("what                file record\n"));
  EXPECT_THAT(text, HasSubstr("period              2018-08-31 to 2018-09-01\n"));
  EXPECT_THAT(text, HasSubstr("awarded metro_ride  151\n"));
  EXPECT_THAT(text, HasSubstr("refused orphan_in   8,992\n"));
}

TEST(Verify, ABareCheckpoint) {
  const signing::NamedSigner signer = SignerOf('a');
  const signing::Checkpoint checkpoint{
      .origin = signer.name(), .size = 7, .root = merkle::LeafHash("x")};
  const auto proven = Prove(*signing::SignCheckpoint(checkpoint, signer), KeysOf(signer));
  ASSERT_TRUE(proven.ok()) << proven.status();
  EXPECT_THAT(ProvenText(*proven), StartsWith("what        checkpoint\n"));
  EXPECT_EQ(nlohmann::json::parse(ProvenJson(*proven))["kind"], "checkpoint");
}

TEST(Verify, NoByteMayChange) {
  const signing::NamedSigner signer = SignerOf('a');
  const std::vector<signing::NamedVerifier> keys = KeysOf(signer);
  const std::string good = ReceiptOf(AwardLeaf(), signer);
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    EXPECT_FALSE(Prove(bad, keys).ok()) << at;
  }
  EXPECT_FALSE(Prove(good.substr(0, good.size() - 1), keys).ok());
  EXPECT_FALSE(Prove(good + "x", keys).ok());
  EXPECT_FALSE(Prove("", keys).ok());
}

TEST(Verify, OnlyTheLogsOwnKey) {
  const std::string receipt = ReceiptOf(AwardLeaf(), SignerOf('a'));
  const auto stranger = Prove(receipt, KeysOf(SignerOf('b')));
  EXPECT_FALSE(stranger.ok());
  EXPECT_NE(stranger.status().message(), "");
  EXPECT_FALSE(Prove(receipt, KeysOf(SignerOf('a', "example.com/other"))).ok());
}

TEST(Verify, ALeafOfAnotherFormatIsRefused) {
  const signing::NamedSigner signer = SignerOf('a');
  entry::v1::Entry entry;
  ASSERT_TRUE(entry.ParseFromString(AwardLeaf()));
  entry.set_format(4);
  const auto proven = Prove(ReceiptOf(entry.SerializeAsString(), signer), KeysOf(signer));
  EXPECT_THAT(std::string(proven.status().message()), HasSubstr("format 4"));
  EXPECT_FALSE(Prove(ReceiptOf("\xff\xff", signer), KeysOf(signer)).ok());
}

TEST(Verify, AKeyIsGivenAsTextOrAsAFile) {
  const std::string vkey = signing::FormatVerifierKey(SignerOf('a'));
  const std::string path = testing::TempDir() + "/log.vkey";
  ASSERT_TRUE(ReplaceFile(path, vkey + "\n").ok());
  EXPECT_TRUE(ReadVerifierKey(vkey).ok());
  EXPECT_TRUE(ReadVerifierKey(path).ok());
  EXPECT_THAT(std::string(ReadVerifierKey("no/such/file").status().message()),
              HasSubstr("cannot open no/such/file"));
  EXPECT_FALSE(ReadVerifierKey(vkey + "x").ok());
}

}  // namespace
}  // namespace tanhui::cli
