//! Sets of countries as bits: membership is one look-up.

use portcullis_domain::Country;

const LETTERS: usize = 26;
const WORDS: usize = (LETTERS * LETTERS).div_ceil(64);

/// A set of countries by alpha-2 code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CountrySet([u64; WORDS]);

/// Place of a country among all two-letter codes.
pub(crate) fn index(country: Country) -> usize {
    let letter = |b: &u8| usize::from(b.wrapping_sub(b'A')).min(LETTERS - 1);
    match country.code().as_bytes() {
        [first, second] => letter(first) * LETTERS + letter(second),
        _ => 0,
    }
}

/// How many places there are.
pub(crate) const PLACES: usize = LETTERS * LETTERS;

impl CountrySet {
    /// Every country of the domain's table.
    pub(crate) fn all() -> CountrySet {
        Country::all().into_iter().collect()
    }

    /// Reads codes separated by spaces; the error names the code that is none.
    pub(crate) fn parse(codes: &str) -> Result<CountrySet, String> {
        codes.split_whitespace().map(country).collect()
    }

    /// Whether the country is a member.
    pub(crate) fn contains(&self, country: Country) -> bool {
        let at = index(country);
        self.0[at / 64] >> (at % 64) & 1 == 1
    }

    /// Members of either.
    pub(crate) fn union(mut self, other: CountrySet) -> CountrySet {
        self.0.iter_mut().zip(other.0).for_each(|(a, b)| *a |= b);
        self
    }

    /// Members that are not members of the other.
    pub(crate) fn minus(mut self, other: CountrySet) -> CountrySet {
        self.0.iter_mut().zip(other.0).for_each(|(a, b)| *a &= !b);
        self
    }
}

impl FromIterator<Country> for CountrySet {
    fn from_iter<I: IntoIterator<Item = Country>>(countries: I) -> CountrySet {
        let mut set = CountrySet::default();
        for country in countries {
            let at = index(country);
            set.0[at / 64] |= 1 << (at % 64);
        }
        set
    }
}

/// Reads one alpha-2 code; the error names it.
pub(crate) fn country(code: &str) -> Result<Country, String> {
    Country::from_alpha2(code).ok_or_else(|| format!("'{code}' is not a country code"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_what_was_put_in() {
        let set = CountrySet::parse("AD ZW GB").unwrap();
        for member in Country::all() {
            let expected = ["AD", "ZW", "GB"].contains(&member.code());
            assert_eq!(set.contains(member), expected, "{member}");
        }
        assert_eq!(set.minus(set), CountrySet::default());
        assert_eq!(set.union(set), set);
        assert!(CountrySet::parse("AD QQ").is_err());
    }
}
