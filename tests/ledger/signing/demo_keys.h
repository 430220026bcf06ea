// Keys that everybody knows, for tests.
#ifndef TANHUI_TESTS_LEDGER_SIGNING_DEMO_KEYS_H_
#define TANHUI_TESTS_LEDGER_SIGNING_DEMO_KEYS_H_

#include <string>
#include <string_view>
#include <utility>

#include "ledger/core/check.h"
#include "ledger/signing/key.h"
#include "ledger/signing/signer.h"

namespace tanhui::signing {

inline constexpr std::string_view kDemoName = "tanhui.example/demo";

// 00 01 02 .. 1f, plus `first` on the first byte.
inline std::string DemoSeed(int first = 0) {
  std::string seed;
  for (int i = 0; i < 32; ++i) {
    seed.push_back(static_cast<char>(i));
  }
  seed[0] = static_cast<char>(first);
  return seed;
}

inline NamedSigner DemoSigner(std::string_view name = kDemoName, int first = 0) {
  auto signer = NewEd25519Signer(DemoSeed(first));
  Check(signer.ok(), "the demo seed is a key");
  auto named = NamedSigner::Create(std::string(name), *std::move(signer));
  Check(named.ok(), "the demo name is a name");
  return *std::move(named);
}

inline NamedVerifier VerifierOf(const NamedSigner& signer) {
  auto verifier = NewEd25519Verifier(signer.signer().public_key());
  Check(verifier.ok(), "the demo key is a key");
  auto named = NamedVerifier::Create(signer.name(), *std::move(verifier));
  Check(named.ok(), "the demo name is a name");
  return *std::move(named);
}

}  // namespace tanhui::signing

#endif  // TANHUI_TESTS_LEDGER_SIGNING_DEMO_KEYS_H_
