// Keys and offline checks: nothing here talks to a server.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/signing/key.h"
#include "ledger/signing/signer.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/commands.h"
#include "services/cli/proven_file.h"

namespace tanhui::cli {
namespace {

struct KeygenOptions {
  std::string name;
  std::string out;
  std::string vkey_out;
};

absl::Status Keygen(const KeygenOptions& options) {
  const absl::StatusOr<std::string> seed = signing::GenerateEd25519Seed();
  if (!seed.ok()) {
    return seed.status();
  }
  const absl::StatusOr<std::string> secret = signing::FormatPrivateKey(options.name, *seed);
  if (!secret.ok()) {
    return secret.status();
  }
  const absl::StatusOr<signing::NamedSigner> signer = signing::ParsePrivateKey(*secret);
  if (!signer.ok()) {
    return signer.status();
  }
  absl::Status created = CreateFileDurably(options.out, *secret + "\n", 0600);
  if (!created.ok()) {
    return created;
  }
  const std::string vkey = signing::FormatVerifierKey(*signer);
  PrintOut(vkey + "\n");
  return options.vkey_out.empty() ? absl::OkStatus()
                                  : CreateFileDurably(options.vkey_out, vkey + "\n", 0644);
}

void AddKeygen(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("keygen", "Make a key for a log; prints its verifier key");
  command->footer(
      "Neither file may exist yet. Example:\n"
      "  tanhui keygen --name example.com/tanhui --out log.key --vkey-out log.vkey");
  const auto options = std::make_shared<KeygenOptions>();
  command->add_option("--name", options->name, "The log's origin, such as example.com/tanhui")
      ->required();
  command->add_option("--out", options->out, "File for the secret key; only its owner may read it")
      ->required();
  command->add_option("--vkey-out", options->vkey_out, "File for the verifier key as well");
  command->callback([&session, options] {
    const absl::Status done = Keygen(*options);
    if (!done.ok()) {
      session.exit_code = ReportFault(done, kUsage);
    }
  });
}

struct VerifyOptions {
  std::string file;
  std::vector<std::string> keys;
};

absl::StatusOr<ProvenFile> VerifyFile(const std::string& file,
                                      std::span<const signing::NamedVerifier> keys) {
  const absl::StatusOr<std::string> text = ReadWholeFile(file);
  if (!text.ok()) {
    return text.status();
  }
  return Prove(*text, keys);
}

void Verify(Session* session, const VerifyOptions& options) {
  std::vector<signing::NamedVerifier> keys;
  for (const std::string& key_or_file : options.keys) {
    absl::StatusOr<signing::NamedVerifier> key = ReadVerifierKey(key_or_file);
    if (!key.ok()) {
      PrintError(absl::StrCat("--key ", key_or_file, ": ", key.status().message()));
      session->exit_code = kUsage;
      return;
    }
    keys.push_back(*std::move(key));
  }
  const absl::StatusOr<ProvenFile> proven = VerifyFile(options.file, keys);
  if (!proven.ok()) {
    PrintError(absl::StrCat("NOT verified: ", options.file, ": ", proven.status().message()));
    if (session->json) {
      PrintOut(UnprovenJson(proven.status()));
    }
    session->exit_code = kRefused;
    return;
  }
  PrintOut(session->json ? ProvenJson(*proven) : ProvenText(*proven));
}

void AddVerify(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "verify", "Check a receipt or a checkpoint with the log's public key alone, offline");
  command->footer(
      "Get the verifier key from a place that you trust. Examples:\n"
      "  tanhui verify 42.tlog-proof --key log.vkey\n"
      "  tanhui verify log.checkpoint --key example.com/foo+530d903a+"
      "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
  const auto options = std::make_shared<VerifyOptions>();
  command->add_option("FILE", options->file, "A .tlog-proof or a signed checkpoint")->required();
  command
      ->add_option("--key", options->keys,
                   "The log's verifier key, or a file that holds it; may be given again")
      ->required()
      ->expected(1)
      ->take_all();
  command->callback([&session, options] { Verify(&session, *options); });
}

}  // namespace

void AddKeyCommands(CLI::App& app, Session& session) {
  AddKeygen(app, session);
  AddVerify(app, session);
}

}  // namespace tanhui::cli
