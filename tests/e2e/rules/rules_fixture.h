// A server with rules in force: one small signed rule set, a catalogue and a table of stations.
#ifndef TANHUI_TESTS_E2E_RULES_RULES_FIXTURE_H_
#define TANHUI_TESTS_E2E_RULES_RULES_FIXTURE_H_

#include <google/protobuf/message.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ledger/signing/key.h"
#include "tests/e2e/api_fixture.h"

namespace tanhui::e2e {

// Set chongqing in district 500103, one point for ten grams:
// metro_ride: 100 g a kilometre between stations, one piece of evidence, 2,500 points a day at
// most; walk: 1,000 steps are 50 g, 20,000 steps a day at most, cut; recycling: by material,
// plastic 20 g and paper 10 g an item; appliance: 500 points an item of catalogue green, a serial
// number.
class RulesTest : public ApiTest {
 protected:
  // With further lines of the server's configuration, and further callers.
  explicit RulesTest(const std::string& more_toml = "",
                     const std::vector<TokenCaller>& more_callers = {});
  void SetUp() override;

  Client A() const { return client().WithToken("token of a"); }
  Client B() const { return client().WithToken("token of b"); }

  // Publishes as the operator; `bytes` are of a document of the kind.
  Answer<v1::PublishDocumentResponse> Publish(const std::string& id, v1::DocumentKind kind,
                                              const google::protobuf::Message& document) const;
  // A request with a good note over the document.
  v1::PublishDocumentRequest PublicationOf(const std::string& id, v1::DocumentKind kind,
                                           const google::protobuf::Message& document) const;

  // An award to the citizen for an act of a minute ago, from text of Act.
  v1::AwardRequest ActOf(const std::string& id, const std::string& act) const;
  // A ride of 7.3 km with the evidence of that subject.
  v1::AwardRequest RideOf(const std::string& id, const std::string& subject) const;

  static std::string RuleSetText(std::uint32_t version, const std::string& first_date);

  std::unique_ptr<signing::NamedSigner> publisher_;
  google::protobuf::Timestamp act_time_;
};

}  // namespace tanhui::e2e

#endif  // TANHUI_TESTS_E2E_RULES_RULES_FIXTURE_H_
