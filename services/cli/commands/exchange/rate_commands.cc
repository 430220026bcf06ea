// `tanhui peer sign-rates` and `agree-rates`: rates that both cities sign.
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/commands/exchange/peer_commands.h"
#include "services/cli/commands/exchange/peer_text.h"
#include "services/cli/screen/table.h"
#include "tanhui/v1/peers.grpc.pb.h"

namespace tanhui::cli {
namespace {

using PeersStub = v1::PeersService::Stub;

// POINTS/GRAMS/FEN.
std::optional<v1::CityRate> ParseRate(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  std::int64_t points = 0;
  std::int64_t grams = 0;
  std::int64_t fen = 0;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &points) ||
      !absl::SimpleAtoi(parts[1], &grams) || !absl::SimpleAtoi(parts[2], &fen)) {
    return std::nullopt;
  }
  v1::CityRate rate;
  rate.set_points(points);
  rate.set_grams(grams);
  rate.set_fen_per_thousand(fen);
  return rate;
}

CLI::Option* AddRate(CLI::App* command, const std::string& option,
                     const std::shared_ptr<v1::SignRatesRequest>& request,
                     v1::CityRate* (v1::PeerRates::*rate)(), const std::string& whose) {
  return command
      ->add_option_function<std::string>(
          option,
          [request, rate](const std::string& text) {
            *(request->mutable_rates()->*rate)() = *ParseRate(text);
          },
          absl::StrCat(whose,
                       " points: POINTS/GRAMS/FEN, so many points stand for so many grams, "
                       "and 1,000 that leave cost so many fen"))
      ->check(CLI::Validator(
          [](const std::string& text) {
            return ParseRate(text).has_value() ? std::string()
                                               : "is not POINTS/GRAMS/FEN, such as 2/20/100";
          },
          ""));
}

std::string SignedText(const v1::SignRatesResponse& answer) { return answer.note(); }

struct SignOptions {
  std::string text;  // file of the text, or of a note over it
  std::string out;
};

// Of a note what was signed: everything before the last empty line.
std::string TextOfNote(const std::string& note) {
  const std::size_t end = note.rfind("\n\n");
  return end == std::string::npos ? note : note.substr(0, end + 1);
}

void Sign(Session* session, const SignOptions& options, v1::SignRatesRequest* request) {
  if (!options.text.empty()) {
    const absl::StatusOr<std::string> text = ReadWholeFile(options.text);
    if (!text.ok()) {
      session->exit_code = ReportFault(text.status(), kUsage);
      return;
    }
    request->set_text(TextOfNote(*text));
  }
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  v1::SignRatesResponse answer;
  const grpc::Status status = connection->Call(&PeersStub::SignRates, *request, &answer);
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    return;
  }
  if (!options.out.empty()) {
    if (const absl::Status written = ReplaceFile(options.out, answer.note()); !written.ok()) {
      session->exit_code = ReportFault(written, kUsage);
      return;
    }
  }
  PrintAnswer<v1::SignRatesResponse>(*session, answer, SignedText);
}

void AddSign(CLI::App* peer, Session& session) {
  CLI::App* command =
      peer->add_subcommand("sign-rates", "Sign rates with this log's key; nothing is in force yet");
  command->footer(
      "The other city signs the same text: --text takes its file, with a signature or without. "
      "agree-rates takes both.\n"
      "Example:\n"
      "  tanhui peer sign-rates chengdu --rates-version 1 --from 2027-03-01 --ours 2/20/100 "
      "--theirs 3/20/200 --out ours.note\n"
      "  tanhui peer sign-rates chengdu --text theirs.note --out ours.note");
  const auto request = std::make_shared<v1::SignRatesRequest>();
  const auto options = std::make_shared<SignOptions>();
  AddPeer(command, request);
  CLI::Option* text = command->add_option("--text", options->text, "File of what is to be signed");
  CLI::Option* version = command->add_option_function<std::uint32_t>(
      "--rates-version",
      [request](std::uint32_t number) { request->mutable_rates()->set_version(number); },
      "The version after the last one, from 1");
  CLI::Option* from = command->add_option_function<std::string>(
      "--from",
      [request](const std::string& date) { request->mutable_rates()->set_first_date(date); },
      "First Shanghai date, YYYY-MM-DD; after today, the first version also today");
  CLI::Option* ours =
      AddRate(command, "--ours", request, &v1::PeerRates::mutable_ours, "This city's");
  CLI::Option* theirs =
      AddRate(command, "--theirs", request, &v1::PeerRates::mutable_theirs, "The other city's");
  for (CLI::Option* option : {version, from, ours, theirs}) {
    option->excludes(text);
  }
  version->needs(from)->needs(ours)->needs(theirs);
  command->add_option("--out", options->out, "File for the signed note");
  command->callback([&session, options, request] { Sign(&session, *options, request.get()); });
}

// What comes into force, and the note as the log has it, which can be shown to anybody.
std::string AgreedText(const v1::AgreeRatesResponse& answer) {
  FactList facts;
  facts.Add("rates", RatesText(answer.rates()));
  if (answer.entry_index() != 0) {
    facts.Add("entry index", std::to_string(answer.entry_index()));
    facts.Add("replayed", answer.replayed() ? "yes" : "no");
  }
  return absl::StrCat(facts.Text(), "\n", answer.note());
}

void Agree(Session* session, const std::vector<std::string>& files,
           v1::AgreeRatesRequest* request) {
  for (const std::string& file : files) {
    const absl::StatusOr<std::string> note = ReadWholeFile(file);
    if (!note.ok()) {
      session->exit_code = ReportFault(note.status(), kUsage);
      return;
    }
    request->add_notes(*note);
  }
  Stamp(request);
  Ask(session, &PeersStub::AgreeRates, *request, AgreedText);
}

void AddAgree(CLI::App* peer, Session& session) {
  CLI::App* command =
      peer->add_subcommand("agree-rates", "Put rates in force that both cities signed");
  command->footer(
      "Example:\n  tanhui peer agree-rates chengdu --note ours.note --note theirs.note");
  const auto request = std::make_shared<v1::AgreeRatesRequest>();
  const auto files = std::make_shared<std::vector<std::string>>();
  AddPeer(command, request);
  command
      ->add_option("--note", *files,
                   "File of a note with both signatures; or given twice, with one each")
      ->required();
  AddMutationOptions(command, request);
  command->callback([&session, files, request] { Agree(&session, *files, request.get()); });
}

}  // namespace

void AddRateCommands(CLI::App* peer, Session& session) {
  AddSign(peer, session);
  AddAgree(peer, session);
}

}  // namespace tanhui::cli
