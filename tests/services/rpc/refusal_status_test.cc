#include "services/rpc/refusal_status.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "services/rpc/refusal_text.h"

namespace tanhui::rpc {
namespace {

using grpc::StatusCode;

struct Details {
  google::rpc::ErrorInfo info;
  google::rpc::LocalizedMessage localized;
  google::rpc::RetryInfo retry;
  int count = 0;
};

Details DetailsOf(const google::rpc::Status& status) {
  Details out;
  for (const auto& detail : status.details()) {
    EXPECT_TRUE(detail.UnpackTo(&out.info) || detail.UnpackTo(&out.localized) ||
                detail.UnpackTo(&out.retry));
    ++out.count;
  }
  return out;
}

TEST(RefusalStatusTest, EveryClassHasItsCode) {
  const std::map<RefusalClass, StatusCode> codes = {
      {RefusalClass::kInvalid, StatusCode::INVALID_ARGUMENT},
      {RefusalClass::kUnauthenticated, StatusCode::UNAUTHENTICATED},
      {RefusalClass::kDenied, StatusCode::PERMISSION_DENIED},
      {RefusalClass::kNotFound, StatusCode::NOT_FOUND},
      {RefusalClass::kExists, StatusCode::ALREADY_EXISTS},
      {RefusalClass::kPrecondition, StatusCode::FAILED_PRECONDITION},
      {RefusalClass::kExhausted, StatusCode::RESOURCE_EXHAUSTED},
      {RefusalClass::kUnavailable, StatusCode::UNAVAILABLE},
      {RefusalClass::kDeadline, StatusCode::DEADLINE_EXCEEDED},
  };
  for (const ReasonRow& row : AllReasons()) {
    const auto status = ToRpcStatus(Refusal(row.reason), Language::kChinese);
    EXPECT_EQ(status.code(), codes.at(row.kind)) << row.name;
    EXPECT_EQ(DetailsOf(status).info.reason(), row.name);
    EXPECT_EQ(DetailsOf(status).info.domain(), "tanhui");
    EXPECT_TRUE(DetailsOf(status).info.metadata().empty());
  }
}

// A retry helps exactly where the condition is the server's and passes.
TEST(RefusalStatusTest, RetryInfoWhereARetryHelps) {
  const std::set<Reason> helps = {Reason::kShuttingDown,      Reason::kDeadlineExceeded,
                                  Reason::kQueueFull,         Reason::kWritesStoppedClock,
                                  Reason::kWritesStoppedDisk, Reason::kNotYetUnderCheckpoint,
                                  Reason::kTooManyWrongCodes};
  for (const ReasonRow& row : AllReasons()) {
    const Details details = DetailsOf(ToRpcStatus(Refusal(row.reason), Language::kEnglish));
    const auto& delay = details.retry.retry_delay();
    EXPECT_EQ(delay.seconds() > 0 || delay.nanos() > 0, helps.contains(row.reason)) << row.name;
    EXPECT_EQ(details.count, helps.contains(row.reason) ? 3 : 2) << row.name;
  }
}

TEST(RefusalStatusTest, FieldAndFactsAreForProgramsOnly) {
  const std::string secret = "accounts/0123456789abcdef0123456789abcdef";
  for (const ReasonRow& row : AllReasons()) {
    for (const Language language : {Language::kChinese, Language::kEnglish}) {
      const Refusal refusal =
          Refusal(row.reason, "points").With("needed", 41).With("account", secret);
      const Details details = DetailsOf(ToRpcStatus(refusal, language));
      EXPECT_EQ(details.info.metadata().at("field"), "points");
      EXPECT_EQ(details.info.metadata().at("needed"), "41");
      EXPECT_EQ(details.info.metadata().at("account"), secret);
      const std::string& text = details.localized.message();
      EXPECT_FALSE(text.empty());
      EXPECT_EQ(text.find_first_of("0123456789"), std::string::npos) << text;
      EXPECT_EQ(text.find("points:"), std::string::npos) << text;
      EXPECT_EQ(text, TillText(row.reason, language));
    }
  }
}

TEST(RefusalStatusTest, TextsAreInTheLanguage) {
  for (const ReasonRow& row : AllReasons()) {
    const std::string chinese(TillText(row.reason, Language::kChinese));
    const std::string english(TillText(row.reason, Language::kEnglish));
    const auto wide = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
    EXPECT_TRUE(std::any_of(chinese.begin(), chinese.end(), wide)) << row.name;
    EXPECT_TRUE(std::none_of(english.begin(), english.end(), wide)) << row.name;
    EXPECT_LE(chinese.size(), 60U) << "too long for a till's screen: " << chinese;
    EXPECT_LE(english.size(), 60U) << "too long for a till's screen: " << english;
    EXPECT_EQ(DetailsOf(ToRpcStatus(Refusal(row.reason), Language::kChinese)).localized.locale(),
              "zh-CN");
    EXPECT_EQ(DetailsOf(ToRpcStatus(Refusal(row.reason), Language::kEnglish)).localized.locale(),
              "en");
  }
}

TEST(RefusalStatusTest, TheGrpcStatusCarriesTheSame) {
  const Refusal refusal = Refusal(Reason::kInsufficientBalance, "points").With("available", 3);
  const grpc::Status status = ToGrpcStatus(refusal, Language::kEnglish);
  EXPECT_EQ(status.error_code(), StatusCode::FAILED_PRECONDITION);
  google::rpc::Status inner;
  ASSERT_TRUE(inner.ParseFromString(status.error_details()));
  EXPECT_EQ(inner.code(), status.error_code());
  EXPECT_EQ(DetailsOf(inner).info.reason(), "INSUFFICIENT_BALANCE");
  EXPECT_EQ(DetailsOf(inner).info.metadata().at("available"), "3");
  EXPECT_EQ(DetailsOf(inner).localized.locale(), "en");
  EXPECT_EQ(inner.message(), status.error_message());
  EXPECT_NE(status.error_message().find("available: 3"), std::string::npos);
}

// What a failing disk says may name paths: it stays in the server's log.
TEST(RefusalStatusTest, FailuresOfTheWorldSayNothingOfTheServer) {
  const grpc::Status status = Unavailable(absl::DataLossError("/secret/path is damaged"));
  EXPECT_EQ(status.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(status.error_message().find("secret"), std::string::npos);
}

}  // namespace
}  // namespace tanhui::rpc
