//! Languages as lists name them.

/// ISO 639-1 code, the ISO 639-2 codes, the English names. Facts of ISO 639.
const LANGUAGES: &[(&str, &[&str], &[&str])] = &[
    ("ar", &["ara"], &["arabic"]),
    ("az", &["aze"], &["azerbaijani", "azeri"]),
    ("be", &["bel"], &["belarusian", "belarussian"]),
    ("bg", &["bul"], &["bulgarian"]),
    ("bs", &["bos"], &["bosnian"]),
    ("cs", &["cze", "ces"], &["czech"]),
    ("da", &["dan"], &["danish"]),
    ("de", &["ger", "deu"], &["german"]),
    ("el", &["gre", "ell"], &["greek"]),
    ("en", &["eng"], &["english"]),
    ("es", &["spa"], &["spanish"]),
    ("et", &["est"], &["estonian"]),
    ("fa", &["per", "fas", "prs"], &["persian", "farsi", "dari"]),
    ("fi", &["fin"], &["finnish"]),
    ("fr", &["fre", "fra"], &["french"]),
    ("he", &["heb"], &["hebrew"]),
    ("hr", &["hrv"], &["croatian"]),
    ("hu", &["hun"], &["hungarian"]),
    ("hy", &["arm", "hye"], &["armenian"]),
    ("it", &["ita"], &["italian"]),
    ("ja", &["jpn"], &["japanese"]),
    ("ka", &["geo", "kat"], &["georgian"]),
    ("kk", &["kaz"], &["kazakh"]),
    ("ko", &["kor"], &["korean"]),
    ("ku", &["kur"], &["kurdish"]),
    ("lt", &["lit"], &["lithuanian"]),
    ("lv", &["lav"], &["latvian"]),
    ("mk", &["mac", "mkd"], &["macedonian"]),
    ("mt", &["mlt"], &["maltese"]),
    ("my", &["bur", "mya"], &["burmese"]),
    ("nl", &["dut", "nld"], &["dutch"]),
    ("no", &["nor"], &["norwegian"]),
    ("pl", &["pol"], &["polish"]),
    ("ps", &["pus"], &["pashto", "pushto"]),
    ("pt", &["por"], &["portuguese"]),
    ("ro", &["rum", "ron"], &["romanian"]),
    ("ru", &["rus"], &["russian"]),
    ("sk", &["slo", "slk"], &["slovak"]),
    ("sl", &["slv"], &["slovenian"]),
    ("so", &["som"], &["somali"]),
    ("sq", &["alb", "sqi"], &["albanian"]),
    ("sr", &["srp"], &["serbian"]),
    ("sv", &["swe"], &["swedish"]),
    ("tg", &["tgk"], &["tajik"]),
    ("tr", &["tur"], &["turkish"]),
    ("uk", &["ukr"], &["ukrainian"]),
    ("ur", &["urd"], &["urdu"]),
    ("uz", &["uzb"], &["uzbek"]),
    ("vi", &["vie"], &["vietnamese"]),
    ("zh", &["chi", "zho"], &["chinese", "mandarin"]),
];

/// The ISO 639-1 code of a code of two or three letters or an English name, in
/// any case; what follows a `/` or bracket is not looked at.
pub(super) fn code(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let word = lower.split(['/', '(', ',']).next()?.trim();
    let found = LANGUAGES
        .iter()
        .find(|(two, three, names)| *two == word || three.contains(&word) || names.contains(&word));
    found.map(|(two, ..)| *two)
}
