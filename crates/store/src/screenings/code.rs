//! Verification codes: the beginning of a digest in a form that people can type.

/// Crockford's base 32: no I, L, O or U, so that nothing is misread
/// (www.crockford.com/base32.html).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Characters of a code: 80 bits, so that among ten thousand million records
/// two with one code are unlikely (4 in 100,000), and guessing is hopeless.
const CHARACTERS: usize = 16;

/// The code of a digest: sixteen characters in groups of four.
pub(crate) fn code_of(digest: &[u8; 32]) -> String {
    let mut code = String::with_capacity(CHARACTERS + 3);
    let (mut bits, mut held) = (0_u32, 0_u32);
    let mut bytes = digest.iter();
    for at in 0..CHARACTERS {
        if at > 0 && at % 4 == 0 {
            code.push('-');
        }
        if held < 5 {
            bits = (bits << 8) | bytes.next().map_or(0, |b| u32::from(*b));
            held += 8;
        }
        held -= 5;
        code.push(char::from(ALPHABET[((bits >> held) & 31) as usize]));
        bits &= (1 << held) - 1;
    }
    code
}

/// A code as typed, in the form in which it is kept; `None` if it is none.
pub(crate) fn read_code(typed: &str) -> Option<String> {
    let mut plain = Vec::with_capacity(CHARACTERS);
    for c in typed.chars().filter(|c| !matches!(c, '-' | ' ')) {
        let c = match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        };
        let known = u8::try_from(c).is_ok_and(|b| ALPHABET.contains(&b));
        if !known || plain.len() == CHARACTERS {
            return None;
        }
        plain.push(c);
    }
    if plain.len() != CHARACTERS {
        return None;
    }
    let groups: Vec<String> = plain.chunks(4).map(|g| g.iter().collect()).collect();
    Some(groups.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let mut digest = [0_u8; 32];
        digest[..10].copy_from_slice(&[0xff, 0x01, 0x80, 0x7f, 0x55, 0xaa, 0x10, 0x20, 0x30, 0x40]);
        let code = code_of(&digest);
        assert_eq!(code.len(), 19);
        let typed = code
            .to_lowercase()
            .replace('-', " ")
            .replace('0', "o")
            .replace('1', "l");
        assert_eq!(read_code(&typed), Some(code.clone()));
        for bad in [
            "",
            "7K3M",
            &format!("{code}0"),
            &code.replace('-', "_"),
            "ÄÄÄÄ-0000-0000-0000",
        ] {
            assert_eq!(read_code(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_bit_of_the_first_eighty_counts() {
        let base = code_of(&[0; 32]);
        for bit in 0..80 {
            let mut digest = [0_u8; 32];
            digest[bit / 8] = 0x80 >> (bit % 8);
            assert_ne!(code_of(&digest), base, "{bit}");
        }
    }
}
