#include "base/text_plausibility.h"

#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/uscript.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/status.h"
#include "base/text.h"
#include "base/text_folding.h"

namespace quarry::text_internal {
namespace {

// The most frequent characters of Chinese, as Simplified, by decreasing frequency: measured over
// CMRC 2018 (encyclopaedia), DuReader (web) and CRUD (news), each with the same weight, where they
// are 73 % of the text, and some of spoken Chinese.
constexpr std::u32string_view kFrequentHan =
    U"的一是在年为有中人大国不以了和上时于个日月后用会行发成生出地公可要学多到分作家来部下能动方新"
    U"对这高本业等体之区长与小开主市全前及最名过同其现工也子就经进电自法他车通内间加机天道而期理合"
    U"面位文度线所者定海场水都力第民被入路性将关元务西员建好美三物外化安得比金们量实平并重事至当次"
    U"产因东如南数我目手由北台资里点提代心表正此品保还站相特设任交更种明利原斯系科司万计但报应制网"
    U"常式色起据称号两院二展或球情说山信果活政亚队立使看从流布联无米服着很教意尔身达约口马赛价你基"
    U"军运程门示向已费格类级该管广题然少州收件视证世十受单查游共持接传女港近社记标华处考头医总统解"
    U"治龙回王指没四术型具调专城结强影较每包需各形风克组问打白非气条直去选星带质省只息取食集规英战"
    U"推些周香支属局完太导参增士河消首节别客知议注演放语超造源商技供德转空创续办效防界拉户列项鱼清"
    U"师营今张编样准么改片团京那容江育认乐巴获卡感光复先份始则版领速存款字五际维群做求案图备书率罗"
    U"助又校变音即器预权岛责环热话精整升兰村试委功排再研青步根深易县林反请老房投显阳修限众尼给般连"
    U"病花警快引己值护配剧决未积神官企低装铁湾职确告况友让红股播黄料离右干古且儿宝置她吗呢吧哪怎谁"
    U"谢您嘛呀啊吃喝睡笑妈爸哥姐弟妹什想";

// Frequent characters of Japanese: those of its first years of school.
constexpr std::u32string_view kFrequentKanji =
    U"日一国人年大十二本中長出三時行見月分後前生五間上東四今金九入学高円子外八六下来気小七山話女北"
    U"午百書先名川千水半男西電校語土木聞食車何南万毎白天母火右読友左休父雨会同事自社発者地業方新場"
    U"員立開手力問代明動京目通言理体田主題意不作用度強公持野以思家世多正安院心界教文元重近考画海売"
    U"知道集別物使品計死特私始朝運終台広住真有口少町料工建空急止送切転研足究楽起着店病質待試族銀早"
    U"映親験英医去味写字答夜音注帰古歌買悪図週室歩風紙黒花春赤青館屋色走秋夏習駅洋旅服夕借飲肉貸堂"
    U"鳥飯勉冬昼茶弟牛魚兄犬妹姉漢政経済産議民連対部合市内相定回選米実関決全表戦最現調化当約首法性"
    U"制要治務成期取都和機平加受続進数記初指権支点報";

// The most frequent syllables of Korean.
constexpr std::u32string_view kFrequentHangul =
    U"이다는에의가을고하지로한도기사리를서은그어자대들나시아인일해라정전보것부수면제만장주있었않없"
    U"게여성거오과동상원소연경관위스적중년월화공유구미안신국용문분생내비물세선방무조우학회교까마바"
    U"러요니던데된될함저할등며려각점말때더두모속못개특외실와발복급음으";

constexpr int8_t kFrequent = 10;
constexpr int8_t kPunctuation = 6;
constexpr int8_t kKana = 6;
constexpr int8_t kCommon = 3;
constexpr int8_t kSyllable = 2;
constexpr int8_t kRare = -4;
constexpr int8_t kVeryRare = -10;
constexpr int8_t kNonsense = -30;

// Calls use(character) for every character of the rows `first`..`last` (of 94) of a charset of the
// ISO 2022 kind.
template <typename Use>
void ForEachOfRows(const char* charset, int first, int last, Use use) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, decltype(&ucnv_close)> converter(ucnv_open(charset, &error),
                                                                     ucnv_close);
  if (U_FAILURE(error)) Fatal(__FILE__, __LINE__, charset);
  for (int row = first; row <= last; ++row) {
    for (int cell = 1; cell <= 94; ++cell) {
      const char bytes[2] = {static_cast<char>(0xA0 + row), static_cast<char>(0xA0 + cell)};
      UChar characters[4];
      error = U_ZERO_ERROR;
      const int32_t length = ucnv_toUChars(converter.get(), characters, 4, bytes, 2, &error);
      if (U_SUCCESS(error) && length == 1) use(characters[0]);
    }
  }
}

class Weights {
 public:
  Weights() : weights_(0x10000) {
    for (UChar32 c = 0x80; c < 0x10000; ++c) weights_[c] = ByProperties(c);
    // The first level of each national standard holds the characters of everyday use.
    const auto common = [this](char32_t c) {
      if (IsCjk(c)) weights_[c] = kCommon;
    };
    ForEachOfRows("GB18030", 16, 55, common);
    ForEachOfRows("EUC-JP", 16, 47, common);
    for (char32_t c = 0x3041; c <= 0x30FC; ++c) {
      if (IsCjk(c)) weights_[c] = kKana;
    }
    ForEachOfRows("EUC-KR", 16, 40, [this](char32_t c) { weights_[c] = kSyllable; });
    for (const char32_t c : kFrequentHangul) weights_[c] = kFrequent;
    for (const char32_t c : kFrequentKanji) weights_[c] = kFrequent;
    for (const char32_t c : kFrequentHan) weights_[c] = kFrequent;
    // A Traditional character is as frequent as its Simplified form.
    const std::string_view pairs = kHanVariants;
    for (size_t offset = 0; offset < pairs.size();) {
      const char32_t traditional = NextCodePoint(pairs, offset);
      const char32_t simplified = NextCodePoint(pairs, offset);
      weights_[traditional] = std::max(weights_[traditional], weights_[simplified]);
    }
    for (const char32_t c :
         std::u32string_view(U"，。、；：？！“”‘’（）《》〈〉「」『』【】…—·～")) {
      weights_[c] = kPunctuation;
    }
  }

  int8_t operator[](char32_t c) const { return weights_[c]; }

 private:
  static int8_t ByProperties(UChar32 c) {
    if (c == 0xFFFD || U_IS_UNICODE_NONCHAR(c)) return kNonsense;
    switch (u_charType(c)) {
      case U_UNASSIGNED:
      case U_PRIVATE_USE_CHAR:
      case U_SURROGATE:
      case U_CONTROL_CHAR:
        return kNonsense;
      default:
        break;
    }
    if (c >= 0xFF01 && c <= 0xFF5E) return 1;      // full-width ASCII
    if (c >= 0xFF66 && c <= 0xFF9F) return kRare;  // half-width katakana
    if (c >= 0x4E00 && c <= 0x9FFF) return kRare;
    if (IsCjk(static_cast<char32_t>(c))) return kVeryRare;
    return 0;
  }

  std::vector<int8_t> weights_;
};

const Weights& WeightsOfCharacters() {
  static const Weights weights;
  return weights;
}

bool IsAsciiLetter(char32_t c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

bool IsLetter(char32_t c) {
  return c < 0x80 ? IsAsciiLetter(c) : u_isalpha(static_cast<UChar32>(c)) != 0;
}

UScriptCode ScriptOf(char32_t c) {
  UErrorCode error = U_ZERO_ERROR;
  return uscript_getScript(static_cast<UChar32>(c), &error);
}

// Words are of one script, capitals begin them, and accented letters stand among plain ones.
int WeightOfLetter(char32_t before, char32_t c, char32_t after) {
  if (c == 0xFF) return -4;  // ÿ, hardly ever meant
  int weight = 1;
  for (const char32_t other : {before, after}) {
    if (!IsLetter(other)) continue;
    if (ScriptOf(other) != ScriptOf(c)) return -5;
    weight = 5;
  }
  const auto is_lower = [](char32_t x) { return u_islower(static_cast<UChar32>(x)) != 0; };
  if (ScriptOf(c) == USCRIPT_LATIN && (before >= 0x80 || after >= 0x80)) {
    return is_lower(c) && (before < 0x80 || is_lower(before)) && (after < 0x80 || is_lower(after))
               ? 2
               : -4;
  }
  if (is_lower(before) && u_isupper(static_cast<UChar32>(c))) return -5;
  if (ScriptOf(c) == USCRIPT_CYRILLIC) {
    // Words in the wrong charset are of capitals and of letters that no text is full of.
    const auto is_one_of = [c](std::u32string_view set) { return set.find(c) != set.npos; };
    if ((c < U'А' || c > U'я') && !is_one_of(U"ЁёІіЇїЄєҐґЎў")) return -4;
    weight += is_one_of(U"оеаинтсрвлОЕАИНТСРВЛ") ? 2 : -1;
  }
  return weight;
}

int WeightOfSymbol(char32_t before, char32_t c, char32_t after) {
  const bool typographic =
      std::u32string_view(U"°§©®«»¿¡½¼¾£€™•†²³µ×±‚„\u00A0").find(c) != std::u32string_view::npos;
  if (!typographic) return -4;
  return before < 0x80 && after < 0x80 ? 3 : 0;
}

int WeightOf(const Weights& weights, Reading reading, char32_t before, char32_t c, char32_t after) {
  if (c >= 0x10000) return c >= 0x20000 && c < 0x30000 ? kVeryRare : 0;  // emoji are neutral
  if (c < 0x80) return c >= 0x20 || c == '\t' || c == '\n' || c == '\r' ? kPunctuation : kNonsense;
  // NOLINTNEXTLINE(bugprone-signed-char-misuse): no character but a weight, which may be negative
  const auto weight = static_cast<int>(weights[c]);
  if (IsCjk(c)) {
    // One alone may be the misread accented letter of a Latin word.
    if (weight == kKana && reading == Reading::kChinese) return 1;
    const bool alone = before < 0x80 && after < 0x80;
    if (!alone) return weight;
    return IsAsciiLetter(before) && IsAsciiLetter(after) ? kRare : std::min(weight, 1);
  }
  if (weight != 0) return weight;
  return IsLetter(c) ? WeightOfLetter(before, c, after) : WeightOfSymbol(before, c, after);
}

}  // namespace

double Plausibility(std::u16string_view text, Reading reading) {
  const Weights& weights = WeightsOfCharacters();
  const char16_t* const units = text.data();
  const auto size = static_cast<int32_t>(text.size());
  long sum = 0;
  long count = 0;
  char32_t before = ' ';
  for (int32_t i = 0; i < size;) {
    UChar32 c;
    U16_NEXT(units, i, size, c);
    if (c < 0x80 && reading != Reading::kUtf16) {
      before = static_cast<char32_t>(c);
      continue;
    }
    UChar32 after = ' ';
    if (i < size) U16_GET(units, 0, i, size, after);
    sum += U_IS_SURROGATE(c) ? kNonsense
                             : WeightOf(weights, reading, before, static_cast<char32_t>(c),
                                        static_cast<char32_t>(after));
    ++count;
    before = static_cast<char32_t>(c);
  }
  return count == 0 ? 0 : static_cast<double>(sum) / static_cast<double>(count);
}

}  // namespace quarry::text_internal
