//! Words that say little about who someone is, and words that say where.

use crate::hash::WordSet;
use crate::keys::key;
use std::sync::LazyLock;

fn set(words: &'static str) -> WordSet<&'static str> {
    words.split_ascii_whitespace().collect()
}

/// Words that very many organisations share.
static GENERIC: LazyLock<WordSet<&'static str>> = LazyLock::new(|| {
    set(
        "academy advanced aero aerospace agency air aircraft airlines airways association \
        authority automation aviation bank branch building bureau business byuro capital center \
        central centre chemical chemicals city club college commerce commercial committee \
        communication communications complex components concern construction consult consultancy \
        consulting contracting control corporation council credit design development defence \
        defense department digital directorate distribution division dis economic education \
        electric electrical electronic electronics energy engineering enterprise enterprises \
        equipment exchange export exports factory federal federation finance financial fishery \
        food foods force forces foreign foundation freight fund gas general global gold group \
        grupo guard health heavy high holding holdings home hospital import imports industria \
        industrial industries industry information innovation institut institute institution \
        instrument instruments insurance integrated international internet invest investment \
        investments ithalat ihracat konstruktorskoe laboratory light line lines logistic \
        logistics machine machinery main management manufacturer manufacturing marine maritime \
        marketing materials measurement mechanical media medical metal metallurgical metals \
        microelectronics military mining ministry motor motors movement national naval navigation \
        nauchno network networks new nuclear office oil organisation organization overseas \
        partners party petrochemical petrochemicals petroleum pharma pharmaceutical plant plants \
        plastic ports port power precision predpriyatie private production products project \
        projects promyshlennost proizvodstvennoe public quality radio railway real estate \
        refinery regional repair republic research resources restaurant sanayi school science \
        sciences scientific security semiconductor service services ship shipbuilding shipping \
        ships shipyard shop sistemy society software solution solutions special spetsialnoe state \
        station steel store supply supplies support system systems tech technic technical \
        technique technologies technology tekhnologii telecom telecommunications textile ticaret \
        tools tourism trade trader traders trading trans transport transportation travel trust \
        tsentr turizm union united universal university ve ventures vessel ways works workshop \
        world worldwide zavod insaat nakliyat gida tekstil sanat comercial comercializadora \
        glass paper rubber wood timber cotton cement auto automotive car cars truck trucks computer \
        computers data laser optical optics star stars sun golden blue green royal red white black \
        silver sea ocean sky top best first prime mega super modern smart fast express direct plus \
        house garden family brothers sons fashion beauty travel water sport sports music film \
        art arts design studio studios food foods fruit fruits fish coffee tea wine sugar rice \
        inversiones servicios industrias transportes importadora exportadora obshchestvo \
        obschestvo gosudarstvennoe gosudarstvennyy nauchnyy issledovatelskiy institutsiya",
    )
});

/// Articles, prepositions and words of descent inside names.
static PARTICLES: LazyLock<WordSet<&'static str>> = LazyLock::new(|| {
    set(
        "al el ul bin ibn ben bint binti bte ould wuld abu umm of the de del dela della di da das \
        dos do du des la las le les los lo van von vom zu zum zur der den het ten ter te y e i and \
        und et ve for in na s v im imeni named after mv mt ms ss mr mrs dr haji hajj sheikh shaykh \
        mullah maulavi mawlawi sayyid syed san santa st saint d l a an at by on to with und af av \
        oglu ogly kizi kyzy qizi",
    )
});

/// Titles, ranks and marks of another name that stand beside people's names.
/// The last row is Arabic and Persian as written.
static TITLES: LazyLock<WordSet<&'static str>> = LazyLock::new(|| {
    set(
        "doctor prof professor eng engineer gen general maj col colonel capt captain lt lieutenant \
        sgt sergeant brig brigadier admiral marshal commander cmdr president minister governor \
        ambassador senator judge justice rev reverend father bishop archbishop sir lady lord dame \
        miss mister mme mlle monsieur madame herr frau sig signor signora senor senora sra dott \
        dipl ing ayatollah hojatoleslam hojjatoleslam hodjatoleslam hujjatulislam mufti maulana \
        molana mawlana mevlana molla mulla maulvi moulavi mawlavi qari hafiz hafez hajji hadji \
        hajj sayyed seyed seyyed sayid cheikh sheik shaikh shaik emir imam ustad ustaz sardar \
        nee geb geborene born aka alias fka formerly known esq jr sr \
        dktwr shykh hajy mwlwy qary aytlh hjtalaslam srdar sid",
    )
});

/// Countries, their adjectives, and cities that tell sister companies apart.
/// Names as used in English trade; one word each.
static PLACES: LazyLock<WordSet<&'static str>> = LazyLock::new(|| {
    set(
        "afghanistan afghan albania algeria angola argentina armenia armenian australia \
        australian austria austrian azerbaijan bahrain bangladesh belarus belarusian belgium \
        belgian bolivia bosnia brazil brazilian britain british bulgaria bulgarian burma \
        cambodia cameroon canada canadian caribbean chile china chinese colombia colombian congo \
        croatia cuba cuban cyprus czech denmark danish dubai ecuador egypt egyptian england \
        estonia ethiopia europe european finland finnish france french georgia german germany \
        ghana greece greek guinea holland hong hungary iceland india indian indonesia indonesian \
        iran iranian iraq iraqi ireland irish israel italy italian japan japanese jordan \
        kazakhstan kenya korea korean kosovo kuwait kyrgyzstan laos latvia lebanon lebanese \
        libya libyan lithuania macau macedonia malaysia malaysian mali malta mexico mexican \
        moldova mongolia morocco mozambique myanmar namibia nepal netherlands nicaragua niger \
        nigeria nigerian norway norwegian oman pakistan pakistani palestine panama paraguay peru \
        philippines poland polish portugal qatar romania russia russian rwanda saudi scotland \
        senegal serbia serbian singapore slovakia slovenia somalia somali spain spanish sudan \
        sweden swedish switzerland swiss syria syrian taiwan tajikistan tanzania thailand thai \
        tunisia turkey turkish turkmenistan uganda ukraine ukrainian uruguay uzbekistan venezuela \
        vietnam yemen yemeni zambia zimbabwe africa african america american asia asian usa uae \
        uk north south east west northern southern eastern western middle \
        ankara athens baghdad baku bangkok basra beijing beirut berlin bombay boston brussels \
        budapest cairo calcutta changchun changsha chengdu chicago chongqing dalian damascus \
        delhi dhaka doha dortmund frankfurt geneva guangdong guangzhou hamburg hangzhou hanoi \
        harbin havana hefei helsinki homs isfahan islamabad istanbul izmir jakarta jeddah jiangsu \
        jinan kabul karachi kazan khartoum kiev kyiv kunming lagos lahore lima lisbon london \
        luxembourg madrid manila milan minsk moscow moskva mumbai munich nanjing nairobi ningbo \
        novosibirsk odessa omsk oslo paris perm prague pyongyang qingdao riga riyadh rome \
        rostov samara santiago sarajevo seoul shandong shanghai sharjah shenyang shenzhen \
        shiraz sofia stockholm suzhou sydney tabriz taipei tallinn tashkent tbilisi tehran \
        tianjin tokyo toronto tripoli tula tunis ufa vienna vladivostok vilnius volgograd \
        voronezh warsaw wuhan wuxi xiamen xian yangon yekaterinburg york leeds bristol \
        manchester liverpool glasgow edinburgh oxford cambridge birmingham amsterdam rotterdam \
        antwerp marseille lyon barcelona valencia naples turin genoa florida texas california \
        zagreb zhejiang zhuhai zurich \
        sibir siberia siberian ural urals volga astrakhan crimea chelyabinsk krasnodar \
        krasnoyarsk saratov stavropol surgut tomsk tyumen ukhta yugorsk chaykovskiy makhachkala \
        nizhny petersburg kaliningrad kaluga",
    )
});

/// Given and family names that millions of people bear, by any spelling of
/// the sound. Compiled from national name statistics, 2026-11; sharing one of
/// them says little even where a list carries it once.
static COMMON_NAMES: LazyLock<WordSet<String>> =
    LazyLock::new(|| common_names().map(key).collect());

/// The names behind [`is_common_name`].
pub(crate) fn common_names() -> impl Iterator<Item = &'static str> {
    COMMON_NAME_LIST.split_ascii_whitespace()
}

const COMMON_NAME_LIST: &str = "mohammed ahmed ali hassan hussein mahmoud ibrahim omar khaled yusuf said salem saleh \
        abdullah abdlah mustafa hamid hamad karim rashid nasser jamal tariq walid faisal khalil \
        ismail adel samir amir bilal anwar aziz habib hadi jaber malik musa osman sami sultan \
        yasin zaid fatima aisha maryam khadija zainab layla nur amina reza mehdi hossein abbas \
        akbar javad saeed mohsen hamza abdrahman abdaziz khan shah singh kumar sharma patel gupta \
        ram devi kaur begum bibi islam hossain rahman ahmad chowdhury das roy rao reddy nair \
        john james robert michael william david richard joseph thomas charles christopher daniel \
        matthew anthony mark donald steven paul andrew joshua kenneth kevin brian george edward \
        ronald timothy jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin \
        scott brandon benjamin samuel frank gregory raymond alexander patrick jack peter henry \
        mary patricia jennifer linda elizabeth barbara susan jessica sarah karen nancy lisa betty \
        margaret sandra ashley emily donna michelle carol amanda melissa deborah stephanie laura \
        anna helen maria kate emma olivia sophie julia alice ana elena smith johnson williams \
        brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson \
        anderson taylor moore jackson martin lee perez thompson white harris sanchez clark ramirez \
        lewis robinson walker young allen king wright torres nguyen hill flores green adams \
        nelson baker hall rivera campbell mitchell carter roberts gomez phillips evans turner diaz \
        parker cruz edwards collins reyes stewart morris morales murphy cook rogers gutierrez ortiz \
        morgan cooper peterson bailey reed kelly howard ramos kim cox ward richardson watson \
        jose juan luis carlos jorge pedro manuel francisco antonio miguel rafael fernando ricardo \
        eduardo roberto alejandro javier diego mario sergio daniela carmen rosa isabel silva santos \
        oliveira souza pereira lima costa ferreira almeida ribeiro carvalho fernandez alvarez \
        romero ruiz vargas castillo mendoza jimenez moreno rojas castro \
        ivan ivanov petrov sidorov smirnov kuznetsov popov vasiliev sokolov mikhailov novikov \
        fedorov morozov volkov alekseev lebedev semenov egorov pavlov kozlov stepanov nikolaev orlov \
        andreev makarov nikitin zakharov vladimir sergey alexey dmitry andrey mikhail nikolay \
        oleg igor yuri viktor evgeny pavel roman maxim konstantin boris anatoly valery vyacheslav \
        aleksandr vasily denis artem ilya kirill olga tatiana natalia irina svetlana ekaterina \
        galina marina ludmila ivanovich vladimirovich nikolaevich aleksandrovich sergeevich \
        mikhailovich viktorovich yurievich anatolievich petrovich \
        wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo wei jun \
        ming hua lei tao jie yan ping ying xin bo chan wong cheung lam ho leung ng tan lim goh ong \
        park choi jung kang cho yoon jang han sato suzuki takahashi tanaka watanabe ito yamamoto \
        nakamura kobayashi kato yoshida hiroshi takashi kenji akira yuki taro tran pham hoang phan \
        vu dang bui do duong van thi minh anh hans peter muller schmidt schneider fischer weber \
        meyer wagner becker schulz hoffmann jean pierre michel marie jacques bernard dubois laurent \
        giovanni giuseppe marco luca rossi russo ferrari bianchi andreas stefan christian klaus jan \
        johannes lars erik anders nielsen jensen hansen pedersen andersen johansson andersson \
        karlsson nowak kowalski novak horvat nagy kovacs popescu ionescu mehmet mustapha yilmaz kaya \
        demir celik sahin ayse emine";

/// Whether a romanised word sounds like one of the world's commonest given or
/// family names, so that sharing it says little.
pub fn is_common_name(word: &str) -> bool {
    COMMON_NAMES.contains(&key(word))
}

/// Whether a romanised word is so common among organisations that sharing it
/// says little.
pub fn is_generic(word: &str) -> bool {
    GENERIC.contains(word)
}

/// Whether a romanised word is an article, preposition, title or word of
/// descent.
pub fn is_particle(word: &str) -> bool {
    PARTICLES.contains(word)
}

/// Whether a romanised word beside the name of a person is a title, a rank or a
/// mark of another name (*née*).
pub fn is_title(word: &str) -> bool {
    TITLES.contains(word)
}

/// Whether a romanised word names a country, people, region or large city.
pub fn is_place(word: &str) -> bool {
    PLACES.contains(word)
}

/// The number a word stands for, as digits without leading zeros: `034`,
/// `ii`, `1st`, `second`. Single Roman letters are not numbers.
pub(crate) fn number(word: &str) -> Option<String> {
    if word.bytes().all(|b| b.is_ascii_digit()) && !word.is_empty() {
        let trimmed = word.trim_start_matches('0');
        return Some(if trimmed.is_empty() { "0" } else { trimmed }.to_owned());
    }
    let ordinal = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|s| word.strip_suffix(s));
    if let Some(digits) = ordinal
        && !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit())
    {
        return Some(digits.to_owned());
    }
    if !matches!(word.len(), 2..=7) {
        return None;
    }
    const ROMAN: [(&str, &str); 14] = [
        ("ii", "2"),
        ("iii", "3"),
        ("iv", "4"),
        ("vi", "6"),
        ("vii", "7"),
        ("viii", "8"),
        ("ix", "9"),
        ("xi", "11"),
        ("xii", "12"),
        ("xiii", "13"),
        ("xiv", "14"),
        ("xv", "15"),
        ("xvi", "16"),
        ("xx", "20"),
    ];
    const WORDS: [(&str, &str); 20] = [
        ("one", "1"),
        ("two", "2"),
        ("three", "3"),
        ("four", "4"),
        ("five", "5"),
        ("six", "6"),
        ("seven", "7"),
        ("eight", "8"),
        ("nine", "9"),
        ("ten", "10"),
        ("tenth", "10"),
        ("first", "1"),
        ("second", "2"),
        ("third", "3"),
        ("fourth", "4"),
        ("fifth", "5"),
        ("sixth", "6"),
        ("seventh", "7"),
        ("eighth", "8"),
        ("ninth", "9"),
    ];
    let all = ROMAN.iter().chain(WORDS.iter());
    all.clone()
        .find(|(w, _)| *w == word)
        .map(|(_, n)| (*n).to_owned())
}

/// The whole word for a common abbreviation in names of organisations.
pub(crate) fn expand(word: &str) -> &str {
    match word {
        "intl" | "int" | "internatl" => "international",
        "mfg" => "manufacturing",
        "dept" => "department",
        "univ" => "university",
        "inst" => "institute",
        "govt" => "government",
        "natl" => "national",
        "assn" | "assoc" => "association",
        "bros" => "brothers",
        "grp" => "group",
        "eng" | "engg" => "engineering",
        "ind" | "inds" => "industries",
        "svcs" => "services",
        "svc" => "service",
        "tradg" | "trdg" => "trading",
        "shpg" => "shipping",
        "tech" | "techn" => "technology",
        "srvcs" | "srvces" | "servs" => "services",
        "srvc" | "serv" => "service",
        "comm" | "comms" => "communications",
        "mgmt" | "mgt" => "management",
        "corpn" => "corporation",
        "pharm" => "pharmaceutical",
        "hldg" => "holding",
        "hldgs" => "holdings",
        "centre" => "center",
        "mfrs" => "manufacturers",
        "org" => "organisation",
        "organization" => "organisation",
        "defense" => "defence",
        _ => word,
    }
}
