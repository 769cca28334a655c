//! Chinese characters in names, read as Mandarin, Cantonese, Korean or Japanese.
//!
//! Readings come from Unicode's Unihan facts (`data/han.txt`). What a reading
//! is spelled as in passports follows rules: pinyin, Wade-Giles as used on
//! Taiwan, the spellings used in Hong Kong. Family names whose reading differs
//! from the usual one of the character are listed here.

use std::sync::LazyLock;

const TABLE: &str = include_str!("../data/han.txt");
const FIRST: u32 = 0x4E00;

/// Where the line of each character begins, by code point; 0 for none.
static STARTS: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let mut starts = vec![0; 0x5200];
    let mut at = 0;
    for line in TABLE.split_inclusive('\n') {
        let c = line.chars().next().map_or(0, u32::from);
        if let Some(slot) = c
            .checked_sub(FIRST)
            .and_then(|i| starts.get_mut(i as usize))
        {
            *slot = at;
        }
        at += line.len() as u32;
    }
    starts
});

/// The readings of one character; empty where a language has none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Readings {
    pinyin: &'static str,
    jyutping: &'static str,
    /// A Hangul syllable.
    pub hangul: &'static str,
    japanese: &'static str,
}

pub(crate) fn readings(c: char) -> Readings {
    let start = u32::from(c)
        .checked_sub(FIRST)
        .and_then(|i| STARTS.get(i as usize));
    let start = start.copied().unwrap_or(0) as usize;
    let line = TABLE.get(start..).and_then(|rest| rest.lines().next());
    let Some(line) = line.and_then(|l| l.strip_prefix(c)) else {
        return Readings::default();
    };
    let mut cells = line.split('|');
    let mut next = || cells.next().unwrap_or("");
    Readings {
        pinyin: next(),
        jyutping: next(),
        hangul: next(),
        japanese: next(),
    }
}

/// Family names that are not read as the character usually is.
fn family_reading(c: char) -> Option<&'static str> {
    Some(match c {
        '曾' => "zeng",
        '单' | '單' => "shan",
        '解' => "xie",
        '仇' => "qiu",
        '查' => "zha",
        '翟' => "zhai",
        '盖' | '蓋' => "ge",
        '覃' => "qin",
        '乐' | '樂' => "yue",
        '朴' => "piao",
        '任' => "ren",
        '区' | '區' => "ou",
        '缪' | '繆' => "miao",
        '冼' => "xian",
        '宁' | '甯' => "ning",
        '贾' | '賈' => "jia",
        '沈' => "shen",
        '谌' | '諶' => "chen",
        '葛' => "ge",
        '尹' => "yin",
        '石' => "shi",
        '车' | '車' => "che",
        '秘' => "bi",
        '召' => "shao",
        '折' => "she",
        _ => return None,
    })
}

/// The pinyin of a character: of a family name if it stands first in a short
/// name. `None` for characters that the table does not have.
pub(crate) fn pinyin(c: char, first_of_name: bool) -> Option<&'static str> {
    let family = first_of_name.then(|| family_reading(c)).flatten();
    let usual = || readings(c).pinyin.split(',').next();
    family.or_else(usual).filter(|r| !r.is_empty())
}

/// The same name in another pinyin: other readings of single characters, and
/// the ways in which `lü` and `nü` are typed.
pub(crate) fn other_pinyin(characters: &[char]) -> Vec<Vec<String>> {
    let usual: Vec<String> = characters
        .iter()
        .enumerate()
        .map(|(i, c)| pinyin(*c, i == 0).unwrap_or("").to_owned())
        .collect();
    if usual.iter().any(String::is_empty) {
        return Vec::new();
    }
    let mut out = Vec::new();
    for (i, c) in characters.iter().enumerate() {
        let others = readings(*c).pinyin.split(',').skip(1).map(str::to_owned);
        let typed = match usual[i].strip_suffix('v') {
            Some(start) => vec![format!("{start}u"), format!("{start}yu")],
            None => Vec::new(),
        };
        for other in others.chain(typed) {
            let mut name = usual.clone();
            name[i] = other;
            out.push(name);
        }
    }
    out
}

/// Every character in Wade-Giles without its signs, as passports of Taiwan
/// spell it.
pub(crate) fn wade_giles(characters: &[char]) -> Option<Vec<String>> {
    let syllables = characters.iter().enumerate();
    syllables
        .map(|(i, c)| pinyin(*c, i == 0).map(pinyin_to_wade_giles))
        .collect()
}

fn pinyin_to_wade_giles(pinyin: &str) -> String {
    let whole = match pinyin {
        "zhi" | "chi" => "chih",
        "shi" => "shih",
        "ri" => "jih",
        "zi" | "ci" => "tzu",
        "si" => "szu",
        "er" => "erh",
        "yan" => "yen",
        "ye" => "yeh",
        "you" => "yu",
        "yong" => "yung",
        "yi" => "yi",
        "he" => "ho",
        "ge" | "ke" => "ko",
        "guo" | "kuo" => "kuo",
        "gui" | "kui" => "kuei",
        "zhuo" | "chuo" => "cho",
        _ => "",
    };
    if !whole.is_empty() {
        return whole.to_owned();
    }
    const INITIALS: [(&str, &str); 14] = [
        ("zh", "ch"),
        ("ch", "ch"),
        ("sh", "sh"),
        ("b", "p"),
        ("d", "t"),
        ("g", "k"),
        ("j", "ch"),
        ("q", "ch"),
        ("x", "hs"),
        ("z", "ts"),
        ("c", "ts"),
        ("r", "j"),
        ("y", "y"),
        ("w", "w"),
    ];
    let found = INITIALS.iter().find(|(from, _)| pinyin.starts_with(from));
    let (start, rest) = match found {
        Some((from, to)) => (*to, &pinyin[from.len()..]),
        None => pinyin.split_at(pinyin.len().min(1)),
    };
    let palatal = pinyin.starts_with(['j', 'q', 'x', 'y']);
    let end = match rest {
        "ian" => "ien",
        "ie" => "ieh",
        "ong" => "ung",
        "iong" => "iung",
        "ue" | "ve" => "ueh",
        "uo" if !pinyin.starts_with("sh") => "o",
        "v" => "u",
        "uan" if palatal && !pinyin.starts_with('y') => "uan",
        _ => rest,
    };
    format!("{start}{end}")
}

/// Every character as Hong Kong spells its Cantonese reading; two ways where
/// two are usual.
pub(crate) fn cantonese(characters: &[char]) -> Option<[Vec<String>; 2]> {
    let jyutping: Vec<&str> = characters.iter().map(|c| readings(*c).jyutping).collect();
    if jyutping.iter().any(|j| j.is_empty()) {
        return None;
    }
    let way = |second: bool| {
        let syllables = jyutping.iter();
        syllables
            .map(|j| hong_kong(j, second))
            .collect::<Vec<String>>()
    };
    Some([way(false), way(true)])
}

/// A Jyutping syllable in the usual spelling of Hong Kong names.
fn hong_kong(jyutping: &str, second: bool) -> String {
    let pick = |one: &str, other: &str| if second { other } else { one }.to_owned();
    match jyutping {
        "ng" | "m" => return "ng".to_owned(),
        "lei" => return pick("lee", "li"),
        "zau" => return pick("chow", "chau"),
        "ceoi" => return pick("tsui", "chui"),
        "zeoi" => return pick("tsui", "chui"),
        "wu" => return pick("wu", "woo"),
        "pun" => return pick("poon", "pun"),
        "jip" => return pick("yip", "ip"),
        "lo" => return pick("lo", "law"),
        "coi" => return pick("choi", "tsoi"),
        "ze" | "ce" => return pick("tse", "che"),
        "zi" | "ci" => return pick("chi", "tsz"),
        "si" => return pick("sze", "si"),
        "jyu" => return pick("yu", "yue"),
        "fu" => return pick("fu", "foo"),
        "ling" => return pick("ling", "ning"),
        _ => {}
    }
    const INITIALS: [(&str, &str, &str); 12] = [
        ("gw", "kw", "gw"),
        ("kw", "kw", "kw"),
        ("ng", "ng", "ng"),
        ("z", "ch", "ts"),
        ("c", "ch", "ts"),
        ("g", "k", "g"),
        ("d", "t", "d"),
        ("b", "p", "b"),
        ("j", "y", "y"),
        ("s", "s", "sh"),
        ("h", "h", "h"),
        ("l", "l", "l"),
    ];
    let found = INITIALS.iter().find(|(i, ..)| jyutping.starts_with(i));
    let (start, rest) = match found {
        Some((from, one, other)) => {
            // Sh only where it is usual: Shing, Shek, Shum.
            let usual = *from != "s" || jyutping.ends_with("ing") || jyutping.ends_with("am");
            let to = if second && usual { other } else { one };
            (*to, &jyutping[from.len()..])
        }
        None => {
            let vowel = jyutping.starts_with(['a', 'e', 'i', 'o', 'u']);
            jyutping.split_at(if vowel { 0 } else { jyutping.len().min(1) })
        }
    };
    let end = match rest {
        "eoi" => "ui",
        "aai" => "ai",
        "aau" => "au",
        "aam" => "am",
        "am" => {
            if second {
                "um"
            } else {
                "am"
            }
        }
        "aan" => "an",
        "an" => {
            if second {
                "un"
            } else {
                "an"
            }
        }
        "aang" => "ang",
        "oeng" => "eung",
        "eon" => "un",
        "oe" => "eu",
        "aap" => "ap",
        "aat" => "at",
        "aak" => "ak",
        "ou" => {
            if second {
                "ou"
            } else {
                "o"
            }
        }
        "yu" => "u",
        "yun" => "uen",
        "yut" => "uet",
        "un" if start == "w" || start == "f" || start == "k" => "oon",
        "ei" if start == "h" || start == "k" => {
            if second {
                "ee"
            } else {
                "ei"
            }
        }
        "iu" => "iu",
        "oek" => "euk",
        "eot" => "ut",
        other => other,
    };
    format!("{start}{end}")
}

/// Common Japanese family names of two characters or more: characters, reading.
/// From the published rankings of Japanese family names; 2026-11.
const JAPANESE_FAMILIES: &str = "佐藤sato 鈴木suzuki 高橋takahashi 田中tanaka 渡辺watanabe 渡邊watanabe \
    渡部watanabe 伊藤ito 山本yamamoto 中村nakamura 小林kobayashi 加藤kato 吉田yoshida 山田yamada \
    佐々木sasaki 山口yamaguchi 松本matsumoto 井上inoue 木村kimura 斎藤saito 斉藤saito 齋藤saito \
    齊藤saito 清水shimizu 山崎yamazaki 阿部abe 池田ikeda 橋本hashimoto 山下yamashita 石川ishikawa \
    中島nakajima 前田maeda 藤田fujita 後藤goto 小川ogawa 岡田okada 村上murakami 長谷川hasegawa \
    近藤kondo 石井ishii 坂本sakamoto 遠藤endo 藤井fujii 青木aoki 福田fukuda 三浦miura 西村nishimura \
    藤原fujiwara 太田ota 大田ota 松田matsuda 原田harada 岡本okamoto 中野nakano 中川nakagawa \
    小野ono 田村tamura 竹内takeuchi 金子kaneko 和田wada 中山nakayama 石田ishida 上田ueda 森田morita \
    柴田shibata 酒井sakai 工藤kudo 横山yokoyama 宮崎miyazaki 宮本miyamoto 内田uchida 高木takagi \
    安藤ando 谷口taniguchi 大野ono 丸山maruyama 今井imai 河野kono 藤本fujimoto 武田takeda \
    村田murata 上野ueno 杉山sugiyama 増田masuda 菅原sugawara 平野hirano 大塚otsuka 小島kojima \
    千葉chiba 久保kubo 松井matsui 岩崎iwasaki 桜井sakurai 野口noguchi 松尾matsuo 木下kinoshita \
    菊地kikuchi 菊池kikuchi 佐野sano 大西onishi 杉本sugimoto 新井arai 浜田hamada 市川ichikawa \
    古川furukawa 水野mizuno 小松komatsu 島田shimada 小山koyama 西田nishida 菅野kanno 久保田kubota \
    山内yamauchi 中田nakata 樋口higuchi 吉川yoshikawa 川口kawaguchi 服部hattori 安田yasuda \
    東海higashi 福島fukushima 松岡matsuoka 本田honda 川上kawakami 五十嵐igarashi 石原ishihara \
    永井nagai 飯田iida 中西nakanishi 大谷otani 吉村yoshimura 馬場baba 浅野asano 野村nomura \
    川崎kawasaki 望月mochizuki 荒木araki 大島oshima 菅野sugano 黒田kuroda 熊谷kumagai 篠原shinohara \
    矢野yano 松下matsushita 大橋ohashi 川村kawamura 福井fukui 西川nishikawa 安倍abe 麻原asahara \
    上村uemura 早川hayakawa 石塚ishizuka 三宅miyake 片山katayama 土屋tsuchiya 小田oda 成田narita \
    奥村okumura 榎本enomoto 岸田kishida 石破ishiba 河村kawamura 宮田miyata 重信shigenobu 黒木kuroki \
    北村kitamura 川島kawashima 秋山akiyama 大久保okubo 篠田shinoda 関口sekiguchi 須藤sudo 津田tsuda";

/// A Japanese person's name: words for each likely reading, family name first.
/// Empty unless it begins with a well-known Japanese family name.
pub(crate) fn japanese(characters: &[char]) -> Vec<[String; 2]> {
    let name: String = characters.iter().collect();
    let families = JAPANESE_FAMILIES.split_ascii_whitespace();
    let mut out = Vec::new();
    for family in families {
        let written = family.trim_end_matches(|c: char| c.is_ascii());
        let Some(given) = name.strip_prefix(written).filter(|g| !g.is_empty()) else {
            continue;
        };
        let reading = &family[written.len()..];
        for given in japanese_given(given) {
            out.push([reading.to_owned(), given]);
        }
    }
    out
}

/// The likely readings of a given name, most six: every character in its
/// native and Sino-Japanese readings.
fn japanese_given(given: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let length = given.chars().count();
    for (at, c) in given.chars().enumerate() {
        let all: Vec<&str> = readings(c).japanese.split(',').collect();
        let last = at + 1 == length;
        let usual = match (c, last, length > 1) {
            ('子', true, true) => "ko",
            ('美', true, true) => "mi",
            ('郎' | '朗', true, true) => "ro",
            ('夫' | '雄' | '男', true, true) => "o",
            ('一', true, true) => "ichi",
            ('人', true, true) => "to",
            ('之', true, true) => "yuki",
            ('香', true, true) => "ka",
            ('恵', true, true) => "e",
            _ => "",
        };
        let usable: Vec<String> = match usual {
            "" => all
                .iter()
                .filter(|r| !r.is_empty())
                .map(|r| short_vowels(r))
                .collect(),
            fixed => vec![fixed.to_owned()],
        };
        if usable.is_empty() {
            return Vec::new();
        }
        out = usable
            .iter()
            .flat_map(|reading| out.iter().map(move |start| format!("{start}{reading}")))
            .take(MOST_JAPANESE)
            .collect();
    }
    out.sort();
    out.dedup();
    out
}

const MOST_JAPANESE: usize = 6;

/// Passports leave long vowels out: `tarou` is *Taro*.
pub(crate) fn short_vowels(reading: &str) -> String {
    reading
        .replace("ou", "o")
        .replace("uu", "u")
        .replace("oo", "o")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(name: &str) -> Vec<char> {
        name.chars().collect()
    }

    #[test]
    fn family_names_have_their_own_reading() {
        assert_eq!(pinyin('曾', true), Some("zeng"));
        assert_eq!(pinyin('曾', false), Some("ceng"));
        assert_eq!(pinyin('a', true), None);
    }

    #[test]
    fn taiwan_and_hong_kong_spell_their_way() {
        let joined = |words: Option<Vec<String>>| words.unwrap_or_default().join(" ");
        for (name, wanted) in [
            ("蔣經國", "chiang ching kuo"),
            ("蔡英文", "tsai ying wen"),
            ("謝志偉", "hsieh chih wei"),
        ] {
            assert_eq!(joined(wade_giles(&chars(name))), wanted);
        }
        for (name, wanted) in [
            ("陳大文", "chan tai man"),
            ("張國榮", "cheung kwok wing"),
            ("林鄭月娥", "lam cheng yuet ngo"),
            ("黃之鋒", "wong chi fung"),
            ("梁振英", "leung chan ying"),
        ] {
            let [one, _] = cantonese(&chars(name)).unwrap_or_default();
            assert_eq!(one.join(" "), wanted);
        }
    }

    #[test]
    fn japanese_names_need_a_japanese_family_name() {
        assert!(japanese(&chars("山田太郎")).contains(&["yamada".into(), "taro".into()]));
        assert!(japanese(&chars("田中花子")).contains(&["tanaka".into(), "hanako".into()]));
        assert!(japanese(&chars("王小明")).is_empty());
    }
}
