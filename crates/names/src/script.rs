//! Which script a word is written in.

/// Scripts that are treated differently from one another. Scripts without
/// their own treatment are `Other` and romanised by the universal fallback.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Script {
    /// Latin letters, digits and symbols, and the empty string.
    #[default]
    Latin,
    /// Cyrillic of any language.
    Cyrillic,
    /// Greek.
    Greek,
    /// Armenian.
    Armenian,
    /// Georgian.
    Georgian,
    /// Arabic letters: Arabic, Persian, Urdu, Pashto, Uyghur and others.
    Arabic,
    /// Hebrew.
    Hebrew,
    /// Chinese characters, also in Japanese and old Korean names.
    Han,
    /// Korean alphabet.
    Hangul,
    /// Japanese syllabaries.
    Kana,
    /// Any other script.
    Other,
}

impl Script {
    /// The script of one character; `None` for digits, marks and punctuation.
    pub fn of(c: char) -> Option<Script> {
        let script = match c as u32 {
            0x41..=0x5A | 0x61..=0x7A | 0xAA | 0xBA | 0xC0..=0xD6 | 0xD8..=0xF6 | 0xF8..=0x2B8 => {
                Script::Latin
            }
            0x1E00..=0x1EFF | 0x2C60..=0x2C7F | 0xA720..=0xA7FF => Script::Latin,
            0x370..=0x3FF | 0x1F00..=0x1FFF => Script::Greek,
            0x400..=0x52F | 0x1C80..=0x1C8F | 0x2DE0..=0x2DFF | 0xA640..=0xA69F => Script::Cyrillic,
            0x531..=0x58F => Script::Armenian,
            0x10A0..=0x10FF | 0x1C90..=0x1CBF | 0x2D00..=0x2D2F => Script::Georgian,
            0x5D0..=0x5F4 => Script::Hebrew,
            0x620..=0x64A | 0x66E..=0x6D3 | 0x6D5 | 0x6EE..=0x6EF | 0x6FA..=0x6FF => Script::Arabic,
            0x750..=0x77F | 0x8A0..=0x8C7 => Script::Arabic,
            0x3041..=0x30FF | 0x31F0..=0x31FF => Script::Kana,
            0x1100..=0x11FF | 0x3131..=0x318E | 0xAC00..=0xD7A3 => Script::Hangul,
            0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3134F => Script::Han,
            _ if c.is_alphabetic() => Script::Other,
            _ => return None,
        };
        Some(script)
    }

    /// The script of most letters of a text; Latin when it has no letters.
    pub fn of_text(text: &str) -> Script {
        if text.is_ascii() {
            return Script::Latin;
        }
        let mut counts = [0u32; 11];
        for script in text.chars().filter_map(Script::of) {
            counts[script as usize] += 1;
        }
        let most = counts.iter().copied().max().unwrap_or(0);
        if most == 0 {
            return Script::Latin;
        }
        let all = [
            Script::Latin,
            Script::Cyrillic,
            Script::Greek,
            Script::Armenian,
            Script::Georgian,
            Script::Arabic,
            Script::Hebrew,
            Script::Han,
            Script::Hangul,
            Script::Kana,
            Script::Other,
        ];
        all.into_iter()
            .find(|s| counts[*s as usize] == most)
            .unwrap_or_default()
    }

    /// Whether names in this script are written without spaces between words.
    pub fn is_unspaced(self) -> bool {
        matches!(self, Script::Han | Script::Hangul | Script::Kana)
    }

    /// Whether vowels are usually not written, so that only consonants compare.
    pub fn is_consonantal(self) -> bool {
        matches!(self, Script::Arabic | Script::Hebrew)
    }

    /// Whether romanisation keeps enough of the word for equality of the Latin
    /// forms to mean equality of the names. Consonantal scripts lose vowels;
    /// Chinese characters lose the character.
    pub fn romanises_faithfully(self) -> bool {
        matches!(
            self,
            Script::Latin | Script::Cyrillic | Script::Greek | Script::Armenian | Script::Georgian
        )
    }

    /// The English name, for explanations.
    pub fn name(self) -> &'static str {
        match self {
            Script::Latin => "Latin",
            Script::Cyrillic => "Cyrillic",
            Script::Greek => "Greek",
            Script::Armenian => "Armenian",
            Script::Georgian => "Georgian",
            Script::Arabic => "Arabic",
            Script::Hebrew => "Hebrew",
            Script::Han => "Chinese",
            Script::Hangul => "Korean",
            Script::Kana => "Japanese",
            Script::Other => "other",
        }
    }
}
