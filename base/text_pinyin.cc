#include "base/text_pinyin.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"

namespace quarry {
namespace {

// Syllables without tones, each followed by the characters of GB 2312 that are read so. The facts are those of ICU's
// transliterator "Han-Latin" (CLDR, Unicode licence), and beside them second readings that stand in names. They stand here
// rather than being asked of ICU for the reasons given in text_han_variants.cc.
// clang-format off
constexpr std::string_view kReadings =
    "a啊阿嗄锕ai埃挨哎唉哀皑癌蔼矮艾碍爱隘捱嗳嗌嫒瑷暧砹锿霭an鞍氨安俺按暗岸胺案谙埯揞犴庵桉铵"
    "鹌黯ang肮昂盎ao凹敖熬翱袄傲奥懊澳坳拗嗷岙廒遨媪骜獒聱螯鏊鳌鏖ba芭捌扒叭吧笆八疤巴拔跋靶把"
    "耙坝霸罢爸茇菝岜灞钯粑鲅魃bai白柏百摆佰败拜稗捭掰擘ban斑班搬扳般颁板版扮拌伴瓣半办绊阪坂钣"
    "瘢癍舨bang邦帮梆榜膀绑棒磅蚌镑傍谤蒡浜bao苞胞包褒薄雹保堡饱宝抱报暴豹鲍爆勹葆孢煲鸨褓趵龅b"
    "ei杯碑悲卑北辈背贝钡倍狈备惫焙被孛陂邶蓓呗悖碚鹎褙鐾鞴ben奔苯本笨畚坌贲锛beng崩绷甭泵蹦迸"
    "嘣甏蚌bi逼鼻比鄙笔彼碧蓖蔽毕毙毖币庇痹闭敝弊必壁臂避陛匕俾荜荸萆薜吡哔狴庳愎滗濞弼妣婢嬖璧"
    "畀铋秕裨筚箅篦舭襞跸髀秘bian鞭边编贬扁便变卞辨辩辫遍匾弁苄忭汴缏煸砭碥窆褊蝙笾鳊biao标彪膘"
    "表婊骠杓飑飙飚灬镖镳瘭裱鳔髟bie鳖憋别瘪蹩bin彬斌濒滨宾摈傧豳缤玢槟殡膑镔髌鬓bing兵冰柄丙秉"
    "饼炳病并禀冫邴摒bo剥玻菠播拨钵波博勃搏铂箔伯帛舶脖膊渤驳卜亳啵饽檗礴钹鹁簸跛踣薄bu捕哺补埠"
    "不布步簿部怖埔卟逋瓿晡钚钸醭ca擦嚓礤cai猜裁材才财睬踩采彩菜蔡can餐参蚕残惭惨灿掺孱骖璨粲黪"
    "cang苍舱仓沧藏伧cao操糙槽曹草艹嘈漕螬艚ce厕策侧册测恻cen岑涔ceng层蹭曾噌cha插叉茬茶查碴搽"
    "察岔差诧猹馇汊姹杈槎檫锸镲衩chai拆柴豺侪钗瘥虿chan搀蝉馋谗缠铲产阐颤冁谄蒇廛忏潺澶羼婵骣觇"
    "禅镡蟾躔chang昌猖场尝常偿肠厂敞畅唱倡伥鬯苌菖徜怅惝阊娼嫦昶氅鲳长chao超抄钞朝嘲潮巢吵炒怊"
    "晁焯耖che车扯撤掣彻澈坼屮砗chen郴臣辰尘晨忱沉陈趁衬谌谶抻嗔宸琛榇碜龀cheng撑称城橙成呈乘程"
    "惩澄诚承逞骋秤丞埕枨柽晟塍瞠铖裎蛏酲chi吃痴持池迟弛驰耻齿侈尺赤翅斥炽傺坻墀茌叱哧啻嗤彳饬"
    "媸敕眵鸱瘛褫蚩螭笞篪踟魑chong充冲虫崇宠茺忡憧铳舂艟重chou抽酬畴踌稠愁筹仇绸瞅丑臭俦帱惆瘳"
    "雠chu初出橱厨躇锄雏滁除楚础储矗搐触处畜亍刍怵憷绌杵楮樗褚蜍蹰黜chuai揣搋啜嘬膪踹chuan川穿"
    "椽传船喘串舛遄巛氚钏舡chuang疮窗幢床闯创怆chui吹炊捶锤垂椎陲棰槌chun春椿醇唇淳纯蠢莼鹑蝽ch"
    "uo戳绰辶辍踔龊ci疵茨磁雌辞慈瓷词此刺赐次伺茈呲祠鹚糍cong聪葱囱匆从丛苁淙骢琮璁枞cou凑辏腠c"
    "u粗醋簇促蔟徂猝殂酢蹙蹴cuan蹿篡窜汆撺爨镩cui摧崔催脆瘁粹淬翠萃啐悴璀榱毳cun村存寸忖皴cuo磋"
    "撮搓措挫错厝嵯脞锉矬痤鹾蹉da搭达答瘩打大耷哒嗒怛妲沓褡笪靼鞑dai呆歹傣戴带殆代贷袋待逮怠埭"
    "甙呔岱迨骀绐玳黛dan耽担丹单郸掸胆旦氮但惮淡诞弹蛋儋萏啖澹殚赕眈疸瘅聃箪石dang当挡党荡档谠"
    "凼菪宕砀铛裆dao刀捣蹈倒岛祷导到稻悼道盗刂叨忉氘焘纛de德得的地锝deng蹬灯登等瞪凳邓噔嶝戥磴"
    "镫簦di堤低滴迪敌笛狄涤翟嫡抵底蒂第帝弟递缔氐籴诋谛邸荻嘀娣柢棣觌砥碲睇镝羝骶dian颠掂滇碘点"
    "典靛垫电佃甸店惦奠淀殿阽坫巅玷钿癜癫簟踮diao碉叼雕凋刁掉吊钓调铞铫貂鲷die跌爹碟蝶迭谍叠垤"
    "堞揲喋嗲牒瓞耋蹀鲽ding丁盯叮钉顶鼎锭定订仃啶玎腚碇铤疔耵酊diu丢铥dong东冬董懂动栋侗恫冻洞"
    "垌咚岽峒氡胨胴硐鸫dou兜抖斗陡豆逗痘都蔸窦蚪篼du督毒犊独读堵睹赌杜镀肚度渡妒芏嘟渎椟牍碡蠹"
    "笃髑黩都duan端短锻段断缎椴煅簖dui堆兑队对怼憝碓镦dun墩吨蹲敦顿囤钝盾遁沌炖砘礅盹趸duo掇哆"
    "多夺垛躲朵跺舵剁惰堕咄哚缍柁铎裰踱e蛾峨鹅俄额讹娥恶厄扼遏鄂饿噩谔垩苊莪萼呃愕阏屙婀轭腭锇"
    "锷鹗颚鳄ei诶en恩蒽摁er而儿耳尔饵洱二贰佴迩珥铒鸸鲕fa发罚筏伐乏阀法珐垡砝fan藩帆番翻樊矾钒"
    "繁凡烦反返范贩犯饭泛蕃蘩幡梵燔畈蹯fang坊芳方肪房防妨仿访纺放匚邡彷枋钫舫鲂fei菲非啡飞肥匪"
    "诽吠肺废沸费芾狒悱淝妃绯榧腓斐扉镄痱蜚篚翡霏鲱fen芬酚吩氛分纷坟焚汾粉奋份忿愤粪偾瀵棼鲼鼢f"
    "eng丰封枫蜂峰锋风疯烽逢冯缝讽奉凤俸酆葑唪沣砜fou否缶fu佛夫敷肤孵扶拂辐幅氟符伏俘服浮涪福袱"
    "弗甫抚辅俯釜斧腑府腐赴副覆赋复傅付阜父腹负富讣附妇缚咐匐凫阝郛芙苻茯莩菔拊呋呒幞怫滏艴孚驸"
    "绂绋桴赙祓砩黻黼罘稃馥蚨蜉蝠蝮麸趺跗鲋鳆ga噶嘎尬呷尕尜旮钆gai该改概钙盖溉丐陔垓戤赅gan干甘"
    "杆柑竿肝赶感秆敢赣坩苷尴擀泔淦澉绀橄旰矸疳酐gang冈刚钢缸肛纲岗港杠戆罡筻gao篙皋高膏羔糕搞"
    "镐稿告睾诰郜藁缟槔槁杲锆ge哥歌搁戈鸽胳疙割革葛格阁隔铬个各咯鬲仡哿圪塥嗝纥搿膈硌镉袼虼舸骼"
    "盖gei给gen根跟亘茛哏艮geng耕更庚羹埂耿梗哽赓绠鲠gong工攻功恭龚供躬公宫弓巩汞拱贡共廾珙肱蚣"
    "觥gou钩勾沟苟狗垢构购够佝诟岣遘媾缑枸觏彀笱篝鞲gu辜菇咕箍估沽孤姑鼓古蛊骨谷股故顾固雇嘏诂"
    "菰呱崮汩梏轱牯牿臌毂瞽罟钴锢鸪鹄痼蛄酤觚鲴鹘gua刮瓜剐寡挂褂卦诖栝胍鸹聒guai乖拐怪掴guan棺"
    "关官冠观管馆罐惯灌贯倌莞掼涫盥鹳鳏guang光广逛咣犷桄胱gui瑰规圭硅归龟闺轨鬼诡癸桂柜跪贵刽傀"
    "炔匦刿庋宄妫桧晷皈簋鲑鳜gun辊滚棍丨衮绲磙鲧guo锅郭国果裹过馘埚呙帼崞猓椁虢蜾蝈ha蛤哈铪hai"
    "骸孩海氦亥害骇还咳嗨胲醢han酣憨邯韩含涵寒函喊罕翰撼捍旱憾悍焊汗汉邗菡撖阚瀚晗焓顸颔蚶鼾han"
    "g夯杭航沆绗珩颃行hao壕嚎豪毫郝好耗号浩貉蒿薅嗥嚆濠灏昊皓颢蚝he呵喝荷菏核禾和何合盒阂河涸赫"
    "褐鹤贺诃劾壑嗬阖曷盍颌蚵翮hei嘿黑hen痕很狠恨heng哼亨横衡恒蘅桁hong轰哄烘虹鸿洪宏弘红黉訇讧"
    "荭蕻薨闳泓hou喉侯猴吼厚候后堠後逅瘊篌糇鲎骺hu呼乎忽瑚壶葫胡蝴狐糊湖弧虎唬护互沪户冱唿囫岵"
    "猢怙惚浒滹琥槲轷觳烀煳戽扈祜瓠鹕鹱虍笏醐斛hua花哗华猾滑画划化话骅桦铧huai槐徊怀淮坏踝huan"
    "欢环桓缓换患唤痪豢焕涣宦幻郇奂萑擐圜獾洹浣漶寰逭缳锾鲩鬟huang荒慌黄磺蝗簧皇凰惶煌晃幌恍谎"
    "隍徨湟潢遑璜肓癀蟥篁鳇hui灰挥辉徽恢蛔回毁悔慧卉惠晦贿秽会烩汇讳诲绘诙茴荟蕙咴哕喙隳洄浍彗"
    "缋珲晖恚虺蟪麾hun荤昏婚魂浑混诨馄阍溷huo豁活伙火获或惑霍货祸劐藿攉嚯夥砉钬锪镬耠蠖ji击圾基"
    "机畸稽积箕肌饥迹激讥鸡姬绩缉吉极棘辑籍集及急疾汲即嫉级挤几脊己蓟技冀季伎祭剂悸济寄寂计记既"
    "忌际妓继纪藉丌亟乩剞佶偈诘墼芨芰荠蒺蕺掎叽咭哜唧岌嵴洎彐屐骥畿玑楫殛戟戢赍觊犄齑矶羁嵇稷瘠"
    "虮笈笄暨跻跽霁鲚鲫髻麂jia嘉枷夹佳家加荚颊贾甲钾假稼价架驾嫁茄伽郏葭岬浃迦珈戛胛恝铗镓痂瘕"
    "蛱笳袈跏jian歼监坚尖笺间煎兼肩艰奸缄茧检柬碱硷拣捡简俭剪减荐鉴践贱见键箭件健舰剑饯渐溅涧建"
    "僭谏谫菅蒹搛囝湔蹇謇缣枧楗戋戬牮犍毽腱睑锏鹣裥笕翦趼踺鲣鞯jiang僵姜将浆江疆蒋桨奖讲匠酱降"
    "茳洚绛缰犟礓耩糨豇jiao蕉椒礁焦胶交郊浇骄娇搅铰矫侥脚狡角饺缴绞剿教酵轿较叫窖佼僬艽茭挢噍峤"
    "徼湫姣敫皎鹪蛟醮跤鲛jie揭接皆秸街阶截劫节杰捷睫竭洁结解姐戒芥界借介疥诫届讦卩拮喈嗟婕孑桀"
    "碣疖颉蚧羯鲒骱jin巾筋斤金今津襟紧锦仅谨进靳晋禁近烬浸尽劲卺荩堇噤馑廑妗缙瑾槿赆觐钅衿矜jin"
    "g荆兢茎睛晶鲸京惊精粳经井警景颈静境敬镜径痉靖竟竞净刭儆阱菁獍憬泾迳弪婧肼胫腈旌靓jiong炯窘"
    "冂迥炅扃jiu揪究纠玖韭久灸九酒厩救旧臼舅咎就疚僦啾阄柩桕鸠鹫赳鬏ju桔鞠拘狙疽居驹菊局咀矩举"
    "沮聚拒据巨具距踞锯俱句惧炬剧倨讵苣苴莒菹掬遽屦琚椐榘榉橘犋飓钜锔窭裾趄醵踽龃雎鞫juan捐鹃娟"
    "倦眷卷绢鄄狷涓桊蠲锩镌隽jue嚼撅攫抉掘倔爵觉决诀绝厥劂谲矍蕨噘噱崛獗孓珏桷橛爝镢蹶觖jun均菌"
    "钧军君峻俊竣浚郡骏捃皲麇ka喀咖卡佧咔胩kai开揩楷凯慨剀垲蒈忾恺铠锎锴kan槛刊堪勘坎砍看侃莰戡"
    "龛瞰kang康慷糠扛抗亢炕伉闶钪kao考拷烤靠尻栲犒铐ke坷苛柯棵磕颗科壳可渴克刻客课嗑岢恪溘骒缂"
    "珂轲氪瞌钶锞稞疴窠颏蝌髁ken肯啃垦恳裉龈keng坑吭铿kong空恐孔控倥崆箜kou抠口扣寇芤蔻叩眍筘ku"
    "枯哭窟苦酷库裤刳堀喾绔骷kua夸垮挎跨胯侉kuai块筷侩快蒯郐哙狯脍kuan宽款髋kuang匡筐狂框矿眶旷"
    "况诓诳邝圹夼哐纩贶kui亏盔岿窥葵奎魁馈愧溃馗匮夔隗蒉揆喹喟悝愦逵暌睽聩蝰篑跬kun坤昆捆困悃阃"
    "琨锟醌鲲髡kuo括扩廓阔蛞la垃拉喇蜡腊辣啦剌邋旯砬瘌落lai莱来赖崃徕涞濑赉睐铼癞籁lan蓝婪栏拦"
    "篮阑兰澜谰揽览懒缆烂滥岚漤榄斓罱镧褴lang琅榔狼廊郎朗浪莨蒗啷阆锒稂螂lao捞劳牢老佬姥酪烙涝"
    "潦唠崂栳铑铹痨耢醪le乐肋了仂叻泐鳓lei勒雷镭蕾磊累儡垒擂类泪羸诔嘞嫘缧檑耒酹leng棱楞冷塄愣l"
    "i厘梨犁黎篱狸离漓理李里鲤礼莉荔吏栗丽厉励砾历利傈例俐痢立粒沥隶力璃哩俪俚郦坜苈莅蓠藜呖唳"
    "喱猁溧澧逦娌嫠骊缡枥栎轹戾砺詈罹锂鹂疠疬蛎蜊蠡笠篥粝醴跞雳鲡鳢黧lia俩lian联莲连镰廉怜涟帘"
    "敛脸链恋炼练蔹奁潋濂琏楝殓臁裢裣蠊鲢liang粮凉梁粱良两辆量晾亮谅墚椋踉魉liao撩聊僚疗燎寥辽"
    "撂镣廖料蓼尥嘹獠寮缭钌鹩lie列裂烈劣猎冽埒捩咧洌趔躐鬣lin琳林磷霖临邻鳞淋凛赁吝拎蔺啉嶙廪懔"
    "遴檩辚膦瞵粼躏麟ling玲菱零龄铃伶羚凌灵陵岭领另令酃苓呤囹泠绫柃棂瓴聆蛉翎鲮liu溜琉榴硫馏留"
    "刘瘤流柳六浏遛骝绺旒熘锍镏鹨鎏long龙聋咙笼窿隆垄拢陇垅茏泷珑栊胧砻癃lou楼娄搂篓漏陋偻蒌喽"
    "嵝镂瘘耧蝼髅lu芦卢颅庐炉掳卤虏鲁麓碌露路赂鹿潞禄录陆戮驴吕铝侣旅履屡缕虑氯律率滤绿垆捋撸噜"
    "闾泸渌漉逯璐栌榈橹轳辂辘氇胪膂镥稆鸬鹭褛簏舻鲈luan峦挛孪滦卵乱脔娈栾鸾銮lue掠略锊lun抡轮伦"
    "仑沦纶论囵luo萝螺罗逻锣箩骡裸落洛骆络倮蠃荦摞猡泺漯珞椤脶镙瘰雒lv绿吕旅律铝驴屡缕侣虑滤氯"
    "履ma妈麻玛码蚂马骂嘛吗唛犸嬷杩蟆mai埋买麦卖迈脉劢荬霾man瞒馒蛮满蔓曼慢漫谩墁幔缦熳镘颟螨蹒"
    "鳗鞔mang芒茫盲氓忙莽邙漭硭蟒mao猫茅锚毛矛铆卯茂冒帽貌贸袤茆峁泖瑁昴牦耄旄懋瞀蝥蟊髦me么mei"
    "玫枚梅酶霉煤没眉媒镁每美昧寐妹媚莓嵋猸浼湄楣镅鹛袂魅men门闷们扪焖懑钔meng萌蒙檬盟锰猛梦孟"
    "勐甍瞢懵朦礞虻蜢蠓艋艨mi眯醚靡糜迷谜弥米秘觅泌蜜密幂芈冖谧蘼咪嘧猕汨宓弭脒祢敉糸縻麋mian棉"
    "眠绵冕免勉娩缅面沔渑湎宀腼眄黾miao苗描瞄藐秒渺庙妙喵邈缈杪淼眇鹋mie蔑灭乜咩蠛篾min民抿皿敏"
    "悯闽苠岷闵泯缗珉愍鳘ming明螟鸣铭名命冥茗溟暝瞑酩miu谬mo摸摹蘑模膜磨摩魔抹末莫墨默沫漠寞陌"
    "谟茉蓦馍嫫殁镆秣瘼耱貊貘麽万mou谋牟某侔哞缪眸蛑鍪mu拇牡亩姆母墓暮幕募慕木目睦牧穆仫坶苜沐"
    "毪钼na拿哪呐钠那娜纳捺肭镎衲nai氖乃奶耐奈鼐艿萘柰nan南男难喃囡楠腩蝻赧nang囊攮囔馕曩nao挠"
    "脑恼闹淖孬垴呶猱瑙硇铙蛲ne呢讷疒nei馁内nen嫩恁neng能ni妮霓倪泥尼拟你匿腻逆溺伲坭猊怩昵旎睨"
    "铌鲵nian蔫拈年碾撵捻念辗廿埝辇黏鲇鲶niang娘酿niao鸟尿茑嬲脲袅nie捏聂孽啮镊镍涅陧蘖嗫颞臬蹑"
    "nin您ning柠狞凝宁拧泞佞咛甯聍niu牛扭钮纽狃忸妞nong脓浓农弄侬哝nou耨nu奴努怒女弩胬孥驽恧钕"
    "衄nuan暖nue虐疟nuo挪懦糯诺傩搦喏锘nv女o哦喔噢ou欧鸥殴藕呕偶沤讴怄瓯耦区pa啪趴爬帕怕琶葩杷"
    "筢pai拍排牌徘湃派俳蒎哌pan攀潘盘磐盼畔判叛拚爿泮袢襻蟠pang乓庞旁耪胖滂逄螃pao抛咆刨炮袍跑"
    "泡匏狍庖脬疱pei呸胚培裴赔陪配佩沛辔帔旆锫醅霈pen喷盆湓peng砰抨烹澎彭蓬棚硼篷膨朋鹏捧碰堋嘭"
    "怦蟛pi辟坯砒霹批披劈琵毗啤脾疲皮匹痞僻屁譬丕仳陴邳郫圮埤鼙芘擗噼庀淠媲纰枇甓睥罴铍癖疋蚍蜱"
    "貔pian篇偏片骗谝骈犏胼翩蹁piao飘漂瓢票剽嘌嫖缥殍瞟螵朴pie撇瞥丿苤氕pin拼频贫品聘姘嫔榀牝颦"
    "ping乒坪苹萍平凭瓶评屏俜娉枰鲆po泊坡泼颇婆破魄迫粕叵鄱珀钋钷皤笸朴pou剖裒掊pu脯扑铺仆莆葡"
    "菩蒲朴圃普浦谱曝瀑匍噗溥濮璞攴氆攵镤镨蹼qi期欺栖戚妻七凄漆柒沏其棋奇歧畦崎脐齐旗祈祁骑起岂"
    "乞企启契砌器气迄弃汽泣讫亓俟圻芑芪萁萋葺蕲嘁屺岐汔淇骐绮琪琦杞桤槭耆祺憩碛颀蛴蜞綦綮蹊鳍麒"
    "qia掐恰洽葜袷髂qian牵扦钎铅千迁签仟谦乾黔钱钳前潜遣浅谴堑嵌欠歉倩佥阡凵芊芡茜掮岍悭慊骞搴"
    "褰缱椠肷愆钤虔箝qiang枪呛腔羌墙蔷强抢丬戕嫱樯戗炝锖锵镪襁蜣羟跄qiao橇锹敲悄桥瞧乔侨巧鞘撬"
    "翘峭俏窍劁诮谯荞愀憔缲樵硗跷鞒qie切且怯窃郄惬妾挈锲箧qin钦侵亲秦琴勤芹擒禽寝沁芩揿吣嗪噙溱"
    "檎锓螓衾qing青轻氢倾卿清擎晴氰情顷请庆苘圊檠磬蜻罄箐謦鲭黥qiong琼穷邛芎茕穹蛩筇跫銎qiu秋丘"
    "邱球求囚酋泅俅巯犰逑遒楸赇虬蚯蝤裘糗鳅鼽龟仇qu趋区蛆曲躯屈驱渠取娶龋趣去诎劬蕖蘧岖衢阒璩觑"
    "氍朐祛磲鸲癯蛐蠼麴瞿黢quan圈颧权醛泉全痊拳犬券劝诠荃犭悛绻辁畎铨蜷筌鬈que缺瘸却鹊榷确雀阕"
    "阙悫qun裙群逡ran然燃冉染苒蚺髯rang瓤壤攘嚷让禳穰rao饶扰绕荛娆桡re惹热ren壬仁人忍韧任认刃妊"
    "纫亻仞荏葚饪轫稔衽reng扔仍ri日rong戎茸蓉荣融熔溶容绒冗嵘狨榕肜蝾rou揉柔肉糅蹂鞣ru茹蠕儒孺"
    "如辱乳汝入褥蓐薷嚅洳溽濡缛铷襦颥ruan软阮朊rui蕊瑞锐芮蕤枘睿蚋run闰润ruo若弱偌箬sa撒洒萨卅"
    "仨挲脎飒sai腮鳃塞赛噻san三叁伞散馓毵糁sang桑嗓丧搡磉颡sao搔骚扫嫂埽缫臊瘙鳋se瑟色涩啬铯穑s"
    "en森seng僧sha莎砂杀刹沙纱傻啥煞厦唼歃铩痧裟霎鲨shai筛晒酾shan珊苫杉山删煽衫闪陕擅赡膳善汕"
    "扇缮剡讪鄯埏芟彡潸姗嬗骟膻钐疝蟮舢跚鳝单shang墒伤商赏晌上尚裳垧绱殇熵觞shao梢捎稍烧芍勺韶"
    "少哨邵绍劭苕潲蛸筲艄she奢赊蛇舌舍赦摄射慑涉社设厍佘猞滠歙畲麝shei谁shen砷申呻伸身深娠绅神"
    "沈审婶甚肾慎渗什诜谂莘哂渖椹胂矧蜃sheng声生甥牲升绳省盛剩胜圣嵊眚笙shi匙师失狮施湿诗尸虱十"
    "石拾时食蚀实识史矢使屎驶始式示士世柿事拭誓逝势是嗜噬适仕侍释饰氏市恃室视试似谥埘莳蓍弑饣轼"
    "贳炻礻铈螫舐筮豉豕鲥鲺shou收手首守寿授售受瘦兽扌狩绶艏shu蔬枢梳殊抒输叔舒淑疏书赎孰熟薯暑"
    "曙署蜀黍鼠属术述树束戍竖墅庶数漱恕倏塾菽摅沭澍姝纾毹腧殳秫shua刷耍唰shuai摔衰甩帅蟀shuan栓"
    "拴闩涮shuang霜双爽孀shui水睡税氵shun吮瞬顺舜shuo说硕朔烁蒴搠妁槊铄si斯撕嘶思私司丝死肆寺嗣"
    "四饲巳厮兕厶咝汜泗澌姒驷纟缌祀锶鸶耜蛳笥song松耸怂颂送宋讼诵凇菘崧嵩忪悚淞竦sou搜艘擞嗽叟"
    "薮嗖嗾馊溲飕瞍锼螋su苏酥俗素速粟僳塑溯宿诉肃夙谡蔌嗉愫涑簌觫稣suan酸蒜算狻sui虽隋随绥髓碎"
    "岁穗遂隧祟谇荽濉邃燧眭睢sun孙损笋荪狲飧榫隼suo蓑梭唆缩琐索锁所唢嗦嗍娑桫睃羧ta塌他它她塔獭"
    "挞蹋踏拓闼溻遢榻铊趿鳎tai胎苔抬台泰酞太态汰邰薹肽炱钛跆鲐tan坍摊贪瘫滩坛檀痰潭谭谈坦毯袒碳"
    "探叹炭郯昙忐钽锬覃tang汤塘搪堂棠膛唐糖倘躺淌趟烫傥帑饧溏瑭樘铴镗耥螗螳羰醣tao掏涛滔绦萄桃"
    "逃淘陶讨套鼗啕洮韬饕te特忒忑慝铽teng藤腾疼誊滕ti梯剔踢锑提题蹄啼体替嚏惕涕剃屉倜荑悌逖绨缇"
    "鹈裼醍tian天添填田甜恬舔腆掭忝阗殄畋tiao挑条迢眺跳佻祧窕蜩笤粜龆鲦髫调tie贴铁帖萜餮ting厅"
    "听烃汀廷停亭庭挺艇莛葶婷梃町蜓霆tong通桐酮瞳同铜彤童桶捅筒统痛佟僮仝茼嗵恸潼砼tou偷投头透"
    "亠钭骰tu凸秃突图徒途涂屠土吐兔堍荼菟钍酴tuan湍团抟彖疃tui推颓腿蜕褪退煺tun吞屯臀氽饨暾豚tu"
    "o拖托脱鸵陀驮驼椭妥唾乇佗坨庹沲沱柝橐砣箨酡跎鼍wa挖哇蛙洼娃瓦袜佤娲腽wai歪外崴wan豌弯湾玩"
    "顽丸烷完碗挽晚皖惋宛婉万腕剜芄菀纨绾琬脘畹蜿wang汪王亡枉网往旺望忘妄罔惘辋魍wei威巍微危韦"
    "违桅围唯惟为潍维苇萎委伟伪尾纬未蔚味畏胃喂魏位渭谓尉慰卫偎诿隈圩葳薇囗帏帷嵬猥猬闱沩洧涠逶"
    "娓玮韪軎炜煨痿艉鲔wen瘟温蚊文闻纹吻稳紊问刎阌汶玟璺雯weng嗡翁瓮蓊蕹wo挝蜗涡窝我斡卧握沃倭"
    "莴幄渥肟硪龌wu巫呜钨乌污诬屋无芜梧吾吴毋武五捂午舞伍侮坞戊雾晤物勿务悟误兀仵阢邬圬芴唔庑怃"
    "忤浯寤迕妩婺骛杌牾焐鹉鹜痦蜈鋈鼯xi昔熙析西硒矽晰嘻吸锡牺稀息希悉膝夕惜熄烯溪汐犀檄袭席习媳"
    "喜铣洗系隙戏细僖兮隰郗菥葸蓰奚唏徙饩阋浠淅屣嬉玺樨曦觋欷熹禊禧皙穸蜥螅蟋舄舾羲粞翕醯鼷xia"
    "瞎虾匣霞辖暇峡侠狭下夏吓狎遐瑕柙硖罅黠厦xian掀锨先仙鲜纤咸贤衔舷闲涎弦嫌显险现献县腺馅羡宪"
    "陷限线冼苋莶藓岘猃暹娴氙燹祆鹇痫蚬筅籼酰跣跹霰洗xiang相厢镶香箱襄湘乡翔祥详想响享项巷橡像"
    "向象芗葙饷庠骧缃蟓鲞飨xiao萧硝霄哮嚣销消宵淆晓小孝校肖啸笑效哓崤潇逍骁绡枭枵筱箫魈xie楔些"
    "歇蝎鞋协挟携邪斜胁谐写械卸蟹懈泄泻谢屑偕亵勰燮薤撷獬廨渫瀣邂绁缬榭榍躞解xin薪芯锌欣辛新忻"
    "心信衅囟馨忄昕歆鑫xing星腥猩惺兴刑型形邢行醒幸杏性姓陉荇荥擤悻硎xiong兄凶胸匈汹雄熊xiu休修"
    "羞朽嗅锈秀袖绣咻岫馐庥溴鸺貅髹xu墟戌需虚嘘须徐许蓄酗叙旭序恤絮婿绪续吁诩勖蓿洫溆顼栩煦盱胥"
    "糈醑xuan轩喧宣悬旋玄选癣眩绚儇谖萱揎泫渲漩璇楦暄炫煊碹铉镟痃xue削靴薛学穴雪血谑泶踅鳕xun勋"
    "熏循旬询寻驯巡殉汛训讯逊迅巽埙荀荨蕈薰峋徇獯恂洵浔曛窨醺鲟ya压押鸦鸭呀丫芽牙蚜崖衙涯雅哑亚"
    "讶轧伢垭揠吖岈迓娅琊桠氩砑睚痖yan焉咽阉烟淹盐严研蜒岩延言颜阎炎沿奄掩眼衍演艳堰燕厌砚雁唁"
    "彦焰宴谚验厣赝俨偃兖讠谳郾鄢芫菸崦恹闫湮滟妍嫣琰檐晏胭腌焱罨筵酽魇餍鼹yang殃央鸯秧杨扬佯疡"
    "羊洋阳氧仰痒养样漾徉怏泱炀烊恙蛘鞅yao邀腰妖瑶摇尧遥窑谣姚咬舀药要耀钥夭爻吆崾徭幺珧杳轺曜"
    "肴鹞窈繇鳐ye椰噎耶爷野冶也页掖业叶曳腋夜液靥谒邺揶晔烨铘yi一壹医揖铱依伊衣颐夷遗移仪胰疑沂"
    "宜姨彝椅蚁倚已乙矣以艺抑易邑屹亿役臆逸肄疫亦裔意毅忆义益溢诣议谊译异翼翌绎刈劓佚佾诒圯埸懿"
    "苡薏弈奕挹弋呓咦咿噫峄嶷猗饴怿怡悒漪迤驿缢殪轶贻欹旖熠眙钇镒镱痍瘗癔翊衤蜴舣羿翳酏黟yin茵"
    "荫因殷音阴姻吟银淫寅饮尹引隐印胤鄞廴垠堙茚吲喑狺夤洇氤铟瘾蚓霪ying英樱婴鹰应缨莹萤营荧蝇迎"
    "赢盈影颖硬映嬴郢茔莺萦蓥撄嘤膺滢潆瀛瑛璎楹媵鹦瘿颍罂yo哟唷yong拥佣臃痈庸雍踊蛹咏泳涌永恿勇"
    "用俑壅墉喁慵邕镛甬鳙饔you幽优悠忧尤由邮铀犹油游酉有友右佑釉诱又幼卣攸侑莠莜莸尢呦囿宥柚猷"
    "牖铕疣蚰蚴蝣鱿黝鼬yu迂淤于盂榆虞愚舆余俞逾鱼愉渝渔隅予娱雨与屿禹宇语羽玉域芋郁遇喻峪御愈欲"
    "狱育誉浴寓裕预豫驭禺毓伛俣谀谕萸蓣揄圄圉嵛狳饫馀庾阈鬻妪妤纡瑜昱觎腴欤於煜燠肀聿钰鹆鹬瘐瘀"
    "窬窳蜮蝓竽臾舁雩龉尉yuan鸳渊冤元垣袁原援辕园员圆猿源缘远苑愿怨院垸塬掾沅媛瑗橼爰眢鸢螈箢鼋"
    "yue曰约越跃岳粤月悦阅龠瀹樾刖钺乐yun耘云郧匀陨允运蕴酝晕韵孕郓芸狁恽愠纭韫殒昀氲熨筠za匝砸"
    "杂咋拶咂zai栽哉灾宰载再在崽甾zan咱攒暂赞瓒昝簪糌趱錾zang赃脏葬奘驵臧zao遭糟凿藻枣早澡蚤躁"
    "噪造皂灶燥唣ze责择则泽仄赜啧帻迮昃笮箦舴zei贼zen怎谮zeng增憎赠缯甑罾锃曾zha扎喳渣札铡闸眨"
    "栅榨乍炸诈柞揸吒咤哳楂砟痄蚱齄查zhai摘斋宅窄债寨砦瘵翟zhan瞻毡詹粘沾盏斩崭展蘸栈占战站湛绽"
    "谵搌旃zhang长樟章彰漳张掌涨杖丈帐账仗胀瘴障仉鄣幛嶂獐嫜璋蟑zhao招昭找沼赵照罩兆肇召爪诏啁"
    "棹钊笊朝zhe遮折哲蛰辙者锗蔗这浙著着谪摺柘辄磔鹧褶蜇赭zhen珍斟真甄砧臻贞针侦枕疹诊震振镇阵"
    "圳蓁浈缜桢榛轸赈胗朕祯畛稹鸩箴zheng蒸挣睁征狰争怔整拯正政帧症郑证诤峥钲铮筝zhi芝枝支吱蜘知"
    "肢脂汁之织职直植殖执值侄址指止趾只旨纸志挚掷至致置帜峙制智秩稚质炙痔滞治窒卮陟郅埴芷摭帙徵"
    "夂忮彘咫骘栉枳栀桎轵轾贽胝膣祉祗黹雉鸷痣蛭絷酯跖踬踯豸觯zhong中盅忠钟衷终种肿重仲众冢锺螽"
    "舯踵zhou舟周州洲诌粥轴肘帚咒皱宙昼骤荮妯纣绉胄籀酎zhu珠株蛛朱猪诸诛逐竹烛煮拄瞩嘱主柱助蛀"
    "贮铸筑住注祝驻丶伫侏邾苎茱洙渚潴杼槠橥炷铢疰瘃竺箸舳翥躅麈zhua抓zhuai拽zhuan专砖转撰赚篆啭"
    "馔颛zhuang桩庄装妆撞壮状zhui锥追赘坠缀惴骓缒隹zhun谆准肫窀zhuo捉拙卓桌茁酌啄灼浊倬诼擢浞涿"
    "濯禚斫镯zi兹咨资姿滋淄孜紫仔籽滓子自渍字谘嵫姊孳缁梓辎赀恣眦锱秭耔笫粢趑觜訾龇鲻髭zong鬃棕"
    "踪宗综总纵偬腙粽zou邹走奏揍诹陬鄹驺楱鲰zu租足卒族祖诅阻组俎镞zuan钻纂攥缵躜zui嘴醉最罪蕞zu"
    "n尊遵撙樽鳟zuo琢昨左佐做作坐座阼唑怍胙祚";
// clang-format on

struct Reading {
  char32_t character;
  std::string_view syllable;
  friend auto operator<=>(const Reading&, const Reading&) = default;
};

// By character.
const std::vector<Reading>& AllReadings() {
  static const std::vector<Reading> readings = [] {
    std::vector<Reading> made;
    std::string_view syllable;
    for (size_t at = 0; at < kReadings.size();) {
      if (IsAsciiLetter(kReadings[at])) {
        const size_t begin = at;
        while (IsAsciiLetter(kReadings[at])) ++at;
        syllable = kReadings.substr(begin, at - begin);
      }
      made.push_back({NextCodePoint(kReadings, at), syllable});
    }
    std::ranges::sort(made);
    return made;
  }();
  return readings;
}

const std::vector<std::string_view>& Syllables() {
  static const std::vector<std::string_view> syllables = [] {
    std::vector<std::string_view> all;
    for (const Reading& reading : AllReadings()) all.push_back(reading.syllable);
    std::ranges::sort(all);
    all.erase(std::ranges::unique(all).begin(), all.end());
    return all;
  }();
  return syllables;
}

auto ReadingsOf(char32_t character) {
  return std::ranges::equal_range(AllReadings(), character, {}, &Reading::character);
}

}  // namespace

size_t EndOfReading(std::string_view folded, size_t at, std::string_view spelling) {
  if (spelling.empty()) return at;
  if (at >= folded.size()) return 0;
  size_t behind = at;
  for (const Reading& reading : ReadingsOf(NextCodePoint(folded, behind))) {
    if (!spelling.starts_with(reading.syllable)) continue;
    const size_t end = EndOfReading(folded, behind, spelling.substr(reading.syllable.size()));
    if (end > 0) return end;
  }
  return 0;
}

std::vector<std::string> SpellingsOf(std::string_view folded) {
  constexpr size_t kMostSpellings = 8;
  std::vector<std::string> spellings = {""};
  for (size_t at = 0; at < folded.size();) {
    std::vector<std::string> longer;
    for (const Reading& reading : ReadingsOf(NextCodePoint(folded, at))) {
      for (const std::string& begun : spellings) {
        if (longer.size() < kMostSpellings) longer.push_back(begun + std::string(reading.syllable));
      }
    }
    spellings = std::move(longer);
  }
  std::ranges::sort(spellings);
  return spellings;
}

std::vector<std::vector<std::string>> SyllablesOf(std::string_view word, size_t most) {
  constexpr size_t kLongest = 24;  // bytes: no name is longer
  std::vector<std::vector<std::string>> ways;
  if (word.empty() || word.size() > kLongest || most == 0) return ways;
  for (const std::string_view syllable : Syllables()) {
    if (!word.starts_with(syllable)) continue;
    if (word.size() == syllable.size()) {
      ways.push_back({std::string(syllable)});
      continue;
    }
    for (std::vector<std::string>& rest : SyllablesOf(word.substr(syllable.size()), most - 1)) {
      rest.insert(rest.begin(), std::string(syllable));
      ways.push_back(std::move(rest));
    }
  }
  return ways;
}

std::vector<std::string> CharactersReadAs(std::string_view syllable) {
  std::vector<std::string> characters;
  for (const Reading& reading : AllReadings()) {
    if (reading.syllable == syllable) AppendCodePoint(characters.emplace_back(), reading.character);
  }
  return characters;
}

}  // namespace quarry
