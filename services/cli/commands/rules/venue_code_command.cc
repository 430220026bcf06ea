// `tanhui venue code`: what a venue shows citizens to scan, on the screen or to print.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/core/business_time.h"
#include "ledger/rules/document_check.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/commands/rules/rules_commands.h"
#include "services/cli/screen/progress.h"
#include "services/cli/screen/qr_code.h"
#include "tanhui/v1/venues.grpc.pb.h"

namespace tanhui::cli {
namespace {

constexpr std::string_view kPicture = ".svg";
constexpr int kMostDays = 63;  // today and the 62 days ahead for which there are codes

struct CodeOptions {
  v1::GetCheckInCodeRequest first;
  std::string out;
  int days = 1;
};

// 2027年1月5日 · 5 January 2027
std::string DateLine(BusinessDate date) {
  static constexpr const char* kMonths[] = {"January",   "February", "March",    "April",
                                            "May",       "June",     "July",     "August",
                                            "September", "October",  "November", "December"};
  const std::string text = FormatDate(date);
  const auto number = [&text](std::size_t from, std::size_t size) {
    int value = 0;
    std::from_chars(text.data() + from, text.data() + from + size, value);
    return value;
  };
  const int year = number(0, 4);
  const int month = number(5, 2);
  const int day = number(8, 2);
  return absl::StrCat(year, "年", month, "月", day, "日 · ", day, " ", kMonths[month - 1], " ",
                      year);
}

std::vector<std::string> CaptionOf(const v1::Venue& venue, BusinessDate date) {
  return {venue.display_name(), "扫码签到 · Scan to check in", DateLine(date)};
}

// FILE.svg, or FILE-2027-01-05.svg where there are several days.
std::string PathOf(const CodeOptions& options, BusinessDate date) {
  return options.days == 1
             ? options.out
             : absl::StrCat(options.out.substr(0, options.out.size() - kPicture.size()), "-",
                            FormatDate(date), std::string(kPicture));
}

// Shows or writes the code of one day.
absl::Status Put(const Session& session, const CodeOptions& options,
                 const v1::GetCheckInCodeResponse& answer, BusinessDate date) {
  if (session.json) {
    PrintOut(JsonLine(answer));
  }
  const absl::StatusOr<QrCode> code = QrCode::Of(answer.code());
  if (!code.ok()) {
    return code.status();
  }
  if (!options.out.empty()) {
    return ReplaceFile(PathOf(options, date), code->Svg(CaptionOf(answer.venue(), date)));
  }
  if (!session.json) {
    std::string text = code->TerminalText(isatty(STDOUT_FILENO) != 0);
    for (const std::string& line : CaptionOf(answer.venue(), date)) {
      absl::StrAppend(&text, line, "\n");
    }
    PrintOut(absl::StrCat(text, answer.code(), "\n"));
  }
  return absl::OkStatus();
}

void ShowCodes(Session* session, const CodeOptions& options) {
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  Progress progress =
      Progress::OnStderr("codes", options.days == 1 ? 0 : static_cast<std::uint64_t>(options.days));
  v1::GetCheckInCodeRequest request = options.first;
  std::string first;
  std::string last;
  for (int day = 0; day < options.days; ++day) {
    v1::GetCheckInCodeResponse answer;
    const grpc::Status status =
        connection->Call(&v1::VenuesService::Stub::GetCheckInCode, request, &answer);
    const auto date = rules::ReadDate(answer.date());
    const absl::Status put = !status.ok() ? absl::OkStatus()
                             : date       ? Put(*session, options, answer, *date)
                                    : absl::DataLossError("the server's answer names no date");
    if (!status.ok() || !put.ok()) {
      progress.Finish();
      session->exit_code = status.ok() ? ReportFault(put, kUsage) : ReportFailure(*session, status);
      return;
    }
    last = PathOf(options, *date);
    first = first.empty() ? last : first;
    request.set_date(FormatDate(BusinessDate(date->value() + 1)));
    progress.Update(static_cast<std::uint64_t>(day) + 1);
  }
  progress.Finish();
  if (!options.out.empty() && !session->json) {
    PrintOut(options.days == 1
                 ? absl::StrCat("wrote ", last, "\n")
                 : absl::StrCat("wrote ", options.days, " files, ", first, " to ", last, "\n"));
  }
}

}  // namespace

void AddVenueCode(CLI::App* venue, Session& session) {
  CLI::App* command =
      venue->add_subcommand("code", "Show the QR code that citizens scan at a venue on one day");
  command->footer(
      "Each day has a code of its own; acts take it as --check-in-code. Examples:\n"
      "  tanhui venue code river-hotel\n"
      "  tanhui venue code river-hotel --days 31 --out river-hotel.svg");
  const auto options = std::make_shared<CodeOptions>();
  AddNameOption(
      command, "VENUE", "venues",
      [options](const std::string& name) { options->first.set_venue(name); }, "The venue")
      ->required();
  command->add_option_function<std::string>(
      "--date", [options](const std::string& date) { options->first.set_date(date); },
      "YYYY-MM-DD, today to 62 days ahead; default: today");
  CLI::Option* out =
      command->add_option("--out", options->out, "Write a picture to print: FILE.svg")
          ->check(CLI::Validator(
              [](std::string& path) {
                return path.ends_with(kPicture) && path.size() > kPicture.size()
                           ? std::string()
                           : std::string("must end in .svg");
              },
              "FILE.svg"));
  command
      ->add_option("--days", options->days,
                   "So many days, from the date on, each to a file FILE-YYYY-MM-DD.svg")
      ->check(CLI::Range(1, kMostDays))
      ->needs(out);
  command->callback([&session, options] { ShowCodes(&session, *options); });
}

}  // namespace tanhui::cli
