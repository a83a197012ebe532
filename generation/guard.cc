#include "generation/guard.h"

#include <algorithm>

#include "base/text.h"
#include "generation/phrase_list.h"
#include "generation/self_harm.h"

namespace quarry::generation {
namespace {

// The lists are those of phrase_list.h.
struct Rule {
  Harm harm;
  std::string_view acts;
  std::string_view objects;  // what the act is done with or to
  std::string_view passes;   // words of this rule that mean something else
  bool needs_asking = true;  // only where it asks how, or for help
};

constexpr std::string_view kAsking =
    "how to|how do i|how do you|how do we|how can i|how can we|how could i|how would i|how should "
    "i|"
    "how might i|how does one|what is the best way|what's the best way|best way to|easiest way|way "
    "to|ways to|"
    "steps|step by step|instructions|recipe|tutorial|guide me|guide to|help me|teach me|show me|"
    "tell me how|explain how|write me|write a|write an|give me|create a|make me|make a|generate|i "
    "want to|"
    "i need to|i would like to|i plan to|i'm going to|where can i buy|where can i get|can "
    "you|could you|"
    "without getting caught|without being caught|without anyone|draft a|"
    "怎么|如何|怎样|教我|帮我|给我|替我|方法|步骤|配方|教程|我想|我要|我打算|写一|哪里能买|"
    "哪里可以买|"
    "不被发现|能不能|可以教";

// With "report" only as what is to be done: a report may be made of anything.
constexpr std::string_view kProtectsMinors =
    "prevent*|protect*|safeguard*|detect*|abuse|abused|exploitation|to report|reporting|"
    "i report|we report|report it|report this|policy|law|legal|hotline|victim*|"
    "防止|预防|防范|避免|保护|识别|举报|报案|侵害|性侵|虐待|法律|规定|制度|热线|处罚";
constexpr std::string_view kMakes =
    "write|draw|generate|create|give me|send me|show me|make me|tell me a|写|画|生成|给我|发我";
constexpr std::string_view kClauseEnds[] = {",",  ".",  ";",  ":",  "!",  "?",
                                            "，", "。", "；", "：", "！", "？"};

// What is asked is to keep harm away, to treat or to report it, or what somebody else did.
constexpr std::string_view kProtects =
    "prevent*|protect*|avoid*|detect*|recogni*|spot|identify|report|reported|reporting|reports|"
    "antidote|"
    "treat|treated|treatment|first "
    "aid|safety|awareness|training|defend*|secure|policy|procedure|"
    "rules|law|legal|penalty|punish*|history|statistics|investigat*|symptoms|hotline|support|stop|"
    "against|mitigat*|respond|response|rescue|evacuat*|drill|guard|tell apart|tell if|"
    "防止|预防|防范|避免|防护|保护|识别|辨别|检测出|检测到|举报|报告|报案|急救|解毒|治疗|救治|安全|"
    "培训|"
    "演练|规定|制度|法律|"
    "处罚|历史|统计|调查|症状|热线|应对|处理|处置|制止|防治|逃生|疏散|预案";

constexpr std::string_view kPeople =
    "someone|somebody|a person|people|person|anyone|everyone|him|her|them|wife|husband|boss|"
    "neighbour*|neighbor*|colleague*|coworker*|co-worker*|employee*|customer*|villager*|resident*|"
    "girlfriend|boyfriend|ex|mother|father|brother|sister|family|teacher|student*|manager|roommate|"
    "politician*|crowd|school|town|child|children|man|woman|guard|staff|"
    "他|她|杀人|别人|某人|路人|女人|男人|死一个人|杀一个人|死其他人|死人|给人下毒|给人投毒|老婆|"
    "妻子|丈夫|老公|同事|老板|邻居|村民|居民|用户|客户|"
    "全家|女友|男友|"
    "女朋友|男朋友|前任|前妻|前夫|"
    "老师|学生|孩子|"
    "母亲|父亲|室友|领导|经理|小区";

constexpr Rule kGuardRules[] = {
    {Harm::kMinors, "porn*|nude*|naked|sexual*|sexy|erotic*|色情|裸照|裸体|性行为|性爱|淫秽",
     "child*|minor|minors|underage|kid|kids|teen*|toddler*|schoolgirl*|未成年|儿童|幼女|幼童|"
     "小学生|男童|女童",
     "", true},
    // The subject; who speaks of himself is heard before (self_harm.h).
    {Harm::kSelfHarm, "hurt myself|hurting myself|cut myself|suicide|自杀|自残|轻生|割腕", "",
     "without hurting myself|prevention|help someone who|help somebody who|help people who|"
     "帮助想|帮助有|支持想|支持有|劝",
     false},
    {Harm::kWeapons,
     "make|making|build|building|assemble|construct|create|detonate|produce|set "
     "off|plant|mix|buy|get|3d print|print|"
     "制造|自制|制作|引爆|做|造|合成|安放|买|配制|打印",
     "bomb|bombs|explosive*|grenade*|ied|pipe bomb|nerve agent|nerve gas|sarin|vx gas|mustard "
     "gas|poison gas|"
     "chemical weapon*|biological weapon*|dirty bomb|silencer*|ghost "
     "gun|gun|guns|firearm*|molotov*|anthrax|"
     "ricin|napalm|炸弹|炸药|手榴弹|毒气|沙林|枪支|手枪|步枪|枪|子弹|燃烧瓶|化学武器|生物武器|炭疽|"
     "雷管",
     "bath bomb*|seed bomb*|bomb calorimeter|bomb disposal|glue gun|spray gun|grease gun|heat "
     "gun|nail gun|"
     "water gun|cherry bomb|logic bomb|photobomb|gun-metal|gun "
     "metal|喷枪|焊枪|胶枪|水枪|油枪|热风枪|打钉枪|枪头|炸弹人",
     true},
    {Harm::kViolence,
     "kill|murder|poison|strangle|stab|beat "
     "up|assassinate|torture|suffocate|attack|harm|injure|kidnap|"
     "drug my|drug him|drug her|drug someone|drug somebody|drug people|gas my|gas him|gas her|"
     "gas someone|gas somebody|gas people|"
     "cripple|drown|burn alive|choke|get rid of my wife|get rid of my husband|get rid of my boss|"
     "get rid of him|get rid of her|make sick|"
     "杀|杀死|毒死|毒害|弄死|下毒|掐死|勒死|捅|绑架|打残|打死|弄残|伤害|谋杀|教训一顿|狠狠教训|"
     "教训他|教训她|淹死|毒倒|害死|"
     "投毒",
     kPeople,
     "bacteria|germ*|weed*|rat|rats|mice|mosquito*|process|processes|pest*|heart attack*|"
     "asthma attack*|panic attack*|杀菌|杀虫|杀毒|害虫|"
     "自杀|秒杀|杀青|抹杀|杀价|细菌|病菌|进程",
     true},
    {Harm::kViolence,
     "poison|contaminate|sabotage|blow up|destroy|pollute|投毒|污染|破坏|炸毁|炸掉|下毒",
     "water supply|drinking water|reservoir|well|wells|waterworks|treatment plant|treatment "
     "works|water tank|"
     "dam|power grid|railway|bridge|pumping station|pump "
     "station|泵站|水源|水库|水井|自来水|水厂|饮用水|大坝|铁路|桥|电网|水塔|水箱",
     "", true},
    {Harm::kIntrusion,
     "hack|hacking|crack|break into|bypass|steal|phish|brute force|brute-force|take over|intercept|"
     "get into his|get into her|get into their|get into someone*|get into somebody*|get into "
     "another*|ddos|dos attack*|exploit|exfiltrate|"
     "破解|盗取|入侵|黑进|黑掉|窃取|绕过|盗|攻破|偷看|偷取|劫持|攻击",
     "account*|password*|wifi|wi-fi|bank*|network*|e-mail*|email*|server*|atm|credit "
     "card*|database|webcam|phone|"
     "system|systems|scada|website|firewall|login|facebook|instagram|gmail|licence key|"
     "系统|账号|帐号|密码|银行卡|邮箱|网络|服务器|手机|微信|数据库|网站|防火墙|摄像头|支付宝|"
     "控制系统|wifi",
     "my own|forgot*|forgotten|reset|crack in|life hack*|hackathon|penetration "
     "test*|我自己的|忘记|忘了|重置|裂缝|防盗|盗版|绕过滤",
     true},
    {Harm::kIntrusion,
     "write|create|make|build|develop|code|spread|deploy|send|buy|编写|写|制作|开发|传播|植入|发送|"
     "做|买",
     "malware|ransomware|computer virus|keylogger*|trojan*|spyware|rootkit*|botnet*|phishing "
     "mail*|phishing e-mail*|"
     "phishing email*|phishing page*|phishing "
     "site*|勒索软件|勒索病毒|木马|电脑病毒|钓鱼邮件|钓鱼网站|键盘记录|僵尸网络",
     "", true},
    {Harm::kFraud,
     "forge|fake|falsify|counterfeit|launder|tamper*|manipulate|embezzle|evade|scam|blackmail|"
     "extort|bribe|cheat|"
     "rig|steal|伪造|假造|造假|篡改|洗钱|做假|挪用|逃税|诈骗|骗|行贿|敲诈|勒索|偷|作假|虚报|"
     "做假的|一份假的|一张假的|假的检测|假的发票|假的证|假的身份|假的学历",
     "invoice*|signature*|passport*|id "
     "card*|certificate*|money|banknote*|document*|receipt*|meter*|reading*|"
     "funds|tax*|insurance|pensioner*|elderly|customer*|colleague*|official*|election|expense*|lab "
     "result*|"
     "test result*|water|electricity|"
     "发票|签名|护照|身份证|证件|公章|假币|钞票|学历|化验单|检测报告|检测数据|水表|读数|公款|税|"
     "保险|老人|客户|官员|选举|报销|水质数据|"
     "洗钱|偷钱|骗钱|偷水|偷电|的钱|邻居的电|公司的电|公家的电|电网的电",
     "fake tree*|steal time|water meter readings online|骗过传感器|被骗|被偷", true},
    {Harm::kDrugs,
     "make|cook|synthesi*|produce|extract|grow|smuggle|sell|buy|制造|合成|提炼|制作|种|走私|贩卖|"
     "买|做|贩毒|制毒",
     "meth|methamphetamine|heroin|cocaine|lsd|fentanyl|mdma|ecstasy|crack "
     "cocaine|冰毒|海洛因|可卡因|毒品|摇头丸|"
     "大麻|芬太尼|贩毒|制毒",
     "", true},
    {Harm::kStalking,
     // Parcels, orders and customers' complaints are tracked and followed too: a person stands right
     // behind these.
     "stalk|spy on|secretly record|secretly film|secretly "
     "photograph|wiretap|eavesdrop*|"
     "track him|track her|track someone*|track somebody*|track a person|track my boss|track my "
     "coworker*|track my co-worker*|track my colleague*|track my ex*|track my "
     "wife*|"
     "track my husband*|track my girlfriend*|track my boyfriend*|track my neighbo*|follow him|"
     "follow her|follow someone|follow somebody|follow my ex*|follow my wife|follow my husband|"
     "follow my girlfriend|follow my boyfriend|follow my neighbo*|find out where she|"
     "find out where he|find out where my ex*|find out where my neighbo*|home address of my ex*|"
     "home address of my neighbo*|home address of my boss|bug his|bug her|"
     "跟踪一个人|监视一个人|监听一个人|定位一个人|跟踪他|跟踪她|跟踪前任|跟踪前妻|跟踪前夫|跟踪女|"
     "跟踪男|跟踪别人|跟踪某人|跟踪邻居|"
     "跟踪同事|跟踪室友|跟踪老婆|跟踪老公|跟踪老板|跟踪妻子|跟踪丈夫|偷偷跟踪|"
     "监视他|监视她|监视前任|监视女|监视男|监视别人|监视邻居|监视同事|监视室友|监视老婆|"
     "监视老公|监视妻子|监视丈夫|偷偷监视|监听他|监听她|监听前任|监听女|监听男|监听别人|监听邻居|"
     "监听同事|监听室友|监听老婆|监听老公|监听妻子|监听丈夫|偷偷监听|定位他|定位她|定位前任|定位女|"
     "定位男|定位别人|定位老婆|定位老公|定位妻子|定位丈夫|偷偷定位|"
     "偷拍|窃听|尾随|人肉|查到住址|查他的家庭住址|查她的家庭住址|前任的家庭住址",
     kPeople,
     "track changes|follow up|track people counter|number of people|定位管道|管道定位|漏点", true},
    {Harm::kHarassment,
     "threatening letter*|threatening message*|threatening e-mail*|abusive message*|threaten|death "
     "threat*|harass|bully|humiliate|"
     "hate speech|insult|racist|恐吓信|威胁信|恐吓|辱骂|侮辱|骂人|网暴|羞辱|种族歧视",
     "", "", true},
};

// Words that only hold the name of a person.
constexpr std::string_view kNoPeople[] = {"其他", "吉他", "客户端"};

std::string WithoutNoPeople(std::string text) {
  for (const std::string_view word : kNoPeople) {
    for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
      // Other people are people.
      if (std::string_view(text).substr(at + word.size()).starts_with("人")) {
        at += word.size();
      } else {
        text.replace(at, word.size(), " ");
      }
    }
  }
  return text;
}

// Of minors nothing passes for a word of protection but what plainly asks for it: not what is to be made,
// unless the protection is what is made ("write a policy against ..").
bool ProtectsMinors(std::string_view text, std::string_view acts) {
  if (!HoldsAnyPhrase(text, kProtectsMinors)) return false;
  const std::string_view before = text.substr(0, FindPhrase(text, acts).begin);
  const size_t made = FindPhrase(before, kMakes).begin;
  if (made == before.size()) return true;
  size_t clause = 0;
  for (const std::string_view end : kClauseEnds) {
    const size_t found = before.substr(0, made).rfind(end);
    if (found != before.npos) clause = std::max(clause, found + end.size());
  }
  return HoldsAnyPhrase(before.substr(clause), kProtectsMinors);
}

}  // namespace

std::optional<Harm> FindHarm(std::string_view message) {
  const std::string text = WithoutNoPeople(Fold(message));
  if (SpeaksOfOwnHarm(text)) return Harm::kSelfHarm;
  const bool asks = HoldsAnyPhrase(text, kAsking);
  const bool protects = HoldsAnyPhrase(text, kProtects);
  for (const Rule& rule : kGuardRules) {
    if (!HoldsAnyPhrase(text, rule.acts)) continue;
    if (!rule.objects.empty() && !HoldsAnyPhrase(text, rule.objects)) continue;
    if (HoldsAnyPhrase(text, rule.passes)) continue;
    if (rule.harm == Harm::kMinors ? ProtectsMinors(text, rule.acts) : protects) continue;
    if (rule.needs_asking && !asks) continue;
    return rule.harm;
  }
  return std::nullopt;
}

std::string HarmReply(Harm harm, std::string_view message) {
  const bool zh = DetectLanguage(message) == "zh";
  if (harm == Harm::kSelfHarm) {
    return zh ? "听起来您现在很难受。请马上和身边信任的人谈谈，或拨打当地的急救电话、心理援助热线；"
                "您不必一个人承受。"
              : "It sounds as if you are going through a very hard time. Please talk to somebody "
                "you trust now, or "
                "call your local emergency number or a crisis line. You do not have to carry this "
                "alone.";
  }
  return zh ? "这件事我不能帮忙。关于这里的文档，您可以问我别的问题。"
            : "I cannot help with that. You are welcome to ask something else about the documents.";
}

}  // namespace quarry::generation
