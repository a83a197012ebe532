#include "retrieval/question_lexicon.h"

namespace quarry::retrieval::question_lexicon {
namespace {

using enum FactKind;

constexpr Row kRows[] = {
    // Time.
    {kTime, "m1", "january|jan"},
    {kTime, "m2", "february|feb"},
    {kTime, "m3", "march|mar"},
    {kTime, "m4", "april|apr"},
    {kTime, "m5", "may of"},
    {kTime, "m6", "june|jun"},
    {kTime, "m7", "july|jul"},
    {kTime, "m8", "august|aug"},
    {kTime, "m9", "september|sep|sept"},
    {kTime, "m10", "october|oct"},
    {kTime, "m11", "november|nov"},
    {kTime, "m12", "december|dec"},
    {kTime, "w1", "monday|周一|星期一|礼拜一"},
    {kTime, "w2", "tuesday|周二|星期二|礼拜二"},
    {kTime, "w3", "wednesday|周三|星期三|礼拜三"},
    {kTime, "w4", "thursday|周四|星期四|礼拜四"},
    {kTime, "w5", "friday|周五|星期五|礼拜五"},
    {kTime, "w6", "saturday|周六|星期六|礼拜六"},
    {kTime, "w7", "sunday|周日|星期日|星期天|礼拜天|周天"},
    {kTime, "",
     "today|yesterday|tomorrow|tonight|weekend|weekday|morning|afternoon|evening|night|midnight|"
     "noon|spring|summer|autumn|winter|quarter|century|decade|last year|next year|this year|last "
     "month|next month|this month|last week|next week|this week|annual|annually|monthly|weekly|"
     "daily|hourly|yearly|ago|since|until|till|during|already|yet|still|anymore|no longer|"
     "昨天|今天|明天|前天|后天|去年|今年|明年|前年|后年|上月|本月|下月|上个月|这个月|下个月|上周|"
     "本周|"
     "下周|早上|上午|中午|下午|晚上|凌晨|春|夏|秋|冬|季度|世纪|年代|每年|每月|每周|每天|以来|至今|"
     "期间|"
     "目前|现在|当时|以前|以后|之前|之后|周末|工作日|节假日"},
    // Negation.
    {kNegation, "not",
     "not|n't|cannot|can't|couldn't|don't|doesn't|didn't|isn't|aren't|wasn't|weren't|won't|wouldn'"
     "t|"
     "shouldn't|haven't|hasn't|hadn't|mustn't|needn't|ain't|dont|doesnt|didnt|isnt|cant|wont|"
     "arent|shouldnt|wouldnt|couldnt|havent"},
    {kNegation, "",
     "no|never|none|nobody|nothing|nowhere|neither|nor|without|non|forbidden|prohibited|banned|"
     "refuse|refuses|refused|fail|fails|failed|failing|lack|lacks|lacking|unable|except|hardly|"
     "barely|rarely|seldom|exclude|excluding|"
     "不|没|未|非|无|禁止|别|勿|莫|否|免|拒|除|缺|失败|毫无|并非"},
    // Comparison.
    {kComparison, "",
     "more|most|less|least|fewer|fewest|better|best|worse|worst|than|at least|at most|up to|over|"
     "under|above|below|greater|greatest|larger|largest|smaller|smallest|bigger|biggest|higher|"
     "highest|lower|lowest|longer|longest|shorter|shortest|older|oldest|newer|newest|younger|"
     "youngest|faster|fastest|slower|slowest|cheaper|cheapest|easier|easiest|harder|hardest|"
     "minimum|"
     "maximum|min|max|exceed|exceeds|equal|same|different|similar|vs|versus|twice|half|double|"
     "first|"
     "last|1st|enough|too|too much|too many|"
     "最|更|比|较|至少|至多|最多|最少|以上|以下|以内|以外|高于|低于|大于|小于|多于|少于|超过|不足|"
     "不超过|"
     "等于|相同|不同|区别|一样|倍|首|末|次|上限|下限|够|太|过于"},
    // Scope.
    {kScope, "",
     "all|every|each|any|some|only|just|both|either|except|other|others|another|else|always|"
     "sometimes|usually|often|per|total|entire|whole|part|partly|partially|single|multiple|several|"
     "many|few|mostly|mainly|generally|specifically|especially|including|include|inside|outside|"
     "within|alone|together|worldwide|global|local|domestic|foreign|internal|external|public|"
     "private|online|offline|free|paid|new|old|"
     "所有|全部|全|每|各|都|只|仅|任何|有些|部分|某|其他|其它|别的|另|总|共|单|多个|几个|总是|经常|"
     "偶尔|"
     "通常|主要|内|外|国内|国外|线上|线下|免费|付费|新|旧|个人|企业|本地|全球|全国"},
    // Tense and duty.
    {kTense, "past", "did|was|were|had|didn't|wasn't|weren't|hadn't|used to|过|曾|曾经|已经|已"},
    {kTense, "future", "will|shall|gonna|going to|won't|将|将要|即将|会"},
    {kTense, "perfect", "have been|has been|了"},
    {kTense, "progress", "正在|在不在"},
    {kTense, "must", "must|have to|has to|need to|required|mandatory|必须|一定要|必需|务必"},
    {kTense, "should", "should|ought|应该|应当|应"},
    {kTense, "may", "may|might|allowed|permitted|可能|允许|准许"},
    {kTense, "if", "if|unless|when i|when you|如果|假如|要是|的话|除非"},
    // What is asked for.
    {kAsked, "who", "who|whom|whose|who's|谁|哪位|什么人"},
    {kAsked, "when",
     "when|what time|what date|what year|what day|which "
     "year|什么时候|何时|几点|几号|哪年|哪天|啥时候"},
    {kAsked, "where", "where|哪里|哪儿|何处|什么地方|在哪|哪个城市|哪个国家"},
    {kAsked, "why", "why|how come|what is the reason|为什么|为何|为啥|怎么会|什么原因|凭什么"},
    {kAsked, "how many", "how many|how much|what is the number of|多少|几个|几"},
    {kAsked, "how long", "how long|多久|多长时间|多长"},
    {kAsked, "how often", "how often|how frequently|多久一次|几次"},
    {kAsked, "how far", "how far|多远"},
    {kAsked, "how big",
     "how big|how large|how high|how tall|how deep|how old|how fast|多大|多高|多深|多快|多重"},
    {kAsked, "how", "how|怎么|如何|怎样|怎么样|咋|怎|怎么办"},
    {kAsked, "which", "which|哪个|哪些|哪种|哪一个|哪"},
    // Relations.
    {kRelation, "",
     "from|by|against|into|onto|before|after|between|toward|towards|through|via|instead|instead of|"
     "rather|because|because of|therefore|and|or|but|of a|for a|upon|"
     "从|到|被|把|给|让|向|对|由|往|替|跟|和|与|或|但|因为|所以|导致|来自|属于|先|后|前"},
    // Persons.
    {kPerson, "1", "i|me|my|mine|we|us|our|我|我们|咱|咱们|俺"},
    {kPerson, "2", "you|your|yours|你|您|你们"},
};

}  // namespace

std::span<const Row> FactRows() { return kRows; }

std::string_view FunctionWords() {
  return "a|an|the|of|to|is|are|am|be|been|being|do|does|did|was|were|has|have|had|will|shall|"
         "would|"
         "could|can|i|me|my|mine|we|us|our|you|your|yours|it|its|it's|this|that|these|those|there|"
         "in|on|at|for|with|about|as|what|what's|which|who|whom|whose|who's|when|where|why|how|how "
         "to|please|so|then|s|one|get|got|"
         "的|地|得|是|吗|呢|啊|吧|呀|嘛|哦|么|我|我们|你|您|你们|请|这|那|个|一下|下|了|什么|啥|谁|"
         "哪|哪个|"
         "哪些|哪里|哪儿|怎么|如何|怎样|怎么样|怎|咋|为什么|为何|为啥|多少|几|什么时候|何时|多久|"
         "怎么办|"
         "要|想|想要|需要|会|有|在|能|能够|可以|可|去|来|就|还|也|呗|之|其|啦|是不是|能不能|有没有|"
         "会不会|"
         "可不可以|要不要|是否|能否|可否";
}

std::string_view NeutralWords() {
  return "特别|分别|级别|性别|类别|识别|别人|鉴别|告别|非常|非洲|首都|成都|都市|"
         "机会|社会|会员|会计|学会|协会|会议|开会|约会|晚会|会所|通过|过敏|过程|"
         "经过|过滤|过期|过户|超过|难过|了解|除了|对象|对方|对应|反对|对付|面对|"
         "到底|遇到|收到|看到|找到|得到|达到|到期|到账|到达|比赛|比如|比特|比例|"
         "比较好|新疆|新闻|新浪|更新|更改|变更|更换|内存|内容|内部|国内|外卖|外国|"
         "外面|例外|账单|单位|订单|简单|单词|菜单|名单|总结|总是|公共|共享|方向|"
         "向量|先生|首先|后悔|后台|最后|落后|以后|提前|之前|从前|前面|应用|反应|"
         "响应|供应|适应|自由|理由|由于|和平|和谐|参与|或许|或者|太阳|太太|首页|"
         "次数|多次|再次|名次|档次|每当|春天|青春|全面|全身|安全|完全|全家|健全|"
         "部门|把握|给力|让步|往往|来往|跟踪|替换|被子|只有|只要|某些|够用|没关系";
}

std::string_view NowWords() {
  return "latest|newest|today|tonight|now|right now|current|currently|at the moment|this week|this "
         "month|this year|so far|recent|recently|up to date|breaking|yesterday|tomorrow|as of "
         "now|these days|this morning|this afternoon|this evening|last night|yesterday night|day "
         "ago|"
         "days ago|hour ago|hours ago|minutes ago|in the last|in the past|just now|nowadays|"
         "最新|最近|今天|今日|今晚|现在|目前|当前|此刻|刚刚|近期|本周|本月|今年|这周|这个月|昨天|"
         "昨日|明天|"
         "明日|实时|截至|昨晚|昨夜|今早|今晨|今夜|明早|明晚|前天|后天|大前天|大后天|前晚|天前|天后|"
         "小时前|"
         "小时后|分钟前|刚才|眼下|当下|如今|这几天|这两天";
}

std::string_view RelativeTimes() {
  return "last week|last month|last year|last quarter|last season|last weekend|last spring|last "
         "summer|last autumn|last fall|last winter|last monday|last tuesday|last wednesday|last "
         "thursday|last friday|last saturday|last sunday|next week|next month|next year|next "
         "quarter|next season|next weekend|next spring|next summer|next autumn|next fall|next "
         "winter|next monday|next tuesday|next wednesday|next thursday|next friday|next saturday|"
         "next sunday|this weekend|this quarter|this season|this spring|this summer|this autumn|"
         "this fall|this winter|this monday|this tuesday|this wednesday|this thursday|this friday|"
         "this saturday|this sunday|previous week|previous month|previous year|coming week|coming "
         "month|coming year|week ago|weeks ago|month ago|months ago|year ago|years ago|decades ago|"
         "ago|upcoming|soon|since last|"
         "上周|上星期|上礼拜|上个星期|上个礼拜|上个月|上月|上季度|上个季度|上半年|上一周|上一年|"
         "去年|"
         "前年|大前年|下周|下星期|下礼拜|下个星期|下个礼拜|下个月|下月|下季度|下个季度|下半年|"
         "下一周|"
         "下一年|明年|后年|这季度|本季度|这个季度|这周末|周前|星期前|个月前|月前|年前|周后|个月后|"
         "年后|"
         "不久前|即将";
}

std::string_view Units() {
  return "kg,kilogram,kilograms,公斤,千克|g,gram,grams,克|mg,milligram,milligrams,毫克|t,ton,tons,"
         "tonne,tonnes,吨|lb,lbs,pound,pounds,磅|oz,ounce,ounces|km,kilometer,kilometers,kilometre,"
         "kilometres,公里,千米|m,meter,meters,metre,metres,米|cm,centimeter,centimeters,厘米|mm,"
         "millimeter,millimeters,毫米|mile,miles,英里|ft,foot,feet,英尺|in,inch,inches,英寸|l,"
         "liter,"
         "liters,litre,litres,升|ml,毫升|s,sec,second,seconds,秒|min,minute,minutes,分钟|h,hr,hour,"
         "hours,小时|day,days,天,日|week,weeks,周|month,months,个月|year,years,年|%,percent,"
         "per cent|usd,dollar,dollars,美元|eur,euro,euros,欧元|元,块,yuan,rmb,cny|bar|Pa|kpa,千帕|"
         "MPa,兆帕|mPa|mpa|psi|v,volt,volts,伏|kv,千伏|mV|MV|mv|a,amp,amps,安|mA|MA|ma|w,watt,"
         "watts,"
         "瓦|kw,kilowatt,kilowatts,千瓦|mW,milliwatt,milliwatts,毫瓦|MW,megawatt,megawatts,兆瓦|mw|"
         "kwh,度|MWh|mWh|hz|khz|MHz|mHz|mhz|ghz|kB|KB|Kb|kb|MB|Mb|mB|mb|GB|Gb|gB|gb|TB|Tb|tb|mΩ|MΩ|"
         "M|"
         "K|k|G|S|B|H|T|°c,celsius,摄氏度|°f,fahrenheit,华氏度|月|号|"
         "点|岁|"
         "人|位|个|台|件|次|张|份|家|名|层|楼";
}

}  // namespace quarry::retrieval::question_lexicon
