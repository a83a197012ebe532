#pragma once

// Charsets by name, and the one that a text declares of itself.

#include <string_view>

#include "base/text_plausibility.h"

namespace quarry::text_internal {

struct Charset {
  const char* name;  // as reported
  const char* icu_name;
  Reading reading = Reading::kAny;
};
// GB18030 contains GBK and GB2312; windows-949 contains EUC-KR, ibm-943 is Microsoft's Shift_JIS
// and Big5-HKSCS contains Big5.
inline constexpr Charset kGb18030 = {"GB18030", "gb18030", Reading::kChinese};
inline constexpr Charset kBig5 = {"Big5", "ibm-1375_P100-2008", Reading::kChinese};
inline constexpr Charset kShiftJis = {"Shift_JIS", "ibm-943_P15A-2003"};
inline constexpr Charset kEucJp = {"EUC-JP", "euc-jp-2007"};
inline constexpr Charset kEucKr = {"EUC-KR", "windows-949-2000"};
inline constexpr Charset kWindows1252 = {"windows-1252", "windows-1252"};

// What <meta charset=...>, <meta ... content="text/html; charset=...">, <?xml encoding="..."?> or
// CSS's @charset in the first KiB names; null if there is none of them or the name is not known.
// Finds what the prescan of the HTML standard finds in well-made pages; comments are not skipped.
const Charset* DeclaredCharset(std::string_view bytes);

}  // namespace quarry::text_internal
