#include "model/answer_kind.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/text.h"
#include "model/money.h"
#include "model/number_reading.h"
#include "model/range_cues.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

constexpr std::string_view kFeasts[] = {"easter", "christmas"};
constexpr std::string_view kTimes[] = {
    "century",  "centuries", "decade",   "morning", "noon",  "afternoon", "evening", "night",
    "midnight", "summer",    "winter",   "autumn",  "daily", "weekly",    "day",     "days",
    "week",     "weeks",     "month",    "months",  "year",  "hours",     "monthly", "quarterly",
    "yearly",   "annual",    "annually", "am",      "pm",    "minute",    "minutes", "seconds"};
constexpr std::string_view kNumberWords[] = {
    "one",      "two",     "three",   "four",  "five",   "six",     "seven", "eight", "nine",
    "ten",      "eleven",  "twelve",  "dozen", "twenty", "thirty",  "forty", "fifty", "hundred",
    "thousand", "million", "billion", "half",  "third",  "quarter", "twice", "once",  "majority"};
// Persons without a name.
constexpr std::string_view kPersons[] = {
    "manager",     "managers",   "head",       "heads",      "director",    "directors",
    "chair",       "chairman",   "chairwoman", "chief",      "officer",     "officers",
    "engineer",    "engineers",  "keeper",     "lead",       "leader",      "operator",
    "operators",   "inspector",  "inspectors", "king",       "queen",       "emperor",
    "minister",    "doctor",     "president",  "teacher",    "supplier",    "member",
    "members",     "team",       "board",      "committee",  "council",     "court",
    "company",     "staff",      "foreman",    "driver",     "owner",       "owners",
    "people",      "customer",   "customers",  "supervisor", "supervisors", "executive",
    "executives",  "secretary",  "treasurer",  "auditor",    "accountant",  "administrator",
    "coordinator", "technician", "clerk",      "assistant",  "deputy",      "contractor"};
// Places without a name.
constexpr std::string_view kPlaces[] = {
    "room",    "building", "floor",     "hall",   "office",   "locker",  "cabinet", "drawer",
    "shelf",   "rack",     "box",       "store",  "storage",  "shed",    "garage",  "yard",
    "gate",    "entrance", "lobby",     "street", "road",     "corner",  "wall",    "desk",
    "kitchen", "workshop", "warehouse", "depot",  "basement", "cellar",  "attic",   "roof",
    "bay",     "dock",     "site",      "area",   "zone",     "country", "city",    "town",
    "village", "river",    "coast",     "folder", "menu",     "page",    "tab",     "directory",
    "rooms",   "floors",   "settings",  "screen", "dialog",   "panel",   "console", "dashboard",
    "website", "portal",   "file"};
// Of files: where something is written.
constexpr std::string_view kFileEndings[] = {".yaml", ".yml",  ".json", ".toml", ".ini", ".conf",
                                             ".cfg",  ".log",  ".txt",  ".md",   ".csv", ".pdf",
                                             ".docx", ".xlsx", ".html", ".xml"};
// Between the entries of menus that lead to a place.
constexpr std::string_view kMenuSteps[] = {" > ", " → ", "→", " » ", " -> "};
constexpr std::string_view kReasons[] = {"because",   "due",    "since", "cause",   "caused",
                                         "reason",    "result", "allow", "order",   "so",
                                         "therefore", "led",    "thus",  "prevent", "avoid"};
constexpr std::string_view kNegations[] = {"not",    "no",      "never",   "none",
                                           "nobody", "nothing", "neither", "nor",
                                           "non",    "without", "cannot",  "least"};
constexpr std::string_view kChineseTimes = "月日时時点點晨晚午夜周季春夏秋冬期";
constexpr std::string_view kChineseNumerals = "一二三四五六七八九十百千万萬亿億两兩";
constexpr std::string_view kChinesePlaces =
    "省市县縣区區国國州镇鎮村路街岛島洲港湖山楼樓层層室厅廳馆館";
// Places that no character of those shows.
constexpr std::string_view kChinesePlaceWords[] = {
    "目录", "目錄",   "文件夹", "資料夾", "菜单",   "菜單",   "選單",   "页面", "頁面", "界面",
    "介面", "设置中", "設定中", "设置里", "設定裡", "设置页", "設定頁", "网站", "網站", "官网",
    "官網", "前台",   "前臺",   "仓库",   "倉庫",   "车间",   "車間",   "车站", "車站", "抽屉",
    "抽屜", "门口",   "門口",   "旁边",   "旁邊",   "隔壁",   "左侧",   "左側", "右侧", "右側",
    "东侧", "東側",   "西侧",   "西側",   "南侧",   "南側",   "北侧",   "北側"};
// What a Chinese name of a person can begin with, and what persons are called by.
constexpr std::string_view kChineseSurnames =
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧"
    "蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鐘汪田任姜范方石"
    "姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯尹黎易常武乔喬贺賀"
    "赖賴龚龔文左庞龐樊兰蘭殷施陶洪翟安颜顏倪严嚴牛温溫芦季俞章鲁魯葛伍韦韋申尤毕畢聂聶丛叢焦"
    "向柳邢路岳齐齊祝欧歐司诸諸";
constexpr std::string_view kChinesePersons =
    "者人员員长長师師家士帝王后妃侯爵官将將父母子女儿兒妻夫兄弟姐妹哥爷爺奶徒手友匠工生民客主"
    "司厂廠业業局会會院社团團队隊部处處";
// Offices and parties that no character of those shows.
constexpr std::string_view kChineseRoles[] = {
    "经理", "經理", "主任", "主管", "总监",   "總監",   "总裁",   "總裁", "董事", "监事",
    "監事", "书记", "書記", "秘书", "秘書",   "助理",   "会计",   "會計", "出纳", "出納",
    "领导", "領導", "干事", "幹事", "供应商", "供應商", "承包商", "甲方", "乙方", "丙方"};
// Words that hold the character or the office of a person and name none.
constexpr std::string_view kWordsWithoutPerson[] = {"会计年",   "會計年",   "会计准", "會計準",
                                                    "会计科目", "會計科目", "会计期", "會計期",
                                                    "会计制",   "會計制",   "领导下", "領導下"};
constexpr std::string_view kChineseReasons[] = {"因为", "由于", "因此", "为了", "所以",
                                                "原因", "導致", "导致", "由於", "因為"};
constexpr std::string_view kChineseNegations = "不没沒未无無";
constexpr WordWithoutDenial kWordsWithoutDenial[] = {{"不锈"},
                                                     {"不鏽"},
                                                     {"不銹"},
                                                     {"不动产"},
                                                     {"不動產"},
                                                     {"不干胶"},
                                                     {"不粘锅"},
                                                     {"不倒翁"},
                                                     {"不丹"},
                                                     {"不列颠"},
                                                     {"不列顛"},
                                                     {"不同", "意时時步"},
                                                     {"不仅"},
                                                     {"不僅"},
                                                     {"不但"},
                                                     {"不只"},
                                                     {"不光", "滑洁潔"},
                                                     {"不单", "独"},
                                                     {"不單", "獨"},
                                                     {"不过", "滤期敏度户夜热载关磅秤筛"},
                                                     {"不過", "濾期敏度戶夜熱載關磅秤篩"},
                                                     {"不断", "电开水气网流"},
                                                     {"不斷", "電開水氣網流"},
                                                     {"不久"},
                                                     {"不时"},
                                                     {"不時"},
                                                     {"不论"},
                                                     {"不論"},
                                                     {"不管", "理道控用"},
                                                     {"不可抗力"},
                                                     {"不良"},
                                                     {"不定期"},
                                                     {"不好意思"},
                                                     {"对不起"},
                                                     {"對不起"},
                                                     {"差不多"},
                                                     {"了不起"},
                                                     {"无锡"},
                                                     {"無錫"},
                                                     {"无线", "索"},
                                                     {"無線", "索"},
                                                     {"无人机", "械"},
                                                     {"無人機", "械"},
                                                     {"无人驾驶"},
                                                     {"無人駕駛"},
                                                     {"无机", "会房组械"},
                                                     {"無機", "會房組械"},
                                                     {"无纺"},
                                                     {"無紡"},
                                                     {"无缝"},
                                                     {"無縫"},
                                                     {"无菌"},
                                                     {"無菌"},
                                                     {"无烟煤"},
                                                     {"無煙煤"},
                                                     {"无轨"},
                                                     {"無軌"},
                                                     {"无损检"},
                                                     {"無損檢"},
                                                     {"无花果"},
                                                     {"無花果"},
                                                     {"无论", "文"},
                                                     {"無論", "文"},
                                                     {"无比", "例较"},
                                                     {"無比", "例較"},
                                                     {"无非"},
                                                     {"無非"},
                                                     {"无疑", "问"},
                                                     {"無疑", "問"},
                                                     {"未来", "得过电"},
                                                     {"未來", "得過電"},
                                                     {"未免"},
                                                     {"淹没"},
                                                     {"淹沒"},
                                                     {"沉没"},
                                                     {"沉沒"},
                                                     {"埋没"},
                                                     {"埋沒"},
                                                     {"吞没"},
                                                     {"吞沒"},
                                                     {"没收", "到集入取据录费款拾"},
                                                     {"沒收", "到集入取據錄費款拾"}};

size_t TimesIn(std::string_view text, std::string_view word) {
  size_t times = 0;
  for (size_t at = text.find(word); at != text.npos; at = text.find(word, at + word.size()))
    ++times;
  return times;
}

// Whether `sentence` has one of `words` that the question has not, or once more: "总经理不在时由副总经理批准".
bool HoldsMoreOf(std::span<const std::string_view> words, std::string_view sentence,
                 std::string_view question) {
  return std::ranges::any_of(words, [&](std::string_view word) {
    return TimesIn(sentence, word) > TimesIn(question, word);
  });
}

// Whether one of `words` begins with the character `first`, which has `behind` behind it.
bool BeginsOneOf(std::span<const std::string_view> words, std::string_view first,
                 std::string_view behind) {
  return std::ranges::any_of(words, [&](std::string_view word) {
    return word.starts_with(first) && behind.starts_with(word.substr(first.size()));
  });
}

// `text` without those.
std::string TextOfPersons(std::string_view text) {
  std::string kept(text);
  for (const std::string_view word : kWordsWithoutPerson) {
    for (size_t at = kept.find(word); at != kept.npos; at = kept.find(word, at))
      kept.erase(at, word.size());
  }
  return kept;
}

// "1066", "1990s".
bool IsYear(std::string_view word) {
  if (word.ends_with('s')) word.remove_suffix(1);
  return !word.starts_with('0') && (word.size() == 3 || word.size() == 4) &&
         std::ranges::all_of(word, IsAsciiDigit);
}

// The "176" and the "500" of "176,500", which are no years.
bool IsPartOfNumber(std::string_view digits, std::string_view text) {
  const size_t begin = static_cast<size_t>(digits.begin() - text.begin());
  const size_t end = begin + digits.size();
  return digits.size() == 3 && IsAsciiDigit(digits[0]) &&
         ((begin >= 2 && text[begin - 1] == ',' && IsAsciiDigit(text[begin - 2])) ||
          (end + 1 < text.size() && text[end] == ',' && IsAsciiDigit(text[end + 1])));
}

// Whether the text behind a number makes it a time: "12:30", "8月".
bool IsTimeUnit(std::string_view behind) {
  constexpr std::string_view kUnits[] = {":", "年", "月", "日", "号", "號", "时", "時", "点", "點"};
  return std::ranges::any_of(kUnits,
                             [&](std::string_view unit) { return behind.starts_with(unit); });
}

bool HoldsMoneyInChinese(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    if (!IsCjk(NextCodePoint(text, at))) continue;
    const std::string_view character = text.substr(begin, at - begin);
    const std::string_view behind = text.substr(at);
    if (BeginsMoneyInWords(character, behind) || SaysFree(character, behind)) return true;
  }
  return false;
}

bool IsLetter(char c) { return IsAsciiLetter(c) || !IsAscii(c); }

// What may stand in an address; a quotation mark or bracket around it does not.
bool IsOfAddress(char c) {
  return IsAscii(c) && c > ' ' &&
         std::string_view("`'\"()[]<>{},;|").find(c) == std::string_view::npos;
}

// "https://…", "www.…", "help@firm.example", "C:\logs", "/data/backup", "~/notes", "conf/app.yaml". Behind a Chinese
// character (`is_behind_chinese`) "/GB" is no path: a price is one of 元/GB.
bool IsAddress(std::string_view word, bool is_behind_chinese) {
  const size_t scheme = word.find("://");
  if (scheme != word.npos && scheme > 0 && scheme + 3 < word.size()) return true;
  if (word.starts_with("www.")) return true;
  const size_t at = word.find('@');
  if (at != word.npos && at > 0 && word.find('.', at) != word.npos) return true;
  const auto has = [&](size_t i, auto&& is) { return i < word.size() && is(word[i]); };
  if (has(0, IsAsciiLetter) && word.substr(1).starts_with(":\\")) return true;
  if (word.starts_with("~/") || word.starts_with("\\\\")) return word.size() > 2;
  if (word.starts_with('/') && has(1, IsAsciiLetter))
    return !is_behind_chinese || word.find('/', 1) != word.npos;
  return has(0, IsAsciiLetter) && std::ranges::any_of(kFileEndings, [&](std::string_view end) {
           return word.ends_with(end);
         });
}

// Whether `text` has an address that `question` has not.
bool HoldsAddress(std::string_view text, std::string_view question) {
  for (size_t i = 0; i < text.size();) {
    if (!IsOfAddress(text[i])) {
      ++i;
      continue;
    }
    const size_t begin = i;
    while (i < text.size() && IsOfAddress(text[i])) ++i;
    std::string_view word = text.substr(begin, i - begin);
    while (!word.empty() && std::string_view(".:!?").find(word.back()) != std::string_view::npos)
      word.remove_suffix(1);
    const bool is_behind_chinese = begin > 0 && !IsAscii(text[begin - 1]);
    if (IsAddress(word, is_behind_chinese) && question.find(word) == question.npos) return true;
  }
  return false;
}

// Whether `text` leads through menus, "Settings > Security": words on both sides, no numbers.
bool HoldsMenuPath(std::string_view text, std::string_view question) {
  return std::ranges::any_of(kMenuSteps, [&](std::string_view step) {
    if (question.find(step) != question.npos) return false;
    for (size_t at = text.find(step); at != text.npos; at = text.find(step, at + step.size())) {
      const size_t end = at + step.size();
      if (at > 0 && end < text.size() && IsLetter(text[at - 1]) && IsLetter(text[end])) return true;
    }
    return false;
  });
}

// Of those that are capitalised.
bool IsDateName(std::string_view word) {
  return IsOneOf(word, kMonthNames) || IsOneOf(word, kWeekdayNames) || IsOneOf(word, kFeasts);
}

}  // namespace

std::string_view ChineseSurnames() { return kChineseSurnames; }

bool NamesOffice(std::string_view text) {
  constexpr std::string_view kOffices = "长長员員师師";
  constexpr std::string_view kWords[] = {"负责人", "負責人", "创始人", "創始人", "代表人",
                                         "教授",   "顾问",   "顧問",   "法人"};
  constexpr std::string_view kShort[] = {"CEO", "CTO", "CFO", "COO", "CIO"};
  return HoldsCharacterOf(kOffices, text) || HoldsMoreOf(kChineseRoles, text, {}) ||
         HoldsMoreOf(kWords, text, {}) || std::ranges::any_of(Words(text), [&](const Word& word) {
           return IsOneOf(word.text, kShort) || IsOneOf(AsciiLower(word.text), kPersons);
         });
}

std::span<const WordWithoutDenial> WordsWithoutDenial() { return kWordsWithoutDenial; }

bool IsOfKind(AnswerKind kind, std::string_view word, bool first, std::string_view behind) {
  const bool capital = !first && IsAsciiUpper(word[0]);
  const auto among = [&](std::string_view characters) {
    return !IsAscii(word[0]) && characters.find(word) != characters.npos;
  };
  switch (kind) {
    case AnswerKind::kTime:
      return IsYear(word) || IsOneOf(AsciiLower(word), kTimes) ||
             (IsAsciiUpper(word[0]) && IsDateName(AsciiLower(word))) ||
             (IsAsciiDigit(word.back()) && IsTimeUnit(behind)) || among(kChineseTimes) ||
             word == "年";
    case AnswerKind::kNumber:
      return HoldsAsciiDigit(word) || IsOneOf(AsciiLower(word), kNumberWords) ||
             among(kChineseNumerals);
    case AnswerKind::kPerson:
      if (!IsAscii(word[0]) && BeginsOneOf(kWordsWithoutPerson, word, behind)) return false;
      return capital || IsOneOf(AsciiLower(word), kPersons) || among(kChineseSurnames) ||
             among(kChinesePersons) ||
             (!IsAscii(word[0]) && BeginsOneOf(kChineseRoles, word, behind));
    case AnswerKind::kPlace:
      return capital || IsOneOf(AsciiLower(word), kPlaces) || among(kChinesePlaces) ||
             (!IsAscii(word[0]) && BeginsOneOf(kChinesePlaceWords, word, behind));
    case AnswerKind::kMoney:
      return (HoldsAsciiDigit(word) && MayCountMoney(behind)) || BeginsMoneyInWords(word, behind) ||
             SaysFree(word, behind);
    case AnswerKind::kReason:
    case AnswerKind::kAny:
      break;
  }
  return false;
}

bool HoldsKind(AnswerKind kind, std::string_view sentence, std::string_view question) {
  if (kind == AnswerKind::kAny) return false;
  const std::vector<Word> asked = Words(question);
  for (const Word& word : Words(sentence)) {
    if (std::ranges::find(asked, word.text, &Word::text) != asked.end()) continue;
    if (!IsAscii(word.text[0])) continue;
    const size_t begin = static_cast<size_t>(word.text.begin() - sentence.begin());
    if (kind == AnswerKind::kTime && IsPartOfNumber(word.text, sentence)) continue;
    if (kind == AnswerKind::kMoney && ContinuesCode(sentence, begin)) continue;
    if (kind == AnswerKind::kReason
            ? IsOneOf(AsciiLower(word.text), kReasons)
            : IsOfKind(kind, word.text, word.first, sentence.substr(begin + word.text.size()))) {
      return true;
    }
  }
  const auto holds = [&](std::string_view characters) {
    return HoldsCharacterOf(characters, sentence, question);
  };
  switch (kind) {
    case AnswerKind::kTime:
      return sentence.find("世纪") != sentence.npos || sentence.find("年") != sentence.npos ||
             holds(kChineseTimes);
    case AnswerKind::kNumber:
      return holds(kChineseNumerals);
    case AnswerKind::kMoney:
      return HoldsMoneyInChinese(sentence);
    case AnswerKind::kPerson: {
      const std::string persons = TextOfPersons(sentence);
      return persons.find("·") != persons.npos ||
             HoldsCharacterOf(kChineseSurnames, persons, question) ||
             HoldsCharacterOf(kChinesePersons, persons, question) ||
             HoldsMoreOf(kChineseRoles, persons, question);
    }
    case AnswerKind::kPlace:
      return holds(kChinesePlaces) || HoldsMoreOf(kChinesePlaceWords, sentence, question) ||
             HoldsAddress(sentence, question) || HoldsMenuPath(sentence, question);
    case AnswerKind::kReason:
      return std::ranges::any_of(kChineseReasons, [&](std::string_view reason) {
        return sentence.find(reason) != sentence.npos;
      });
    case AnswerKind::kAny:
      break;
  }
  return false;
}

bool DeniesAt(std::string_view text, size_t at) {
  size_t next = at;
  if (at >= text.size() || !IsCjk(NextCodePoint(text, next))) return false;
  const std::string_view character = text.substr(at, next - at);
  if (kChineseNegations.find(character) == std::string_view::npos) return false;
  return std::ranges::none_of(kWordsWithoutDenial, [&](const WordWithoutDenial& one) {
    const size_t within = one.word.find(character);
    if (within == std::string_view::npos || within > at) return false;
    if (!text.substr(at - within).starts_with(one.word)) return false;
    const std::string_view behind = text.substr(at - within + one.word.size());
    size_t end = 0;
    if (!behind.empty()) NextCodePoint(behind, end);
    return end == 0 || one.not_before.find(behind.substr(0, end)) == std::string_view::npos;
  });
}

bool IsNegated(std::string_view text) {
  std::string even;  // made where something denies
  const auto denies_from = [&](size_t at) {
    if (even.empty()) even = EvenForNumbers(text);
    return !BoundBeginsAt(even, at);
  };
  for (const std::string_view denial : {"n't", "n’t"}) {
    for (size_t at = text.find(denial); at != text.npos; at = text.find(denial, at + 1)) {
      if (denies_from(at)) return true;
    }
  }
  std::string_view last;
  for (const Word& word : Words(text)) {  // "No. 3" is a number
    const bool is_bound = word.text == "least" && AsciiLower(last) == "at";
    if (!is_bound && IsOneOf(word.first ? AsciiLower(word.text) : word.text, kNegations) &&
        denies_from(static_cast<size_t>(word.text.data() - text.data()))) {
      return true;
    }
    last = word.text;
  }
  for (size_t at = 0; at < text.size();) {
    if (DeniesAt(text, at) && denies_from(at)) return true;
    NextCodePoint(text, at);
  }
  return false;
}

Denials& Denials::operator|=(const Denials& other) {
  is_negated |= other.is_negated;
  bounds.more |= other.bounds.more;
  bounds.less |= other.bounds.less;
  bounds.not_more |= other.bounds.not_more;
  bounds.not_less |= other.bounds.not_less;
  return *this;
}

Denials DenialsIn(std::string_view text) {
  return {.is_negated = IsNegated(text), .bounds = BoundsSaidIn(EvenForNumbers(text))};
}

bool Differ(const Denials& a, const Denials& b) {
  const auto bounds_what_is = [](const BoundsSaid& one, const BoundsSaid& other) {
    return (one.not_more && other.more && !one.more && !other.not_more) ||
           (one.not_less && other.less && !one.less && !other.not_less);
  };
  return a.is_negated != b.is_negated || bounds_what_is(a.bounds, b.bounds) ||
         bounds_what_is(b.bounds, a.bounds);
}

bool DenyEachOther(std::string_view a, std::string_view b) {
  return Differ(DenialsIn(a), DenialsIn(b));
}

}  // namespace quarry::model
