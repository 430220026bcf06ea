// `tanhui day`: a made-up day of acts to import.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/core/business_time.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/commands.h"
#include "services/cli/import/day.h"

namespace tanhui::cli {
namespace {

struct DayCommandOptions {
  DayOptions day;
  std::string out;
};

std::string DateFault(const std::string& date) {
  return ParseShanghai(date + " 00:00:00") ? "" : "a date YYYY-MM-DD is needed";
}

}  // namespace

void AddDayCommand(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("day", "Make up a day of acts; the same options make the same file");
  command->footer(
      "Example:\n"
      "  tanhui day --seed 7 --out day.csv && tanhui import day.csv --format acts --budget demo");
  const auto options = std::make_shared<DayCommandOptions>();
  command->add_option("--seed", options->day.seed, "Which day")->capture_default_str();
  command->add_option("--citizens", options->day.citizens, "How many people; about 5 lines each")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command->add_option("--date", options->day.date, "Date of the acts, in the past")
      ->check(CLI::Validator([](const std::string& date) { return DateFault(date); }, "DATE"))
      ->capture_default_str();
  command->add_option("--out", options->out, "File to write")->required();
  command->callback([&session, options] {
    const absl::Status written = ReplaceFile(options->out, MakeDay(options->day));
    if (!written.ok()) {
      session.exit_code = ReportFault(written, kUsage);
    }
  });
}

}  // namespace tanhui::cli
