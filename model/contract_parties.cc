#include "model/contract_parties.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

constexpr size_t kBeginningBytes = 800;  // of a document, that may name them
constexpr size_t kMostPartyWords = 6;
constexpr size_t kMostPartyCharacters = 30;  // of a Chinese name
// Of contracts alone.
constexpr std::string_view kContractLabels[] = {"甲方", "乙方", "丙方", "Party A", "Party B"};
// Of tickets, orders and minutes as well.
constexpr std::string_view kPartyLabels[] = {
    "买方",     "買方",     "卖方",     "賣方",   "采购方", "採購方",     "供货方",   "供貨方",
    "供应商",   "供應商",   "委托方",   "委託方", "受托方", "受託方",     "出租方",   "承租方",
    "发包方",   "發包方",   "承包方",   "许可方", "許可方", "被许可方",   "被許可方", "Customer",
    "Client",   "Supplier", "Buyer",    "Seller", "Vendor", "Contractor", "Lessor",   "Lessee",
    "Licensor", "Licensee", "Landlord", "Tenant"};
constexpr std::string_view kPartyNames[] = {"名称", "名稱", "name"};  // behind a label
constexpr std::string_view kContracts[] = {"agreement", "contract"};
constexpr std::string_view kChineseContracts[] = {"合同", "合约", "合約", "协议", "協議"};

bool NamesContract(std::string_view beginning) {
  const auto is_contract = [](const Word& word) {
    return IsOneOf(AsciiLower(word.text), kContracts);
  };
  return std::ranges::any_of(Words(beginning), is_contract) ||
         ContainsAny(beginning, kChineseContracts);
}

// What stands behind the colon of "（采购方）：海川物流有限公司", behind a label; "" where anything else stands before it.
std::string_view BehindColonOfLabel(std::string_view text) {
  text = TrimBlanks(text);
  for (const std::string_view name : kPartyNames) {
    if (text.starts_with(name)) text = TrimBlanks(text.substr(name.size()));
  }
  for (const auto& [open, close] : {std::pair<std::string_view, std::string_view>{"（", "）"},
                                    std::pair<std::string_view, std::string_view>{"(", ")"}}) {
    if (!text.starts_with(open)) continue;
    const size_t end = text.find(close);
    if (end == text.npos) return {};
    text = TrimBlanks(text.substr(end + close.size()));
    break;
  }
  for (const std::string_view colon : {"：", ":"}) {
    if (text.starts_with(colon)) return TrimBlanks(text.substr(colon.size()));
  }
  return {};
}

bool MayBeParty(std::string_view name) {
  if (name.empty() || !IsAscii(name[0])) return CountCodePoints(name) <= kMostPartyCharacters;
  const auto words = static_cast<size_t>(std::ranges::count(name, ' ')) + 1;
  return (IsAsciiUpper(name[0]) || IsAsciiDigit(name[0])) && words <= kMostPartyWords;
}

// The name behind the colon of "甲方（采购方）：海川物流有限公司（以下简称甲方）"; "" where the line names no party of a
// contract: "Customer: my invoice is wrong".
std::string_view PartyOfLine(std::string_view line, bool is_of_contract) {
  line = TrimBlanks(line);
  const auto begins = [&](std::string_view label) { return line.starts_with(label); };
  const std::string_view* label = std::ranges::find_if(kContractLabels, begins);
  if (label == std::end(kContractLabels)) {
    label = std::ranges::find_if(kPartyLabels, begins);
    if (!is_of_contract || label == std::end(kPartyLabels)) return {};
  }
  std::string_view name = BehindColonOfLabel(line.substr(label->size()));
  for (const std::string_view end : {"（", "(", "。", "；", ";", "，", ",", ". "}) {
    name = name.substr(0, name.find(end));
  }
  name = TrimBlanks(name);
  return MayBeParty(name) ? name : std::string_view();
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
  const bool is_of_contract = NamesContract(beginning);
  for (size_t begin = 0; begin < beginning.size();) {
    const size_t end = std::min(beginning.find('\n', begin), beginning.size());
    const std::string_view party =
        PartyOfLine(beginning.substr(begin, end - begin), is_of_contract);
    if (!party.empty()) parties.append(party) += '\n';
    begin = end + 1;
  }
  return parties.append(BetweenParties(beginning));
}

}  // namespace quarry::model
