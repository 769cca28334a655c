//! A party as somebody asks about it in the FollowTheMoney shape: schema and
//! properties, read exactly as a list in that shape is read.

use super::wire::Thing;
use super::{countries, identifiers, party_kind};
use crate::watchlists::build::Record;
use crate::watchlists::places::{self, AddressParts};
use crate::watchlists::{remarks, text};
use portcullis_domain::{Gender, Issue, NameKind, Party, PartyKind};
use std::collections::HashMap;

/// A party that was asked about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AskedParty {
    /// What could be read.
    pub party: Party,
    /// What could not be read or is not compared, by property. Codes
    /// `not-a-date`, `unknown-country` and `name-too-long` mean that evidence
    /// was offered and is not used.
    pub issues: Vec<Issue>,
}

/// Properties that are compared.
const COMPARED: &[&str] = &[
    "name",
    "alias",
    "weakAlias",
    "abbreviation",
    "previousName",
    "pastNames",
    "firstName",
    "secondName",
    "middleName",
    "fatherName",
    "motherName",
    "lastName",
    "birthDate",
    "gender",
    "address",
    "email",
    "phone",
    "nationality",
    "citizenship",
    "jurisdiction",
    "mainCountry",
    "flag",
    "birthCountry",
    "country",
    "imoNumber",
    "mmsi",
    "callSign",
    "registrationNumber",
    "innCode",
    "ogrnCode",
    "leiCode",
    "swiftBic",
    "dunsCode",
    "passportNumber",
    "idNumber",
    "socialSecurityNumber",
    "taxNumber",
    "vatCode",
    "kppCode",
    "okpoCode",
    "uscCode",
    "uniqueEntityId",
    "isin",
    "isinCode",
    "serialNumber",
    "cryptoWallets",
    "publicKey",
    "cryptoAddress",
    "website",
];

/// Reads the party of a query. `None` if nobody of this schema is screened:
/// people, companies, organisations, public bodies, legal entities, vessels,
/// aircraft and crypto wallets are.
pub fn party(schema: &str, properties: HashMap<String, Vec<String>>) -> Option<AskedParty> {
    let kind = match schema {
        // A wallet is asked for by its key, whoever holds it.
        "CryptoWallet" => PartyKind::Unknown,
        other => party_kind(other)?,
    };
    let mut not_compared: Vec<Issue> = Vec::new();
    for property in properties.keys() {
        if !COMPARED.contains(&property.as_str()) {
            let words = format!("'{}' is not compared", text::bounded(property, 80));
            not_compared.push(Issue::new("not-compared", words).in_field(property));
        }
    }
    not_compared.sort_by(|a, b| a.field.cmp(&b.field));
    let thing = Thing::asked(schema, properties);
    let mut record = Record::new(String::new(), 0);
    record.entity.party.kind = kind;
    names(&thing, &mut record);
    identifiers(&thing, &mut record);
    for key in thing.all("cryptoAddress") {
        let value = text::clean(key);
        let wallet = portcullis_domain::Identifier::new("crypto", value);
        record.identifier(wallet, "properties.cryptoAddress");
    }
    countries(&thing, &mut record);
    for date in thing.all("birthDate").filter(|d| !d.trim().is_empty()) {
        remarks::birth(date, "properties.birthDate", &mut record);
    }
    for address in thing.all("address") {
        let parts = AddressParts {
            street: address,
            ..AddressParts::default()
        };
        places::address(&parts, "properties.address", &mut record);
    }
    let party = &mut record.entity.party;
    party.gender = thing.all("gender").find_map(Gender::parse);
    party.emails.extend(thing.all("email").map(text::clean));
    party.phones.extend(thing.all("phone").map(text::clean));
    let (mut party, mut issues) = record.asked();
    party.names.dedup();
    issues.extend(not_compared);
    Some(AskedParty { party, issues })
}

fn names(thing: &Thing, record: &mut Record) {
    for (property, kind) in [
        ("name", NameKind::Primary),
        ("alias", NameKind::Alias),
        ("weakAlias", NameKind::WeakAlias),
        ("abbreviation", NameKind::WeakAlias),
        ("previousName", NameKind::Former),
        ("pastNames", NameKind::Former),
    ] {
        for name in thing.all(property) {
            record.name(kind, name);
        }
    }
    let last: Vec<&str> = thing.all("lastName").collect();
    let middle = ["secondName", "middleName", "fatherName"];
    let middle: Vec<&str> = middle.iter().filter_map(|p| thing.first(p)).collect();
    for first in thing.all("firstName") {
        for last in &last {
            record.name(NameKind::Alias, &format!("{first} {last}"));
            if !middle.is_empty() {
                let whole = format!("{first} {} {last}", middle.join(" "));
                record.name(NameKind::Alias, &whole);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(schema: &str, properties: &[(&str, &[&str])]) -> AskedParty {
        let own = |values: &[&str]| values.iter().map(|v| (*v).to_owned()).collect();
        let properties = properties
            .iter()
            .map(|(name, values)| ((*name).to_owned(), own(values)));
        party(schema, properties.collect()).unwrap()
    }

    #[test]
    fn names_countries_dates_and_numbers_are_read() {
        let asked = asked(
            "Person",
            &[
                ("name", &["Anton Zubrowka"]),
                ("firstName", &["Anton"]),
                ("fatherName", &["Jan"]),
                ("lastName", &["Zubrowka"]),
                ("birthDate", &["1961-07-31"]),
                ("nationality", &["pl", "na", "gb-sct", "suhh"]),
                ("passportNumber", &["AB 123456"]),
                ("gender", &["male"]),
            ],
        );
        let texts: Vec<&str> = asked.party.names.iter().map(|n| n.text.as_str()).collect();
        assert_eq!(
            texts,
            ["Anton Zubrowka", "Anton Zubrowka", "Anton Jan Zubrowka"]
        );
        let codes: Vec<String> = asked
            .party
            .all_countries()
            .iter()
            .map(|c| c.code().to_owned())
            .collect();
        assert_eq!(codes, ["PL", "NA", "GB"]);
        assert_eq!(asked.party.gender, Some(Gender::Male));
        assert_eq!(asked.party.identifiers[0].scheme, "passport");
        assert_eq!(asked.issues.len(), 0, "{:?}", asked.issues);
    }

    #[test]
    fn what_cannot_be_read_is_said_by_property() {
        let asked = asked(
            "Company",
            &[
                ("name", &["Acme"]),
                ("birthDate", &["31/31/1961"]),
                ("country", &["Atlantis"]),
                ("nationallity", &["pl"]),
            ],
        );
        let said: Vec<(&str, Option<&str>)> = asked
            .issues
            .iter()
            .map(|i| (i.code.as_str(), i.field.as_deref()))
            .collect();
        assert_eq!(
            said,
            [
                ("unknown-country", Some("properties.country")),
                ("not-a-date", Some("properties.birthDate")),
                ("not-compared", Some("nationallity")),
            ]
        );
    }

    #[test]
    fn nobody_screens_a_painting() {
        assert_eq!(party("Article", HashMap::new()), None);
    }
}
