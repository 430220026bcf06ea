// `tanhui peer`: other cities, and what is exchanged with them.
#include "services/cli/commands/exchange/peer_commands.h"

#include "absl/strings/str_cat.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/commands.h"
#include "services/cli/commands/citizen_options.h"
#include "services/cli/commands/exchange/peer_text.h"
#include "tanhui/v1/peers.grpc.pb.h"

namespace tanhui::cli {
namespace {

using PeersStub = v1::PeersService::Stub;

// --- create ---

void Create(Session* session, const std::string& key_file, v1::CreatePeerRequest* request) {
  const absl::StatusOr<std::string> key = ReadWholeFile(key_file);
  if (!key.ok()) {
    session->exit_code = ReportFault(key.status(), kUsage);
    return;
  }
  const std::size_t end = key->find_last_not_of("\r\n");
  request->set_verifier_key(key->substr(0, end == std::string::npos ? 0 : end + 1));
  Mutate(session, &PeersStub::CreatePeer, request);
}

void AddCreate(CLI::App* peer, Session& session) {
  CLI::App* command =
      peer->add_subcommand("create", "Register another city's log, to exchange points with it");
  command->footer(
      "The city is a participant of kind city; the scheme is only for its points.\n"
      "Example:\n"
      "  tanhui participant create chengdu --name 成都 --kind city\n"
      "  tanhui scheme create chengdu-points --name 成都碳惠天府\n"
      "  tanhui peer create chengdu --key chengdu.vkey --asset points --scheme chengdu-points "
      "--peer-asset cd-points");
  const auto request = std::make_shared<v1::CreatePeerRequest>();
  const auto key = std::make_shared<std::string>();
  AddNameOption(
      command, "CITY", "participants",
      [request](const std::string& name) { request->set_participant(name); },
      "The participant's code")
      ->required();
  command->add_option("--key", *key, "File of the verifier key of its log")->required();
  AddNameOption(
      command, "--asset", "assets",
      [request](const std::string& name) { request->set_asset(name); },
      "The points here that are exchanged")
      ->required();
  AddNameOption(
      command, "--scheme", "schemes",
      [request](const std::string& name) { request->set_scheme(name); },
      "The scheme here that its points are of")
      ->required();
  command
      ->add_option_function<std::string>(
          "--peer-asset", [request](const std::string& code) { request->set_peer_asset(code); },
          "The code of its points in its own log")
      ->required();
  AddMutationOptions(command, request);
  command->callback([&session, key, request] { Create(&session, *key, request.get()); });
}

// --- terms ---

void AddSwitch(CLI::App* command, const std::shared_ptr<v1::ChangePeerRequest>& request,
               const std::string& option, void (v1::PeerTerms::*set)(bool),
               const std::string& description) {
  command->add_flag_callback(
      option, [request, set] { (request->mutable_terms()->*set)(true); }, description);
}

void AddNumber(CLI::App* command, const std::shared_ptr<v1::ChangePeerRequest>& request,
               const std::string& option, void (v1::PeerTerms::*set)(std::int64_t),
               const std::string& description) {
  command->add_option_function<std::int64_t>(
      option, [request, set](std::int64_t number) { (request->mutable_terms()->*set)(number); },
      description);
}

void AddChange(CLI::App* peer, Session& session) {
  constexpr std::uint32_t kMinutes = 60;
  CLI::App* command = peer->add_subcommand(
      "change", "Say what may be exchanged from a date on; what is not said is off");
  command->footer(
      "Example:\n  tanhui peer change chengdu --from 2027-03-01 --sends-points --takes-points "
      "--cap-fen 5000000 --month-points 2000");
  const auto request = std::make_shared<v1::ChangePeerRequest>();
  request->mutable_terms()->set_request_minutes(kMinutes);
  AddPeer(command, request);
  command
      ->add_option_function<std::string>(
          "--from",
          [request](const std::string& date) { request->mutable_terms()->set_first_date(date); },
          "First Shanghai date, YYYY-MM-DD")
      ->required();
  AddSwitch(command, request, "--sends-points", &v1::PeerTerms::set_sends_points,
            "Citizens here may send points");
  AddSwitch(command, request, "--takes-points", &v1::PeerTerms::set_takes_points,
            "Points of its citizens are taken");
  AddSwitch(command, request, "--sends-payments", &v1::PeerTerms::set_sends_payments,
            "Citizens here may pay at its merchants");
  AddSwitch(command, request, "--takes-payments", &v1::PeerTerms::set_takes_payments,
            "Its citizens may pay at merchants here");
  command->add_option_function<std::vector<std::string>>(
      "--act-scenario",
      [request](const std::vector<std::string>& codes) {
        request->mutable_terms()->mutable_act_scenarios()->Assign(codes.begin(), codes.end());
      },
      "A scenario whose acts there are recognised here; may be given again");
  AddNumber(command, request, "--cap-fen", &v1::PeerTerms::set_cap_fen,
            "The most fen that may be owed to it in net; default: only what was paid in advance");
  AddNumber(command, request, "--month-points", &v1::PeerTerms::set_citizen_month_points,
            "The most points that a citizen may send in a month; default: no limit");
  command->add_option_function<std::uint32_t>(
      "--request-minutes",
      [request](std::uint32_t minutes) { request->mutable_terms()->set_request_minutes(minutes); },
      "How long a request may wait; default 60");
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &PeersStub::ChangePeer, request.get()); });
}

// --- suspension ---

void AddSuspend(CLI::App* peer, Session& session) {
  CLI::App* command = peer->add_subcommand(
      "suspend", "Let nothing new leave for a city, or nothing new of it be taken, at once");
  command->footer(
      "Without --outgoing and --incoming both; with one of them the other direction is open. What "
      "was begun before goes on.\n"
      "Example:\n  tanhui peer suspend chengdu --incoming --reason fork --evidence 4711");
  const auto request = std::make_shared<v1::SuspendPeerRequest>();
  AddPeer(command, request);
  command->add_flag_callback(
      "--outgoing", [request] { request->set_outgoing(true); }, "Nothing new leaves");
  command->add_flag_callback(
      "--incoming", [request] { request->set_incoming(true); }, "Nothing new is taken");
  AddReason(command, request, "fork");
  command->add_option_function<std::uint64_t>(
      "--evidence", [request](std::uint64_t index) { request->set_evidence_entry_index(index); },
      "Index of the entry of the evidence");
  AddMutationOptions(command, request);
  command->callback([&session, request] {
    if (!request->outgoing() && !request->incoming()) {
      request->set_outgoing(true);
      request->set_incoming(true);
    }
    Mutate(&session, &PeersStub::SuspendPeer, request.get());
  });
}

void AddResume(CLI::App* peer, Session& session) {
  CLI::App* command =
      peer->add_subcommand("resume", "Let points leave and be taken again, as the terms say");
  command->footer("Example:\n  tanhui peer resume chengdu --reason looked_at");
  const auto request = std::make_shared<v1::SuspendPeerRequest>();
  AddPeer(command, request);
  AddReason(command, request, "looked_at");
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &PeersStub::SuspendPeer, request.get()); });
}

// --- prepayment ---

void AddPrepay(CLI::App* peer, Session& session) {
  CLI::App* command = peer->add_subcommand(
      "prepay", "Record money that was paid to a city in advance, or came back (备付)");
  command->footer(
      "Example:\n  tanhui peer prepay chengdu --fen 500000 --bank-reference B20270301-7\n"
      "  tanhui peer prepay chengdu --fen=-200000 --bank-reference B20270401-2");
  const auto request = std::make_shared<v1::PrepayPeerRequest>();
  AddPeer(command, request);
  command
      ->add_option_function<std::int64_t>(
          "--fen", [request](std::int64_t fen) { request->set_fen(fen); },
          "Fen; below 0: they came back")
      ->required();
  command
      ->add_option_function<std::string>(
          "--bank-reference",
          [request](const std::string& text) { request->set_bank_reference(text); },
          "The bank's reference; it stands in the log")
      ->required();
  AddMutationOptions(command, request);
  command->callback(
      [&session, request] { Mutate(&session, &PeersStub::PrepayPeer, request.get()); });
}

// --- reading ---

void AddShow(CLI::App* peer, Session& session) {
  CLI::App* command = peer->add_subcommand("show", "Show a city, and what is owed");
  command->footer("Example:\n  tanhui peer show chengdu");
  const auto request = std::make_shared<v1::GetPeerRequest>();
  AddPeer(command, request);
  command->callback([&session, request] {
    Ask(&session, &PeersStub::GetPeer, *request, [](const v1::GetPeerResponse& answer) {
      return absl::StrCat(PeerText(answer.peer()), "as of entry ", answer.as_of_index(), "\n");
    });
  });
}

void AddList(CLI::App* peer, Session& session) {
  CLI::App* command =
      peer->add_subcommand("list", "List other cities in order of their registration");
  command->footer("Example:\n  tanhui peer list");
  const auto request = std::make_shared<v1::ListPeersRequest>();
  AddPage(command, request);
  command->callback(
      [&session, request] { Ask(&session, &PeersStub::ListPeers, *request, PeersText); });
}

}  // namespace

void AddPeerCommands(CLI::App& app, Session& session) {
  CLI::App* peer = app.add_subcommand("peer", "Other cities to exchange points with (互认城市)");
  peer->require_subcommand(1);
  AddCreate(peer, session);
  AddChange(peer, session);
  AddSuspend(peer, session);
  AddResume(peer, session);
  AddPrepay(peer, session);
  AddRateCommands(peer, session);
  AddShow(peer, session);
  AddList(peer, session);
}

}  // namespace tanhui::cli
