// `tanhui import`: the options, the signals and the order of the steps.
#include <memory>
#include <string>

#include "services/cli/commands.h"
#include "services/cli/import/as_acts/reading_options.h"
#include "services/cli/import_run.h"

namespace tanhui::cli {
void AddImportCommand(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "import", "Award for the acts of a CSV file; running it again resumes and doubles nothing");
  command->footer(
      "--format acts reads columns user_id, scenario, act_time (YYYY-MM-DD HH:MM:SS, Shanghai), "
      "evidence (never the\nsame for two acts), and optionally points and reference. --format szt "
      "reads raw Shenzhen Tong taps.\n"
      "With --acts points and grams follow from the rules in force, and the columns quantity, "
      "unit, "
      "district,\nmaterial, product, origin, destination and duration_s may be there; "
      "--station-map "
      "does so for taps.\nA column corrects makes every line a correction of an act that was "
      "imported before: its request id, or\nline for the act with the same evidence; revision "
      "is the one that the line is about (0: the act itself).\n"
      "A column weighing says booked or weighed; booking is then the request id of the booking, or "
      "line for the\none with the same evidence.\nExamples:\n"
      "  tanhui import day.csv --format acts --budget demo --manifest day.json\n"
      "  tanhui import orders.csv --format acts --acts --budget demo --evidence-source my-shop "
      "--district 500103\n"
      "  tanhui import taps.csv --format szt --budget demo --station-map map.csv --district "
      "500103");
  const auto options = std::make_shared<ImportOptions>();
  command->add_option("FILE", options->file, "CSV file")->required();
  command->add_option("--format", options->format, "szt or acts")
      ->required()
      ->check(CLI::IsMember({"szt", "acts"}));
  AddNameOption(
      command, "--budget", "budgets",
      [options](const std::string& name) { options->budget = name; }, "Which budget pays")
      ->required();
  command->add_option("--rates", options->rates_file,
                      "TOML file with a table [points]: points by scenario");
  command->add_flag("--acts", options->acts,
                    "Lines are acts: points follow from the rules in force");
  command->add_option("--station-map", options->station_map_file,
                      "Of taps as acts: CSV with columns tap_station, station");
  command->add_option("--district", options->district,
                      "District of acts that name none: six digits, such as 500103");
  command->add_option("--evidence-source", options->evidence_source,
                      "Whose records acts are; of taps shenzhen-tong");
  command
      ->add_option("--clock-offset", options->clock_offset_seconds,
                   "The device's clock was so many seconds ahead; taken off all times")
      ->check(CLI::Range(-kMostClockOffsetSeconds, kMostClockOffsetSeconds));
  command->add_option("--reason", options->reason,
                      "Why, of corrections, as a code; default: corrected");
  command->add_option("--manifest", options->manifest_file,
                      "JSON file that says what FILE holds; a mismatch refuses it as a whole");
  command->add_option("--reject-file", options->reject_file,
                      "CSV of refused lines; default: FILE.rejects.csv in this directory");
  command
      ->add_option("--receipt-out", options->receipt_file,
                   "The signed receipt of the file (回执), with --manifest; default: "
                   "FILE.receipt.tlog-proof in this directory")
      ->needs(command->get_option("--manifest"));
  command->add_flag("--dry-run", options->dry_run, "Read and check the file only; needs no server");
  command->callback([&session, options] {
    session.exit_code = ExitStatus(RunImport(&session, *options, StopOnSignals()));
  });
}

}  // namespace tanhui::cli
