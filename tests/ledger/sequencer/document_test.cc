// Documents in a durable ledger: parts and publication stay next to each other, a start finds them
// again, acts see them at once, and the audit looks at who signed them.
#include <gtest/gtest.h>

#include "ledger/merkle/hash.h"
#include "ledger/rules/rulebook.h"
#include "ledger/sequencer/recovery.h"
#include "tests/ledger/sequencer/acts.h"
#include "tests/ledger/sequencer/town.h"

namespace tanhui::sequencer {
namespace {

using namespace world;  // NOLINT: the words of commands
namespace pb = entry::v1;

std::vector<Entry::BodyCase> BodiesFrom(const Town& town, std::uint64_t first) {
  std::vector<Entry::BodyCase> bodies;
  for (std::uint64_t i = first; i < town.Size(); ++i) {
    bodies.push_back(town.EntryAt(i).body_case());
  }
  return bodies;
}

bool AllOk(const std::vector<std::string>& words) {
  return std::all_of(words.begin(), words.end(),
                     [](const std::string& one) { return one.starts_with("OK"); });
}

// What waits behind a commit in flight is decided into one batch, and the document stays together.
TEST(Documents, APublicationAndItsPartsStandTogetherInOneCommit) {
  Town town;
  ASSERT_EQ(town.Ask(SetOperatorKey("key")), "OK 22");
  const std::string rules = TownRules().SerializeAsString();
  town.gate().Close();
  auto first = town.Send({town.desk().Complete(Award("a", kAlice, kBudget, 1))});
  town.gate().AwaitArrival();
  auto before = town.Send({town.desk().Complete(Award("b", kAlice, kBudget, 1))});
  auto document = town.Send(
      town.desk().Complete(Publish("rules", pb::DOCUMENT_KIND_RULE_SET, rules, 50)), true);
  auto after = town.Send({town.desk().Complete(Act("c", kAlice, {EvidenceClaim('x')}))});
  town.AwaitDecided();
  town.gate().Open();
  for (auto* future : {&first, &before, &document, &after}) {
    EXPECT_TRUE(AllOk(Words(future->get())));
  }
  auto bodies = BodiesFrom(town, 23);
  ASSERT_GE(bodies.size(), 6u);
  EXPECT_EQ(bodies[1], Entry::kAward);
  for (std::size_t i = 2; i + 2 < bodies.size(); ++i) {
    EXPECT_EQ(bodies[i], Entry::kDocumentPart);
  }
  EXPECT_EQ(bodies[bodies.size() - 2], Entry::kPublication);
  EXPECT_EQ(bodies.back(), Entry::kEarning) << "it sees the rules that came right before";
  EXPECT_EQ(town.commits().back(), town.Size());
  EXPECT_EQ(town.Difference(), "");
}

// What the engine writes about accounts comes before the call or between acts, not inside
// documents.
TEST(Documents, EntriesOfTheEngineDoNotComeBetween) {
  Town town;
  ASSERT_TRUE(AllOk(town.AskAll(std::vector<Command>{
      SetOperatorKey("key"), Award("a", kAlice, kBudget, 5), Award("b", kBob, kBudget, 5)})));
  const std::uint64_t first = town.Size();
  town.clock().Wait(500 * kMicrosPerDay);
  town.Reopen();
  town.sequencer().ConfirmClock();
  Submission submission;
  submission.sweep = {kAlice};
  submission.atomic = true;
  std::vector<Command> commands =
      Publish("rules", pb::DOCUMENT_KIND_RULE_SET, TownRules().SerializeAsString(), 50);
  commands.push_back(Award("c", kBob, kBudget, 1));  // what he had has expired
  submission.commands = town.desk().Complete(commands);
  ASSERT_TRUE(AllOk(Words(town.Send(std::move(submission)).get())));
  const auto bodies = BodiesFrom(town, first);
  ASSERT_EQ(bodies.front(), Entry::kExpiry);
  EXPECT_EQ(std::vector(bodies.begin() + 1, bodies.end() - 4),
            std::vector(bodies.size() - 5, Entry::kDocumentPart));
  EXPECT_EQ(
      std::vector(bodies.end() - 4, bodies.end()),
      (std::vector{Entry::kPublication, Entry::kBudgetYearEnd, Entry::kExpiry, Entry::kAward}));
  EXPECT_EQ(town.commits().back(), town.Size());
  EXPECT_EQ(town.Difference(), "");
}

TEST(Documents, ARefusedDocumentLeavesNothing) {
  Town town;
  std::vector<Command> commands = {SetOperatorKey("key")};
  for (Command& command :
       Publish("rules", pb::DOCUMENT_KIND_RULE_SET, TownRules().SerializeAsString(), 50)) {
    commands.push_back(std::move(command));
  }
  commands.back().draft.mutable_publication()->set_version(2);
  const auto words = town.AskAll(commands, true);
  EXPECT_TRUE(words.back().starts_with("DOCUMENT_INVALID")) << words.back();
  EXPECT_EQ(town.Size(), 22u);
  EXPECT_TRUE(AllOk(town.AskAll(PublishTown())));
  EXPECT_EQ(town.Difference(), "");
}

// Sixty-four full parts, read again by every start.
TEST(Documents, ALargeDocumentIsFoundAgain) {
  TownOptions options;
  options.store = SmallStore();
  Town town(options);
  pb::Catalogue catalogue = TownCatalogue();
  while (catalogue.products_size() < 40'000) {
    pb::Product& product = *catalogue.add_products();
    product = catalogue.products(0);
    product.set_code("M" + std::to_string(catalogue.products_size()));
    product.set_display_name("something green of a length that is usual for the name of a thing");
  }
  std::string bytes = catalogue.SerializeAsString();
  ASSERT_GT(bytes.size(), 3'400'000u);
  const std::size_t part_bytes = (bytes.size() + 63) / 64;
  ASSERT_LE(part_bytes, 60'000u);
  ASSERT_EQ(town.Ask(SetOperatorKey("key")), "OK 22");
  ASSERT_TRUE(
      AllOk(town.AskAll(Publish("big", pb::DOCUMENT_KIND_CATALOGUE, bytes, part_bytes), true)));
  EXPECT_EQ(town.Size(), 23u + 65u);
  EXPECT_EQ(town.commits().back(), town.Size());
  town.Reopen();
  const auto recovered =
      Recover(TestLedger(), town.store(), town.store().ReadHead().value().value());
  ASSERT_TRUE(recovered.ok()) << recovered.status().ToString();
  EXPECT_EQ(rules::RulebookOf(recovered->state.registry()).products().size(), 40'000u);
  EXPECT_EQ(town.Difference(), "");
}

// The budget of a bonus is named by the rules alone. These come in the same call, after everything
// that its commands name was loaded.
TEST(Documents, ActsRightBehindTheirRulesFindTheBudgetOfABonus) {
  Town town;
  ASSERT_TRUE(AllOk(town.AskAll(std::vector<Command>{
      By(OpenBudget("extra", "extra", kSponsor, kPoints), kOperator),
      By(Fund("fund", kNextAccount, 1'000), kOperator), SetOperatorKey("key")})));
  town.Reopen();
  std::vector<Command> commands =
      Publish("rules", pb::DOCUMENT_KIND_RULE_SET, TownRules().SerializeAsString());
  commands.push_back(Act("a", kAlice, {EvidenceClaim('x')}));
  ASSERT_TRUE(AllOk(town.AskAll(commands)));
  EXPECT_EQ(town.EntryAt(town.Size() - 1).earning().bonus_points(), 3);
  EXPECT_EQ(town.BalanceOf(kAlice), 6);
  EXPECT_EQ(town.Difference(), "");
}

// The sequencer takes what a service hands in; the audit asks who signed it.
class DocumentNotes : public testing::Test {
 protected:
  std::string DifferenceAfter(const std::function<void(pb::Publication&)>& change,
                              bool with_key = true) {
    if (with_key) {
      town_.Ask(SetOperatorKey("key"));
    }
    std::vector<Command> commands =
        Publish("rules", pb::DOCUMENT_KIND_RULE_SET, TownRules().SerializeAsString());
    change(*commands.back().draft.mutable_publication());
    EXPECT_TRUE(AllOk(town_.AskAll(commands, true)));
    return town_.Difference();
  }
  Town town_;
};

TEST_F(DocumentNotes, AGoodNotePasses) {
  EXPECT_EQ(DifferenceAfter([](pb::Publication&) {}), "");
}

TEST_F(DocumentNotes, WithoutAKeyNobodySigned) {
  EXPECT_NE(DifferenceAfter([](pb::Publication&) {}, false)
                .find("entry 23 publishes a document that is not signed with its publisher's key"),
            std::string::npos);
}

TEST_F(DocumentNotes, AChangedNoteIsTold) {
  EXPECT_NE(DifferenceAfter([](pb::Publication& publication) {
              publication.mutable_note()->insert(5, "x");
            }).find("entry 24 publishes a document that is not signed"),
            std::string::npos);
}

TEST_F(DocumentNotes, ANoteThatIsNoneIsTold) {
  EXPECT_NE(DifferenceAfter([](pb::Publication& publication) {
              publication.set_note("none");
            }).find("entry 24 publishes a document that is not signed"),
            std::string::npos);
}

TEST_F(DocumentNotes, AnotherHashIsTold) {
  EXPECT_NE(DifferenceAfter([](pb::Publication& publication) {
              publication.mutable_sha256()->front() ^= 1;
            }).find("entry 24 publishes other bytes than those that stand before it"),
            std::string::npos);
}

// A key that is replaced stays good for what it signed before.
TEST_F(DocumentNotes, AKeyIsReplaced) {
  ASSERT_EQ(DifferenceAfter([](pb::Publication&) {}), "");
  Command other = SetOperatorKey("other");
  other.draft.mutable_publisher_key()->set_verifier_key("no key at all");
  ASSERT_TRUE(AllOk(town_.AskAll(std::vector<Command>{other})));
  EXPECT_EQ(town_.Difference(), "");
  EXPECT_TRUE(AllOk(town_.AskAll(
      Publish("lamps", pb::DOCUMENT_KIND_CATALOGUE, TownCatalogue().SerializeAsString()), true)));
  EXPECT_NE(town_.Difference().find("is not signed"), std::string::npos);
}

}  // namespace
}  // namespace tanhui::sequencer
