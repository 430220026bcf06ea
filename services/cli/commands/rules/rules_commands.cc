// `tanhui rules`: documents that say what acts earn, and the switches of scenarios.
#include "services/cli/commands/rules/rules_commands.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/cli/commands.h"
#include "services/cli/commands/citizen_options.h"
#include "services/cli/commands/rules/document_file.h"
#include "services/cli/commands/rules/published_document.h"
#include "services/cli/proven_file.h"
#include "tanhui/v1/rules.grpc.pb.h"

namespace tanhui::cli {
namespace {

using RulesStub = v1::RulesService::Stub;

struct ShowOptions {
  std::string code;
  std::uint32_t version = 0;
  std::string out;
};

std::shared_ptr<entry::v1::DocumentKind> RuleSetKind() {
  return std::make_shared<entry::v1::DocumentKind>(entry::v1::DOCUMENT_KIND_RULE_SET);
}

std::string DocumentsText(const v1::ListDocumentsResponse& page) {
  Table table({"name", "first date", ">entry", ">parts", ">bytes"});
  for (const v1::Document& document : page.documents()) {
    table.Add({document.name(), document.first_date(), std::to_string(document.entry_index()),
               std::to_string(document.parts()), Grouped(document.size_bytes())});
  }
  return (table.empty() ? "none\n" : table.Text()) + NextPage(page.next_page_token());
}

void AddList(CLI::App* rules, Session& session) {
  CLI::App* command = rules->add_subcommand("list", "List documents of all kinds, oldest first");
  command->footer("Example:\n  tanhui rules list --kind rule_set");
  const auto request = std::make_shared<v1::ListDocumentsRequest>();
  const auto kind = std::make_shared<entry::v1::DocumentKind>(entry::v1::DOCUMENT_KIND_UNSPECIFIED);
  AddKindOption(command, kind);
  command->get_option("--kind")->description(
      "rule_set, catalogue, station_table, material_table or account_codes; default: all");
  command->add_option_function<std::string>(
      "--code", [request](const std::string& code) { request->set_code(code); },
      "Only versions of this code");
  AddPage(command, request);
  command->callback([&session, request, kind] {
    request->set_kind(ApiKind(*kind));
    Ask(&session, &RulesStub::ListDocuments, *request, DocumentsText);
  });
}

void Show(Session* session, entry::v1::DocumentKind kind, const ShowOptions& options) {
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  grpc::Status status;
  const auto found = FetchDocument(*connection, kind, options.code, options.version, &status);
  if (!found) {
    session->exit_code = status.ok() ? ReportFault(absl::NotFoundError(absl::StrCat(
                                                       "no ", std::string(DocumentKindName(kind)),
                                                       " ", options.code, " was published")),
                                                   kRefused)
                                     : ReportFailure(*session, status);
    return;
  }
  if (!options.out.empty()) {
    const auto document = NewDocument(kind);
    absl::Status done = ReadDocumentBytes(found->content(), document.get());
    if (done.ok()) {
      done = SaveDocument(options.out, *document);
    }
    if (!done.ok()) {
      session->exit_code = ReportFault(done, kUsage);
      return;
    }
  }
  PrintAnswer(*session, *found, [](const v1::GetDocumentResponse& response) {
    v1::GetDocumentResponse shown = response;
    shown.clear_content();  // bytes for programs; --out has them for people
    const std::string note = shown.note();
    shown.clear_note();
    return absl::StrCat(AnswerText(shown), "\n", note);
  });
}

void AddShow(CLI::App* rules, Session& session) {
  CLI::App* command =
      rules->add_subcommand("show", "Show a document, its signed note, and save it as YAML");
  command->footer("Example:\n  tanhui rules show chongqing --out chongqing.yaml");
  const auto kind = RuleSetKind();
  const auto options = std::make_shared<ShowOptions>();
  command->add_option("CODE", options->code, "Its code")->required();
  command->add_option("--version", options->version, "Default: the newest");
  command->add_option("--out", options->out, "Write it to this file: YAML, or its bytes for .pb");
  AddKindOption(command, kind);
  command->callback([&session, kind, options] { Show(&session, *kind, *options); });
}

template <typename Request, typename Response>
void AddSwitch(CLI::App* rules, Session& session, const std::string& name,
               const std::string& description, const std::string& reason,
               grpc::Status (RulesStub::*method)(grpc::ClientContext*, const Request&, Response*)) {
  CLI::App* command = rules->add_subcommand(name, description);
  command->footer(
      absl::StrCat("Example:\n  tanhui rules ", name, " chongqing metro_ride --reason ", reason));
  const auto request = std::make_shared<Request>();
  AddNameOption(
      command, "RULE_SET", "ruleSets",
      [request](const std::string& set) { request->set_rule_set(set); }, "Code of the rule set")
      ->required();
  command
      ->add_option_function<std::string>(
          "SCENARIO", [request](const std::string& text) { request->set_scenario(text); },
          "The scenario, such as metro_ride")
      ->required();
  AddReason(command, request, reason);
  AddMutationOptions(command, request);
  command->callback([&session, request, method] { Mutate(&session, method, request.get()); });
}

void AddKey(CLI::App* rules, Session& session) {
  CLI::App* command = rules->add_subcommand(
      "key", "Set the key with which a participant signs documents; see tanhui keygen");
  command->footer("Example:\n  tanhui rules key my-city --vkey publisher.vkey");
  const auto request = std::make_shared<v1::SetPublisherKeyRequest>();
  const auto vkey = std::make_shared<std::string>();
  AddNameOption(
      command, "PARTICIPANT", "participants",
      [request](const std::string& name) { request->set_participant(name); }, "Whose key")
      ->required();
  command->add_option("--vkey", *vkey, "The verifier key, or a file that holds it")->required();
  AddMutationOptions(command, request);
  command->callback([&session, request, vkey] {
    const absl::StatusOr<signing::NamedVerifier> key = ReadVerifierKey(*vkey);
    if (!key.ok()) {
      PrintError(absl::StrCat("--vkey ", *vkey, ": ", key.status().message()));
      session.exit_code = kUsage;
      return;
    }
    request->set_verifier_key(signing::FormatVerifierKey(*key));
    Mutate(&session, &RulesStub::SetPublisherKey, request.get());
  });
}

}  // namespace

void AddRulesCommands(CLI::App& app, Session& session) {
  CLI::App* rules =
      app.add_subcommand("rules", "Documents that say what acts earn, and switches of scenarios");
  rules->require_subcommand(1);
  AddRulesCheck(app, rules, session);
  AddRulesSign(rules, session);
  AddPublish(rules, RuleSetKind(), /*kind_is_fixed=*/false, session);
  AddList(rules, session);
  AddShow(rules, session);
  AddSwitch(rules, session, "suspend", "Let a scenario earn nothing from now on", "fraud_wave",
            &RulesStub::SuspendScenario);
  AddSwitch(rules, session, "reopen", "Let a suspended scenario earn again", "checked",
            &RulesStub::ReopenScenario);
  AddKey(rules, session);
  AddReplayCommand(rules, session);
}

}  // namespace tanhui::cli
