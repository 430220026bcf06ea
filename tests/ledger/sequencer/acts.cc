#include "tests/ledger/sequencer/acts.h"

#include <google/protobuf/text_format.h>

#include "ledger/core/check.h"
#include "ledger/merkle/hash.h"
#include "ledger/rules/rulebook.h"
#include "ledger/signing/document_note.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::world {
namespace {

namespace pb = entry::v1;

constexpr std::uint32_t kDistrictCode = 500'103;

template <typename Message>
Message Parse(const char* text) {
  Message message;
  Check(google::protobuf::TextFormat::ParseFromString(text, &message), "a document of a test");
  return message;
}

// A command whose body is still to be set.
Command Empty(std::string_view id) {
  Command command = Award(id, kAlice, kBudget, 1);
  command.draft.clear_award();
  return command;
}

}  // namespace

pb::RuleSet TownRules() {
  return Parse<pb::RuleSet>(R"(
    code: "town" version: 1 first_date: "2024-01-01" display_name: "a town"
    districts { code: 500103 name: "a district" }
    asset: "points" late_days: 30 max_age_days: 60
    grades { grade: EVIDENCE_GRADE_RECORDED percent: 100 }
    rules {
      scenario: "ride" display_name: "ride" unit: UNIT_TIME
      rates { points: "3" source { mark: SOURCE_MARK_ASSUMED text: "us" } }
    }
    rules {
      scenario: "lamp" display_name: "lamp" unit: UNIT_ITEM catalogue: "lamps"
      rates { points: "5" source { mark: SOURCE_MARK_ASSUMED text: "us" } }
    }
    rules {
      scenario: "swap" display_name: "swap" unit: UNIT_TIME first_share_percent: 50
      rates { points: "8" source { mark: SOURCE_MARK_ASSUMED text: "us" } }
    }
    caps { code: "rides" scenarios: "ride" period: PERIOD_DAY counted: COUNTED_ACTS most: 50 }
    bonuses { code: "double" display_name: "double" first_date: "2024-01-01"
              last_date: "2024-12-31" scenarios: "ride" percent: 100 budget: "extra" }
    goals { code: "family" display_name: "family" first_date: "2024-01-01" last_date: "2024-12-31"
            scenarios: "ride" counted: COUNTED_ACTS target: 10 reward: 7 budget: "budget"
            claim_days: 30 })");
}

pb::Catalogue TownCatalogue() {
  return Parse<pb::Catalogue>(R"(
    code: "lamps" version: 1 first_date: "2024-01-01" display_name: "lamps" publisher: "a town"
    products { code: "L1" category: "lamp" brand: "L" display_name: "L1" })");
}

Command SetOperatorKey(std::string_view id) {
  Command command = By(Empty(id), kOperator);
  auto& key = *command.draft.mutable_publisher_key();
  key.set_participant(kOperator.value());
  key.set_verifier_key(signing::FormatVerifierKey(signing::DemoSigner()));
  return command;
}

std::vector<Command> Publish(std::string_view id, pb::DocumentKind kind, std::string_view bytes,
                             std::size_t part_bytes) {
  std::vector<Command> commands;
  const auto next = [&] {
    const std::string number = std::to_string(commands.size());
    return By(Empty(std::string(id) + "/" + number), kOperator);
  };
  for (std::size_t at = 0; at < bytes.size(); at += part_bytes) {
    Command command = next();
    auto& part = *command.draft.mutable_document_part();
    part.set_number(static_cast<std::uint32_t>(commands.size()));
    part.set_data(std::string(bytes.substr(at, part_bytes)));
    commands.push_back(std::move(command));
  }
  const auto heading = rules::HeadingOf(kind, bytes);
  Check(heading.has_value(), "a document of a test");
  Command command = next();
  auto& publication = *command.draft.mutable_publication();
  publication.set_kind(kind);
  publication.set_code(heading->code);
  publication.set_version(heading->version);
  publication.set_first_date(heading->first_date.value());
  publication.set_sha256(std::string(merkle::Sha256({bytes}).view()));
  publication.set_size(static_cast<std::uint32_t>(bytes.size()));
  publication.set_parts(static_cast<std::uint32_t>(commands.size()));
  const auto title = signing::TitleOf(publication);
  Check(title.ok(), "a publication of a test");
  publication.set_note(signing::SignDocumentNote(*title, signing::DemoSigner()).value());
  commands.push_back(std::move(command));
  return commands;
}

std::vector<Command> PublishTown() {
  const std::string rules = TownRules().SerializeAsString();
  std::vector<Command> commands = {SetOperatorKey("key")};
  for (auto& part : Publish("rules", pb::DOCUMENT_KIND_RULE_SET, rules, (rules.size() + 1) / 2)) {
    commands.push_back(std::move(part));
  }
  for (auto& part :
       Publish("lamps", pb::DOCUMENT_KIND_CATALOGUE, TownCatalogue().SerializeAsString())) {
    commands.push_back(std::move(part));
  }
  return commands;
}

std::string EvidenceClaim(char letter) { return "\x01" + std::string(16, letter); }

Command Act(std::string_view id, AccountNo account, const std::vector<std::string>& claims,
            std::uint32_t scenario) {
  Command command = ActAt(Empty(id), kStart);
  auto& act = *command.draft.mutable_earning();
  act.set_account(account.value());
  act.set_budget(kBudget.value());
  act.set_scenario(scenario);
  act.set_district(kDistrictCode);
  act.set_quantity(1);
  act.set_unit(scenario == kLamp ? pb::UNIT_ITEM : pb::UNIT_TIME);
  act.set_product(scenario == kLamp ? 1 : 0);
  for (const std::string& claim : claims) {
    act.add_nullifiers(claim);
  }
  return command;
}

}  // namespace tanhui::world
