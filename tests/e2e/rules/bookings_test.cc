// Booked, then weighed: a booking uses up its evidence and moves nothing; its weighing earns.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/e2e/rules/more_rules.h"

namespace tanhui::e2e {
namespace {

class BookingsTest : public MoreRulesTest {
 protected:
  // Five kilogrammes of paper by the order of that number.
  v1::AwardRequest BookingOf(const std::string& id, const std::string& order) const {
    return ChengduActOf(id,
                        "scenario: 'pickup' unit: UNIT_GRAM quantity: 5000 material: 'paper' "
                        "weighing: WEIGHING_BOOKED" +
                            RecordText(order));
  }
  static v1::AwardRequest WeighingOf(const std::string& id, const v1::AwardRequest& booking,
                                     std::uint64_t booked, std::uint64_t grams) {
    v1::AwardRequest request = booking;
    request.set_request_id(id);
    request.mutable_act()->clear_evidence();
    request.mutable_act()->set_quantity(grams);
    request.mutable_act()->set_weighing(v1::WEIGHING_WEIGHED);
    request.mutable_act()->set_booking_entry_index(booked);
    return request;
  }
};

TEST_F(BookingsTest, TheWeighingConfirms) {
  const v1::AwardRequest order = BookingOf("b", "order 1");
  const auto booked = ExpectDoneOnce(&PointsStub::Award, order);
  EXPECT_EQ(booked.expected_points(), 25);
  EXPECT_EQ(booked.points(), 0);
  EXPECT_EQ(booked.balance(), 500);
  EXPECT_TRUE(HistoryOf(citizen_).size() == 1) << "nothing moved";
  EXPECT_EQ(Refuse(BookingOf("again", "ORDER 1")).reason, "ALREADY_CLAIMED");
  const auto weighed =
      ExpectDoneOnce(&PointsStub::Award, WeighingOf("w", order, booked.entry_index(), 5'000));
  EXPECT_EQ(weighed.points(), 25);
  EXPECT_EQ(weighed.balance(), 525);
  EXPECT_EQ(weighed.expected_points(), 0);
}

TEST_F(BookingsTest, TheWeighingCorrects) {
  const v1::AwardRequest order = BookingOf("b", "order 1");
  const std::uint64_t booked = Take(order).entry_index();
  const auto less = Take(WeighingOf("w", order, booked, 3'300));
  EXPECT_EQ(less.points(), 16);  // 16.5, of which half a point is carried
  const v1::AwardRequest other = BookingOf("b2", "order 2");
  const auto more = Take(WeighingOf("w2", other, Take(other).entry_index(), 7'100));
  EXPECT_EQ(more.points(), 36) << "35.5 and the half";
  EXPECT_EQ(BalanceOf(client(), citizen_), 552);
}

// Whoever lost the answer to the booking knows its request id.
TEST_F(BookingsTest, ByTheRequestOfTheBooking) {
  const v1::AwardRequest order = BookingOf("b", "order 1");
  v1::AwardRequest weighing = WeighingOf("w", order, 0, 5'000);
  v1::Act& act = *weighing.mutable_act();
  EXPECT_EQ(Refuse(weighing).metadata.at("field"), "act.booking_entry_index");
  act.set_booking_request_id("b");
  const Refused unknown = Refuse(weighing);
  EXPECT_EQ(unknown.reason, "UNKNOWN_ENTRY");
  EXPECT_EQ(unknown.metadata.at("field"), "act.booking_request_id");
  const std::uint64_t booked = Take(order).entry_index();
  act.set_booking_entry_index(booked);
  EXPECT_EQ(Refuse(weighing).reason, "FIELD_INVALID") << "one of the two";
  act.clear_booking_entry_index();
  v1::AwardRequest own = weighing;
  own.mutable_act()->set_booking_request_id("w");
  EXPECT_EQ(Refuse(own).reason, "FIELD_INVALID");
  v1::AwardRequest booking = order;
  booking.set_request_id("b2");
  booking.mutable_act()->set_booking_request_id("b");
  EXPECT_EQ(Refuse(booking).metadata.at("field"), "act.booking_request_id");
  const auto weighed = Take(weighing);
  EXPECT_EQ(weighed.points(), 25);
  EXPECT_EQ(weighed.balance(), 525);
  EXPECT_FALSE(weighed.replayed());
  EXPECT_TRUE(Take(weighing).replayed());
  // The same request, however it names the booking; and nobody else's.
  EXPECT_EQ(RefusedOf(client().Call(&PointsStub::Award, weighing).status).reason, "UNKNOWN_ENTRY");
  const auto by_index = Take(WeighingOf("w", order, booked, 5'000));
  EXPECT_TRUE(by_index.replayed());
  EXPECT_EQ(Refuse(WeighingOf("w2", order, booked, 5'000)).reason, "BOOKING_RESOLVED");
}

TEST_F(BookingsTest, OnceOnly) {
  const v1::AwardRequest order = BookingOf("b", "order 1");
  const std::uint64_t booked = Take(order).entry_index();
  const std::uint64_t weighed = Take(WeighingOf("w", order, booked, 5'000)).entry_index();
  const Refused again = Refuse(WeighingOf("w2", order, booked, 5'000));
  EXPECT_EQ(again.reason, "BOOKING_RESOLVED");
  EXPECT_EQ(again.metadata.at("field"), "act.booking_entry_index");
  // Neither of the two is cancelled any more; the weighing is reversed.
  for (const char* target : {"b", "w"}) {
    EXPECT_EQ(A().Call(&RequestsStub::CancelRequest, CancelOf(absl::StrCat("c ", target), target))
                  .reason(),
              "NOT_CANCELLABLE");
  }
  EXPECT_EQ(Do(&PointsStub::Reverse, absl::StrCat("request_id: 'v' quantity: 5000 reason: 'no' "
                                                  "entry_index: ",
                                                  weighed))
                .points(),
            25);
  EXPECT_EQ(BalanceOf(client(), citizen_), 500);
  EXPECT_EQ(Refuse(WeighingOf("w3", order, booked, 5'000)).reason, "BOOKING_RESOLVED");
}

TEST_F(BookingsTest, OnlyOfItsOwnBooking) {
  const v1::AwardRequest order = BookingOf("b", "order 1");
  const std::uint64_t booked = Take(order).entry_index();
  const v1::AwardRequest good = WeighingOf("w", order, booked, 5'000);
  EXPECT_EQ(B().Call(&PointsStub::Award, good).reason(), "UNKNOWN_ENTRY");
  const auto expect = [&](auto change, const char* reason, const char* condition) {
    v1::AwardRequest request = good;
    change(request);
    const Refused refused = Refuse(request);
    EXPECT_EQ(refused.reason, reason) << request.ShortDebugString();
    if (*condition != 0) {
      EXPECT_EQ(refused.metadata.at("condition"), condition) << request.ShortDebugString();
    }
  };
  using Request = v1::AwardRequest&;
  expect([&](Request r) { r.set_account(other_); }, "CONDITION_NOT_MET", "booking");
  expect([](Request r) { r.mutable_act()->set_material("plastic"); }, "CONDITION_NOT_MET",
         "booking");
  expect([](Request r) { r = DaysAgo(r, 1); }, "CONDITION_NOT_MET", "booking");
  expect([](Request r) { r.mutable_act()->set_booking_entry_index(0); }, "FIELD_REQUIRED", "");
  expect([](Request r) { r.mutable_act()->set_weighing(v1::WEIGHING_BOOKED); }, "FIELD_INVALID",
         "");
  expect([](Request r) { r.mutable_act()->set_weighing(v1::WEIGHING_UNSPECIFIED); },
         "FIELD_INVALID", "");
  expect(
      [](Request r) {
        r.mutable_act()->set_weighing(v1::WEIGHING_UNSPECIFIED);
        r.mutable_act()->set_booking_entry_index(0);
      },
      "CONDITION_NOT_MET", "weighed");
  expect([](Request r) { r.mutable_act()->set_booking_entry_index(1); }, "UNKNOWN_ENTRY", "");
  expect([](Request r) { r.mutable_act()->set_booking_entry_index(1'000'000); }, "UNKNOWN_ENTRY",
         "");
  expect([](Request r) { r.mutable_act()->set_quantity(100'001); }, "QUANTITY_OUT_OF_RANGE", "");
  EXPECT_EQ(Take(good).points(), 25);
}

TEST_F(BookingsTest, ACancelledBookingGivesItsEvidenceBack) {
  const v1::AwardRequest order = BookingOf("b", "order 1");
  const std::uint64_t booked = Take(order).entry_index();
  ASSERT_TRUE(A().Call(&RequestsStub::CancelRequest, CancelOf("c", "b")).ok());
  EXPECT_EQ(Refuse(WeighingOf("w", order, booked, 5'000)).reason, "BOOKING_RESOLVED");
  EXPECT_EQ(Take(BookingOf("b2", "order 1")).expected_points(), 25);
}

// A booking comes within the days of its set; what it earns is of its own date.
TEST_F(BookingsTest, LateOnes) {
  const Refused late = Refuse(DaysAgo(BookingOf("b", "order 1"), 51));
  EXPECT_EQ(late.reason, "ACT_TOO_LATE");
  EXPECT_EQ(late.metadata.at("days"), "50");
  EXPECT_EQ(late.metadata.at("age"), "51");
  const v1::AwardRequest old = DaysAgo(BookingOf("b2", "order 1"), 50);
  const auto weighed = Take(WeighingOf("w", old, Take(old).entry_index(), 4'000));
  EXPECT_EQ(weighed.points(), 20);
  EXPECT_EQ(EntryAt(weighed.entry_index()).business_date(),
            EntryAt(weighed.entry_index() - 1).business_date());
}

}  // namespace
}  // namespace tanhui::e2e
