#include "model/contract_parties.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/text.h"

namespace quarry::model {
namespace {

constexpr size_t kBeginningBytes = 800;    // of a document, that may name them
constexpr size_t kLongestPartyLabel = 40;  // bytes: 甲方（委托方）
constexpr std::string_view kPartyLabels[] = {
    "甲方",     "乙方",   "丙方",     "买方",     "買方",     "卖方",    "賣方",
    "采购方",   "採購方", "供货方",   "供貨方",   "供应商",   "供應商",  "委托方",
    "委託方",   "受托方", "受託方",   "出租方",   "承租方",   "发包方",  "發包方",
    "承包方",   "许可方", "許可方",   "被许可方", "被許可方", "Party A", "Party B",
    "Customer", "Client", "Supplier", "Buyer",    "Seller",   "Vendor",  "Contractor",
    "Lessor",   "Lessee", "Licensor", "Licensee", "Landlord", "Tenant"};
constexpr std::string_view kContracts[] = {"agreement", "contract"};

// The name behind the colon of "甲方（采购方）：海川物流有限公司（以下简称甲方）"; "" where the line names no party.
std::string_view PartyOfLine(std::string_view line) {
  line = TrimBlanks(line);
  const bool has_label = std::ranges::any_of(
      kPartyLabels, [&](std::string_view label) { return line.starts_with(label); });
  if (!has_label) return {};
  const std::string_view label = line.substr(0, kLongestPartyLabel);
  size_t colon = label.find("：");
  size_t name = colon == label.npos ? label.npos : colon + std::string_view("：").size();
  if (colon == label.npos) {
    colon = label.find(": ");
    name = colon == label.npos ? label.npos : colon + 2;
  }
  if (name == label.npos) return {};
  line.remove_prefix(name);
  for (const std::string_view end : {"（", "(", "。", "；", ";", "，"}) {
    line = line.substr(0, line.find(end));
  }
  return TrimBlanks(line);
}

// "Haversham Ltd and Weir Works" of "This agreement is made between Haversham Ltd and Weir Works."
std::string_view BetweenParties(std::string_view beginning) {
  constexpr std::string_view kBetween = " between ";
  const std::string lower = AsciiLower(beginning);
  const size_t between = lower.find(kBetween);
  if (between == lower.npos) return {};
  const bool is_contract = std::ranges::any_of(
      kContracts, [&](std::string_view contract) { return lower.find(contract) < between; });
  if (!is_contract) return {};
  const std::string_view names = beginning.substr(between + kBetween.size());
  return names.substr(0, std::min(names.find(". "), names.find('\n')));
}

}  // namespace

std::string PartiesOf(std::string_view beginning) {
  beginning = TruncateUtf8(beginning, kBeginningBytes);
  std::string parties;
  for (size_t begin = 0; begin < beginning.size();) {
    const size_t end = std::min(beginning.find('\n', begin), beginning.size());
    const std::string_view party = PartyOfLine(beginning.substr(begin, end - begin));
    if (!party.empty()) parties.append(party) += '\n';
    begin = end + 1;
  }
  return parties.append(BetweenParties(beginning));
}

}  // namespace quarry::model
