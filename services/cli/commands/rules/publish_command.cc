// `tanhui rules sign` and `publish`: a document, signed by its publisher, into the log.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/merkle/hash.h"
#include "ledger/signing/document_note.h"
#include "ledger/signing/key.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/commands/rules/document_file.h"
#include "services/cli/commands/rules/published_document.h"
#include "services/cli/commands/rules/rules_commands.h"
#include "tanhui/v1/rules.grpc.pb.h"

namespace tanhui::cli {
namespace {

using RulesStub = v1::RulesService::Stub;

struct SignOptions {
  std::string file;
  std::string key;   // file of the secret key
  std::string note;  // publish: file to read; sign: file to write
};

absl::StatusOr<std::string> SignFile(const DocumentFile& file, const std::string& key_file) {
  const absl::StatusOr<std::string> secret = ReadWholeFile(key_file);
  if (!secret.ok()) {
    return secret.status();
  }
  const absl::StatusOr<signing::NamedSigner> signer = signing::ParsePrivateKey(*secret);
  if (!signer.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(key_file, ": ", signer.status().message()));
  }
  const DocumentHead head = DocumentHeadOf(*file.message);
  const signing::DocumentTitle title = {std::string(DocumentKindName(file.kind)), head.code,
                                        head.version, head.first_date, merkle::Sha256(file.bytes)};
  return signing::SignDocumentNote(title, *signer);
}

// Checked by itself, so that nobody signs what the ledger refuses.
absl::StatusOr<DocumentFile> LoadChecked(entry::v1::DocumentKind kind, const std::string& path) {
  absl::StatusOr<DocumentFile> file = LoadDocument(kind, path);
  if (file.ok()) {
    if (absl::Status right = CheckDocument(*file, rules::Rulebook()); !right.ok()) {
      return right;
    }
  }
  return file;
}

void Publish(Session* session, entry::v1::DocumentKind kind, const SignOptions& options,
             v1::PublishDocumentRequest* request) {
  const absl::StatusOr<DocumentFile> file = LoadChecked(kind, options.file);
  if (!file.ok()) {
    session->exit_code = ReportFault(file.status(), kRefused);
    return;
  }
  const absl::StatusOr<std::string> note =
      options.note.empty() ? SignFile(*file, options.key) : ReadWholeFile(options.note);
  if (!note.ok()) {
    session->exit_code = ReportFault(note.status(), kUsage);
    return;
  }
  request->set_kind(ApiKind(kind));
  request->set_document(file->bytes);
  request->set_note(*note);
  Mutate(session, &RulesStub::PublishDocument, request);
}

void Sign(Session* session, entry::v1::DocumentKind kind, const SignOptions& options) {
  const absl::StatusOr<DocumentFile> file = LoadChecked(kind, options.file);
  if (!file.ok()) {
    session->exit_code = ReportFault(file.status(), kRefused);
    return;
  }
  const absl::StatusOr<std::string> note = SignFile(*file, options.key);
  if (!note.ok()) {
    session->exit_code = ReportFault(note.status(), kUsage);
    return;
  }
  if (options.note.empty()) {
    return PrintOut(*note);
  }
  if (const absl::Status written = ReplaceFile(options.note, *note); !written.ok()) {
    session->exit_code = ReportFault(written, kUsage);
  }
}

}  // namespace

void AddPublish(CLI::App* group, const std::shared_ptr<entry::v1::DocumentKind>& kind,
                bool kind_is_fixed, Session& session) {
  CLI::App* command =
      group->add_subcommand("publish", "Put a document in force from its first date on");
  command->footer(absl::StrCat(
      "The key is the one that `tanhui rules key` set for you. Look first: --dry-run.\nExample:\n"
      "  tanhui ",
      group->get_name(), " publish FILE.yaml --key publisher.key"));
  const auto options = std::make_shared<SignOptions>();
  const auto request = std::make_shared<v1::PublishDocumentRequest>();
  command->add_option("FILE", options->file, "YAML, or .textproto, or .pb")->required();
  CLI::Option_group* signer = command->add_option_group("signature", "Who signs; one of");
  signer->add_option("--key", options->key, "File of your secret key");
  signer->add_option("--note", options->note, "Signed note that `tanhui rules sign` wrote");
  signer->require_option(1);
  if (!kind_is_fixed) {
    AddKindOption(command, kind);
  }
  AddMutationOptions(command, request);
  command->callback(
      [&session, kind, options, request] { Publish(&session, *kind, *options, request.get()); });
}

void AddRulesSign(CLI::App* rules, Session& session) {
  CLI::App* command = rules->add_subcommand(
      "sign", "Sign a document for somebody else to publish; needs no server");
  command->footer("Example:\n  tanhui rules sign next.yaml --key publisher.key --note next.note");
  const auto kind = std::make_shared<entry::v1::DocumentKind>(entry::v1::DOCUMENT_KIND_RULE_SET);
  const auto options = std::make_shared<SignOptions>();
  command->add_option("FILE", options->file, "YAML, or .textproto, or .pb")->required();
  command->add_option("--key", options->key, "File of your secret key")->required();
  command->add_option("--note", options->note, "File for the signed note; default: the screen");
  AddKindOption(command, kind);
  command->callback([&session, kind, options] { Sign(&session, *kind, *options); });
}

}  // namespace tanhui::cli
