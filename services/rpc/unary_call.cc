#include "services/rpc/unary_call.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/proto_buffer_writer.h>

#include <string>
#include <string_view>
#include <vector>

#include "ledger/core/check.h"
#include "ledger/signing/encoding.h"

namespace tanhui::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

constexpr int kMaxDepth = 8;

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    if (!signing::TakeCodePoint(text).has_value()) {
      return false;
    }
  }
  return true;
}

// The path of the first text field whose bytes are no UTF-8; empty when there is none.
std::string FindBadText(const Descriptor& type, std::string_view bytes, int depth) {
  UnknownFieldSet fields;
  if (depth > kMaxDepth || !fields.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return {};
  }
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& unknown = fields.field(i);
    const FieldDescriptor* field = type.FindFieldByNumber(unknown.number());
    if (field == nullptr || unknown.type() != UnknownField::TYPE_LENGTH_DELIMITED) {
      continue;
    }
    if (field->type() == FieldDescriptor::TYPE_STRING && !IsUtf8(unknown.length_delimited())) {
      return field->name();
    }
    if (field->type() == FieldDescriptor::TYPE_MESSAGE) {
      const std::string inner =
          FindBadText(*field->message_type(), unknown.length_delimited(), depth + 1);
      if (!inner.empty()) {
        return field->name() + "." + inner;
      }
    }
  }
  return {};
}

std::string Flatten(const grpc::ByteBuffer& bytes) {
  std::vector<grpc::Slice> slices;
  std::string out;
  if (bytes.Dump(&slices).ok()) {
    for (const grpc::Slice& slice : slices) {
      out.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
  }
  return out;
}

}  // namespace

std::optional<Refusal> ParseRequest(const grpc::ByteBuffer& bytes,
                                    google::protobuf::Message& request) {
  if (bytes.Length() > kMaxRequestBytes) {
    return Refusal(Reason::kBatchTooLarge)
        .With("bytes", static_cast<std::int64_t>(bytes.Length()))
        .With("limit", static_cast<std::int64_t>(kMaxRequestBytes));
  }
  // Reading leaves the buffer as it was, but its type says otherwise: it holds a reference.
  grpc::ByteBuffer copy(bytes);
  grpc::ProtoBufferReader reader(&copy);
  if (reader.status().ok() && request.ParseFromZeroCopyStream(&reader)) {
    return std::nullopt;
  }
  std::string field = FindBadText(*request.GetDescriptor(), Flatten(bytes), 0);
  return field.empty() ? Refusal(Reason::kMalformedRequest)
                       : Refusal(Reason::kFieldInvalid, std::move(field))
                             .With("problem", "the text is not UTF-8");
}

void WriteResponse(const google::protobuf::Message& response, grpc::ByteBuffer& bytes) {
  const std::size_t size = response.ByteSizeLong();
  grpc::Slice slice(size);
  response.SerializeWithCachedSizesToArray(const_cast<std::uint8_t*>(slice.begin()));
  bytes = grpc::ByteBuffer(&slice, 1);
}

std::chrono::steady_clock::time_point DeadlineOf(const grpc::CallbackServerContext& context) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) {
    return std::chrono::steady_clock::time_point::max();
  }
  const auto left = deadline - std::chrono::system_clock::now();
  return left > std::chrono::hours(24 * 365) ? std::chrono::steady_clock::time_point::max()
                                             : std::chrono::steady_clock::now() + left;
}

}  // namespace tanhui::rpc
