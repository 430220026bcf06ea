// `tanhui rules replay`: what acts would have earned under other rules.
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "ledger/books/all_books.h"
#include "ledger/sequencer/replay/rule_replay.h"
#include "ledger/store/data_directory.h"
#include "services/cli/commands.h"
#include "services/cli/documents/document_text.h"
#include "services/cli/screen/progress.h"
#include "services/cli/screen/table.h"

namespace tanhui::cli {
namespace {

constexpr std::int64_t kMicrogramsOfKilogram = 1'000'000'000;

struct ReplayOptions {
  std::string data;
  std::string rules;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};

absl::StatusOr<sequencer::RuleReplay> RunReplay(const ReplayOptions& options,
                                                const std::string& rule_set) {
  // Held for the whole replay, so that no server starts on the directory meanwhile.
  const auto directory =
      store::DataDirectory::Open(options.data, store::DataDirectory::Missing::kRefuse);
  if (!directory.ok()) {
    return directory.status();
  }
  store::StoreOptions store_options;
  store_options.path = (*directory)->database_path();
  store_options.read_only = true;
  const auto store = store::Store::Open(store_options);
  if (!store.ok()) {
    return store.status();
  }
  std::unique_ptr<Progress> progress;
  sequencer::RuleReplayOptions replay;
  replay.from = EntryIndex(options.from);
  replay.to = EntryIndex(options.to);
  replay.rule_set = rule_set;
  replay.progress = [&progress](std::uint64_t done, std::uint64_t total) {
    if (progress == nullptr) {
      progress = std::make_unique<Progress>(Progress::OnStderr("replay", total));
    }
    progress->Update(done);
  };
  auto result = sequencer::ReplayRules(Ledger(AllBooks()), **store, replay);
  if (progress != nullptr) {
    progress->Finish();
  }
  return result;
}

std::uint64_t RefusedOf(const sequencer::ScenarioReplay& row) {
  std::uint64_t sum = 0;
  for (const auto& [reason, acts] : row.refused) {
    sum += acts;
  }
  return sum;
}

std::string TextOf(const sequencer::RuleReplay& replay) {
  Table table({"scenario", ">acts", ">points", ">new points", ">change", ">kg CO2e", ">new kg",
               ">more", ">less", ">refused"});
  for (const auto& [scenario, row] : replay.scenarios) {
    const auto grouped = [](auto number) { return Grouped(static_cast<std::int64_t>(number)); };
    table.Add({scenario, grouped(row.acts), grouped(row.points), grouped(row.new_points),
               grouped(row.new_points - row.points),
               grouped(row.micrograms / kMicrogramsOfKilogram),
               grouped(row.new_micrograms / kMicrogramsOfKilogram), grouped(row.more),
               grouped(row.less), grouped(RefusedOf(row))});
  }
  return table.empty() ? "no act of this rule set's districts in the range\n" : table.Text();
}

std::string JsonOf(const sequencer::RuleReplay& replay) {
  nlohmann::ordered_json scenarios = nlohmann::ordered_json::object();
  for (const auto& [scenario, row] : replay.scenarios) {
    scenarios[scenario] = {{"acts", row.acts},
                           {"points", row.points},
                           {"new_points", row.new_points},
                           {"micrograms", row.micrograms},
                           {"new_micrograms", row.new_micrograms},
                           {"more", row.more},
                           {"less", row.less},
                           {"refused", row.refused}};
  }
  const nlohmann::ordered_json out = {{"citizens", replay.citizens}, {"scenarios", scenarios}};
  return out.dump() + "\n";
}

}  // namespace

void AddReplayCommand(CLI::App* rules, Session& session) {
  CLI::App* command = rules->add_subcommand(
      "replay", "What the acts of a range would have earned under other rules; offline");
  const auto options = std::make_shared<ReplayOptions>();
  command->add_option("--data", options->data, "Data directory of a stopped server, or a snapshot")
      ->required();
  command->add_option("--rules", options->rules, "The other rule set: a YAML file")->required();
  command->add_option("--from", options->from, "Index of the first entry")->required();
  command->add_option("--to", options->to, "Index of the last entry")->required();
  command->footer(
      "Only acts that were accepted are in the log: rules that allow more find nothing more.\n"
      "Example:\n"
      "  tanhui rules replay --data snapshots/monday --from 0 --to 99999 --rules next-year.yaml");
  command->callback([&session, options] {
    entry::v1::RuleSet rule_set;
    if (const auto read = ReadDocumentFile(options->rules, &rule_set); !read.ok()) {
      session.exit_code = ReportFault(read, kRefused);
      return;
    }
    const auto replay = RunReplay(*options, DocumentBytes(rule_set));
    if (!replay.ok()) {
      session.exit_code = ReportFault(replay.status(), kRefused);
      return;
    }
    PrintOut(session.json ? JsonOf(*replay) : TextOf(*replay));
    session.exit_code = kDone;
  });
}

}  // namespace tanhui::cli
