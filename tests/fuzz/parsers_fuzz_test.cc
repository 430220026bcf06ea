// Every parser of outside bytes against mutated real inputs: none may crash, none may accept what
// is not genuine. TANHUI_FUZZ_ROUNDS raises the rounds for a long run; the seed is printed.
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "interop/peer/message.h"
#include "ledger/books/all_books.h"
#include "ledger/core/ledger.h"
#include "ledger/signing/key.h"
#include "ledger/signing/note.h"
#include "ledger/signing/receipt.h"
#include "ledger/store/record.h"
#include "ledger/store/write_ahead_log.h"
#include "services/rpc/coupons/qr_code.h"
#include "services/rpc/coupons/short_code.h"
#include "tests/fuzz/golden_chain.h"
#include "tests/fuzz/mutator.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::fuzz {
namespace {

class ParsersFuzz : public testing::Test {
 protected:
  const std::uint64_t rounds_ = FromEnvironment("TANHUI_FUZZ_ROUNDS", 20'000);
  const std::uint64_t seed_ = FromEnvironment("TANHUI_FUZZ_SEED", 20261123);
  Mutator mutator_{seed_};
  void SetUp() override {
    google::protobuf::SetLogHandler(nullptr);  // it tells of every text that is not UTF-8
    RecordProperty("seed", std::to_string(seed_));
    ASSERT_NE(std::getenv("TANHUI_SOURCE_DIR"), nullptr);
  }
};

TEST_F(ParsersFuzz, ReceiptsAreGenuineOrRefused) {
  const std::string receipt = GoldenFile("receipt_v1.tlog-proof");
  const auto key =
      signing::ParseVerifierKey(std::string(absl::StripAsciiWhitespace(GoldenFile("key_v1.vkey"))));
  ASSERT_TRUE(key.ok()) << key.status();
  const std::vector<signing::NamedVerifier> keys = {*key};
  const auto genuine = signing::VerifyReceipt(receipt, keys);
  ASSERT_TRUE(genuine.ok()) << genuine.status();
  const std::vector<std::string> corpus = {receipt, GoldenFile("checkpoint_v1.txt")};
  for (std::uint64_t i = 0; i < rounds_; ++i) {
    const auto proven = signing::VerifyReceipt(mutator_.Mutate(corpus), keys);
    if (proven.ok()) {
      ASSERT_EQ(*proven, *genuine) << "seed " << seed_ << " round " << i;
    }
  }
}

TEST_F(ParsersFuzz, NotesAreGenuineOrRefused) {
  const std::string note = GoldenFile("checkpoint_v1.txt");
  const auto key =
      signing::ParseVerifierKey(std::string(absl::StripAsciiWhitespace(GoldenFile("key_v1.vkey"))));
  ASSERT_TRUE(key.ok());
  const std::vector<signing::NamedVerifier> keys = {*key};
  const auto genuine = signing::OpenNote(note, keys);
  ASSERT_TRUE(genuine.ok()) << genuine.status();
  for (std::uint64_t i = 0; i < rounds_; ++i) {
    const auto opened = signing::OpenNote(mutator_.Mutate({note}), keys);
    if (opened.ok()) {
      ASSERT_EQ(opened->text, genuine->text) << "seed " << seed_ << " round " << i;
    }
  }
}

TEST_F(ParsersFuzz, KeysAreReadStrictly) {
  const std::string vkey(absl::StripAsciiWhitespace(GoldenFile("key_v1.vkey")));
  for (std::uint64_t i = 0; i < rounds_; ++i) {
    const std::string text = mutator_.Mutate({vkey});
    const auto key = signing::ParseVerifierKey(text);
    if (key.ok()) {
      ASSERT_EQ(signing::FormatVerifierKey(*key),
                std::string(absl::StripTrailingAsciiWhitespace(text)));
    }
  }
}

TEST_F(ParsersFuzz, MessagesOfCitiesAreGenuineOrRefused) {
  const auto key =
      signing::ParseVerifierKey(std::string(absl::StripAsciiWhitespace(GoldenFile("key_v1.vkey"))));
  ASSERT_TRUE(key.ok());
  const auto open = [&key](const peer::v1::SignedMessage& sealed) {
    return interop::OpenMessage(sealed, "river.example/log",
                                [&key](std::string_view) { return std::optional(*key); });
  };
  const std::string bytes = absl::HexStringToBytes(
      std::string(absl::StripAsciiWhitespace(GoldenFile("peer_message_v1.hex"))));
  peer::v1::SignedMessage golden;
  ASSERT_TRUE(golden.ParseFromString(bytes));
  const auto genuine = open(golden);
  ASSERT_TRUE(genuine.ok()) << genuine.status();
  for (std::uint64_t i = 0; i < rounds_; ++i) {
    peer::v1::SignedMessage sealed = golden;
    switch (i % 3) {
      case 0:
        sealed.set_message(mutator_.Mutate({golden.message()}));
        break;
      case 1:
        sealed.set_note(mutator_.Mutate({golden.note(), GoldenFile("checkpoint_v1.txt")}));
        break;
      default:
        if (!sealed.ParseFromString(mutator_.Mutate({bytes}))) {
          continue;
        }
    }
    const auto opened = open(sealed);
    if (opened.ok()) {
      ASSERT_EQ(opened->hash, genuine->hash) << "seed " << seed_ << " round " << i;
      ASSERT_EQ(sealed.message(), golden.message());
    }
    peer::v1::PeerMessage message;  // of a liar, who signs whatever he likes
    if (message.ParseFromString(mutator_.Mutate({golden.message()}))) {
      (void)interop::CheckForm(message);
      (void)interop::CheckEntryProof(message.proof(), *key);
    }
  }
}

TEST_F(ParsersFuzz, CodesOfCouponsAreGenuineOrRefused) {
  const signing::NamedSigner signer = signing::DemoSigner();
  const auto verifier = signing::ParseVerifierKey(signing::FormatVerifierKey(signer));
  ASSERT_TRUE(verifier.ok());
  const signing::KeyedHash key(std::string(32, 'k'));
  const auto genuine = rpc::QrText(
      {EntryIndex(7), 1'805'515'200, CampaignNo(1), Amount(2'000), 1'807'243'200}, signer);
  ASSERT_TRUE(genuine.ok());
  const std::string code = rpc::CouponShortCode(key, EntryIndex(7));
  for (std::uint64_t i = 0; i < rounds_; ++i) {
    const std::string text = mutator_.Mutate({*genuine, code});
    const auto qr = rpc::ParseQrText(text);
    if (qr.has_value() && rpc::IsSignedBy(*qr, *verifier)) {
      ASSERT_EQ(text, *genuine);
    }
    if (const auto read = rpc::ReadCouponShortCode(key, text)) {
      ASSERT_EQ(*read, EntryIndex(7)) << text;
    }
  }
}

// An audit meets entries that somebody rewrote: each is a fault or a sound entry, never an abort.
TEST_F(ParsersFuzz, RewrittenEntriesAreFaultsOrSound) {
  const std::vector<std::string> chain = GoldenEntries();
  ASSERT_GE(chain.size(), 10u);
  const Ledger ledger(AllBooks());
  std::uint64_t faults = 0;
  for (std::uint64_t i = 0; i < rounds_; ++i) {
    State state;
    const std::size_t prefix = mutator_.Below(chain.size());
    for (std::size_t at = 0; at < prefix; ++at) {
      Entry entry;
      ASSERT_TRUE(entry.ParseFromString(chain[at]));
      ledger.Apply(state, entry);
    }
    Entry entry;
    if (!entry.ParseFromString(mutator_.Mutate({chain[prefix]}))) {
      continue;
    }
    faults += ledger.TryApply(state, entry).has_value() ? 1 : 0;
  }
  EXPECT_GT(faults, 0u);
}

TEST_F(ParsersFuzz, StoredRecordsAreReadOrRefused) {
  Account account;
  account.balance = Amount(27);
  account.lots = {{{Month(661), SchemeNo(1), ParticipantNo(3)}, Amount(27), 350}};
  account.holds = {{EntryIndex(5), LedgerTime(9), AccountNo(2), account.lots}};
  Undone locked;
  locked.coupon = CouponNow{CouponState::kLocked, EntryIndex(77), LedgerTime(9'000)};
  Undone used;
  used.redeemed = RedeemedNow{
      {Amount(0), Amount(700)}, Amount(127), Amount(114), false, true, Amount(1'600), Amount(20)};
  const std::vector<std::string> corpus = {store::EncodeAccount(account),
                                           store::EncodeHead({}),
                                           store::EncodeRequest({EntryIndex(7), EntryIndex(9)}),
                                           store::EncodeUndone({Amount(300), 2, true}),
                                           store::EncodeUndone(locked),
                                           store::EncodeUndone(used)};
  for (std::uint64_t i = 0; i < rounds_; ++i) {
    const std::string bytes = mutator_.Mutate(corpus);
    if (const auto read = store::DecodeAccount(bytes)) {
      ASSERT_EQ(store::EncodeAccount(*read), bytes);
    }
    if (const auto read = store::DecodeHead(bytes)) {
      ASSERT_EQ(store::EncodeHead(*read), bytes);
    }
    if (const auto read = store::DecodeUndone(bytes)) {
      ASSERT_EQ(store::EncodeUndone(*read), bytes);
    }
    if (const auto read = store::DecodeRequest(bytes)) {
      ASSERT_EQ(store::EncodeRequest(*read), bytes);
    }
    if (const auto id = RequestId::FromStored(bytes)) {
      ASSERT_EQ(id->stored(), bytes);
      ASSERT_EQ(RequestId::FromText(id->text()), id);
    }
    store::JudgeWal(bytes);
  }
}

}  // namespace
}  // namespace tanhui::fuzz
