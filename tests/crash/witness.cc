#include "tests/crash/witness.h"

#include <optional>

#include "ledger/merkle/verifier.h"
#include "ledger/signing/checkpoint.h"
#include "ledger/signing/receipt.h"

namespace tanhui::crash {
namespace {

constexpr std::size_t kMostReceipts = 200;

}  // namespace

void Witness::Collect(const e2e::Client& client) {
  while (true) {
    const auto newest = client.Call(&e2e::LogStub::GetCheckpoint, v1::GetCheckpointRequest());
    if (!newest.ok()) {
      return;
    }
    v1::GetReceiptRequest request;
    request.set_index(random_() % newest.response.size());
    const auto answer = client.Call(&e2e::LogStub::GetReceipt, request);
    if (!answer.ok()) {
      return;
    }
    if (receipts_.size() == kMostReceipts) {
      receipts_.erase(receipts_.begin());
    }
    receipts_[answer.response.index()] = answer.response.receipt();
    const auto checkpoint = signing::OpenCheckpoint(newest.response.checkpoint(), verifiers_);
    if (!checkpoint.ok()) {
      findings_.push_back("a checkpoint does not verify: " + checkpoint.status().ToString());
      return;
    }
    const auto [known, added] = roots_.emplace(checkpoint->size, checkpoint->root);
    if (known->second != checkpoint->root) {
      findings_.push_back("two roots for size " + std::to_string(checkpoint->size));
    }
  }
}

void Witness::Check(const e2e::Client& client) {
  const auto answer = client.Call(&e2e::LogStub::GetCheckpoint, v1::GetCheckpointRequest());
  const auto newest = signing::OpenCheckpoint(answer.response.checkpoint(), verifiers_);
  if (!newest.ok()) {
    findings_.push_back("no checkpoint that verifies: " + answer.status.error_message() +
                        newest.status().ToString());
    return;
  }
  for (const auto& [size, root] : roots_) {
    CheckConsistency(client, size, root, newest->size, newest->root);
  }
  for (const auto& [index, receipt] : receipts_) {
    CheckReceipt(client, index, receipt);
  }
}

void Witness::CheckReceipt(const e2e::Client& client, std::uint64_t index,
                           const std::string& receipt) {
  const auto verified = signing::VerifyReceipt(receipt, verifiers_);
  v1::GetEntryRequest request;
  request.set_index(index);
  const auto entry = client.Call(&e2e::LogStub::GetEntry, request);
  if (!verified.ok() || verified->index != index || !entry.ok() ||
      entry.response.entry().leaf() != verified->leaf) {
    findings_.push_back("the receipt of entry " + std::to_string(index) + " does not hold: " +
                        verified.status().ToString() + entry.status.error_message());
  }
}

// The roots are from signed checkpoints; only the hashes between them are the server's word.
void Witness::CheckConsistency(const e2e::Client& client, std::uint64_t old_size,
                               const Hash256& old_root, std::uint64_t size, const Hash256& root) {
  v1::GetConsistencyProofRequest request;
  request.set_old_size(old_size);
  request.set_new_size(size);
  const auto answer = client.Call(&e2e::LogStub::GetConsistencyProof, request);
  std::vector<Hash256> proof;
  for (const std::string& hash : answer.response.hashes()) {
    proof.push_back(Hash256::FromView(hash));
  }
  const absl::Status holds = merkle::VerifyConsistency(old_size, old_root, size, root, proof);
  if (!answer.ok() || !holds.ok()) {
    findings_.push_back("checkpoint " + std::to_string(size) + " is no successor of " +
                        std::to_string(old_size) + ": " + answer.status.error_message() +
                        holds.ToString());
  }
}

}  // namespace tanhui::crash
