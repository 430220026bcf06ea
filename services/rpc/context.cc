#include "services/rpc/context.h"

#include <map>
#include <mutex>

#include "ledger/core/octets/big_endian.h"
#include "ledger/merkle/hash.h"

namespace tanhui::rpc {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kCheckInBytes = 16;

template <typename Int>
std::string BigEndian(Int value) {
  std::string out;
  PutBigEndian(out, value);
  return out;
}

// A key of its own for each purpose.
std::string Derive(std::string_view master, std::string_view purpose) {
  return std::string(signing::KeyedHash(master).Of({"tanhui.", purpose, ".v1"}).view());
}

}  // namespace

// One for each participant that was asked for.
class Secrets::NameCiphers {
 public:
  explicit NameCiphers(std::string_view master) : master_(master) {}

  const signing::NameCipher& Of(ParticipantNo participant) {
    const std::lock_guard lock(mutex_);
    const auto found = ciphers_.find(participant);
    if (found != ciphers_.end()) {
      return found->second;
    }
    const Hash256 key = master_.Of({"tanhui account name 1", BigEndian(participant.value())});
    return ciphers_.try_emplace(participant, key.view().substr(0, signing::NameCipher::kKeySize))
        .first->second;
  }

 private:
  const signing::KeyedHash master_;
  std::mutex mutex_;
  std::map<ParticipantNo, signing::NameCipher> ciphers_;  // stay where they are
};

Secrets::Secrets(std::string_view master)
    : users_(Derive(master, "platform_user")),
      references_(Derive(master, "reference")),
      request_ids_(Derive(master, "request_id")),
      devices_(Derive(master, "device")),
      evidence_references_(Derive(master, "evidence_reference")),
      holders_(Derive(master, "holder")),
      holder_keys_(Derive(master, "holder_key")),
      kept_requests_(Derive(master, "kept_request")),
      check_ins_(Derive(master, "check_in")),
      link_codes_(Derive(master, "link_code")),
      link_uses_(Derive(master, "link_use")),
      coupon_codes_(Derive(master, "coupon_code")),
      names_(std::make_shared<NameCiphers>(master)) {}

const signing::NameCipher& Secrets::NamesOf(ParticipantNo participant) const {
  return names_->Of(participant);
}

Hash256 Secrets::ForLinkCode(std::string_view code) const { return link_codes_.Of({code}); }

Hash256 Secrets::ForLinkUse(const RequestKey& key) const {
  return link_uses_.Of({BigEndian(key.caller.value()), key.id.stored()});
}

PlatformUserKey Secrets::ForPlatformUser(ParticipantNo platform, AssetNo asset,
                                         std::string_view user_id) const {
  return PlatformUserKey::FromView(
      users_.Of({BigEndian(platform.value()), BigEndian(asset.value()), user_id}).view());
}

Hash256 Secrets::ReferenceCommitment(const RequestKey& key, std::string_view text) const {
  const Hash256 salt = references_.Of({BigEndian(key.caller.value()), key.id.stored()});
  return merkle::Sha256({salt.view().substr(0, kSaltBytes), text});
}

Hash256 Secrets::RequestIdKey(ParticipantNo caller) const {
  return request_ids_.Of({BigEndian(caller.value())});
}

std::uint64_t Secrets::ForDevice(std::string_view source, std::string_view device) const {
  const Hash256 hash =
      devices_.Of({BigEndian(static_cast<std::uint32_t>(source.size())), source, device});
  std::string_view bytes = hash.view();
  const auto out = TakeBigEndian<std::uint64_t>(bytes);
  return out == 0 ? 1 : out;
}

Hash256 Secrets::EvidenceReferenceKey(AccountNo citizen) const {
  return evidence_references_.Of({BigEndian(citizen.value())});
}

std::string Secrets::CheckInMark(std::string_view venue, BusinessDate date) const {
  const Hash256 hash = check_ins_.Of({FormatDate(date), venue});  // a date has 10 bytes
  return std::string(hash.view().substr(0, kCheckInBytes));
}

Hash256 Secrets::ForHolder(ParticipantNo platform, std::string_view source,
                           std::string_view subject) const {
  return holders_.Of({BigEndian(platform.value()),
                      BigEndian(static_cast<std::uint32_t>(source.size())), source, subject});
}

Hash256 Secrets::HolderKey(ParticipantNo platform, std::string_view source,
                           std::string_view subject) const {
  return holder_keys_.Of({BigEndian(platform.value()),
                          BigEndian(static_cast<std::uint32_t>(source.size())), source, subject});
}

Hash256 Secrets::ForKeptRequest(const RequestKey& key) const {
  return kept_requests_.Of({BigEndian(key.caller.value()), key.id.stored()});
}

}  // namespace tanhui::rpc
