//! How each field is asked: with which control, in which plain words, and how
//! what was typed becomes the value of the case.

use portcullis_domain::{Country, Movement, Role};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Parties that one page asks for, by role, with what each is called.
pub(crate) const PARTIES: [(&str, &str, &str); 4] = [
    (
        "consignee",
        "Who receives the goods?",
        "The firm or person to whom the goods are delivered.",
    ),
    (
        "end_user",
        "Who will use them, if somebody else?",
        "The last in the line: not the dealer or forwarder, but who works with the goods.",
    ),
    (
        "purchaser",
        "Who buys them, if somebody else?",
        "Who is on the order or pays.",
    ),
    (
        "intermediate_consignee",
        "Is there an agent or forwarder abroad?",
        "Anybody who takes the goods on the way.",
    ),
];

/// The control with which a field is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Widget {
    /// Free text of several lines.
    Text,
    /// One country.
    Country,
    /// Countries on the way, or none.
    Countries,
    /// What happens to the goods.
    Movement,
    /// A tariff code, with candidates.
    Hs,
    /// A US control number, with candidates.
    Eccn,
    /// An EU or UK control number, with candidates.
    EuCode,
    /// A share in percent.
    Percent,
    /// Who takes part.
    Parties,
    /// A name.
    Name,
    /// Owners with their shares, one a line.
    Owners,
    /// An amount of money.
    Money,
    /// How many, of which unit.
    Measure,
    /// Technical parameters, one a line.
    Parameters,
    /// Yes or no.
    YesNo,
}

impl Widget {
    /// The control of a field; `None` where a case has no place for an answer.
    pub(crate) fn of(field: &str) -> Option<Widget> {
        if let Some((_, part)) = super::party_part(field) {
            return match part {
                "name" => Some(Widget::Name),
                "country" => Some(Widget::Country),
                "owners" => Some(Widget::Owners),
                _ => None,
            };
        }
        if super::fact(field).is_some() {
            return Some(Widget::YesNo);
        }
        Some(match field {
            "description" | "end_use" => Widget::Text,
            "destination" | "exporter_country" | "origin" => Widget::Country,
            "transit" => Widget::Countries,
            "movement" => Widget::Movement,
            "hs_code" => Widget::Hs,
            "eccn" => Widget::Eccn,
            "eu_code" => Widget::EuCode,
            "us_content_percent" => Widget::Percent,
            "parties" => Widget::Parties,
            "value" | "currency" => Widget::Money,
            "quantity" | "unit" => Widget::Measure,
            _ if field.starts_with("parameters") => Widget::Parameters,
            _ => return None,
        })
    }

    /// The word by which the template tells controls apart.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Widget::Text => "text",
            Widget::Country => "country",
            Widget::Countries => "countries",
            Widget::Movement => "movement",
            Widget::Hs => "hs",
            Widget::Eccn => "eccn",
            Widget::EuCode => "eu_code",
            Widget::Percent => "percent",
            Widget::Parties => "parties",
            Widget::Name => "name",
            Widget::Owners => "owners",
            Widget::Money => "money",
            Widget::Measure => "measure",
            Widget::Parameters => "parameters",
            Widget::YesNo => "yes_no",
        }
    }

    /// What was typed, as fields of the case with their values.
    ///
    /// # Errors
    ///
    /// What is missing, in words for the person who typed.
    pub(crate) fn read(
        self,
        field: &str,
        form: &HashMap<String, String>,
    ) -> Result<Vec<(String, Value)>, String> {
        let typed = |name: &str| form.get(name).map_or("", |text| text.trim()).to_owned();
        let one = |value: Value| Ok(vec![(field.to_owned(), value)]);
        let text = typed("answer");
        match self {
            Widget::Money => {
                let amount = needed(typed("amount"), "Enter the value")?;
                let currency = needed(typed("currency"), "Enter the currency, for example EUR")?;
                Ok(vec![
                    ("value".to_owned(), json!(amount)),
                    ("currency".to_owned(), json!(currency)),
                ])
            }
            Widget::Measure => {
                let amount = needed(typed("amount"), "Enter how many")?;
                let unit = needed(typed("unit"), "Enter the unit, for example piece or kg")?;
                Ok(vec![
                    ("quantity".to_owned(), json!(amount)),
                    ("unit".to_owned(), json!(unit)),
                ])
            }
            Widget::Parties => parties(form).map(|all| vec![("parties".to_owned(), all)]),
            Widget::Countries => countries(&text, !typed("direct").is_empty()).and_then(one),
            Widget::Owners => owners(&text).and_then(one),
            Widget::Parameters => parameters(&text).map(|all| vec![("parameters".to_owned(), all)]),
            Widget::Hs | Widget::Eccn | Widget::EuCode => {
                let chosen = match typed("choice").as_str() {
                    "" | "other" => text,
                    choice => choice.to_owned(),
                };
                one(json!(needed(
                    chosen,
                    "Choose one, or enter the number you know"
                )?))
            }
            Widget::Country => one(json!(needed(text, "Choose a country")?)),
            Widget::Movement => one(json!(needed(text, "Choose what happens to the goods")?)),
            Widget::YesNo => match text.as_str() {
                "yes" => one(json!(true)),
                "no" => one(json!(false)),
                _ => Err("Choose yes or no".to_owned()),
            },
            Widget::Text | Widget::Percent | Widget::Name => {
                one(json!(needed(text, "Enter an answer")?))
            }
        }
    }

    /// What stands in the controls when a question comes again.
    pub(crate) fn shown(self, field: &str, case: &Value) -> HashMap<String, String> {
        let text = |value: &Value| match value {
            Value::String(text) if text == "unknown" => String::new(),
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        let value = match (super::party_part(field), super::fact(field)) {
            (Some((at, part)), _) => &case["parties"][at][part],
            (None, Some(fact)) => &case["answers"][fact],
            (None, None) => &case[field],
        };
        let list = |value: &Value, each: &dyn Fn(&Value) -> String, by: &str| {
            let all = value.as_array().into_iter().flatten();
            all.map(each).collect::<Vec<_>>().join(by)
        };
        let mut shown = HashMap::new();
        let mut put = |name: &str, text: String| shown.insert(name.to_owned(), text);
        match self {
            Widget::Money => {
                put("amount", text(&case["value"]));
                put("currency", text(&case["currency"]));
            }
            Widget::Measure => {
                put("amount", text(&case["quantity"]));
                put("unit", text(&case["unit"]));
            }
            Widget::Parties => {
                for party in value.as_array().into_iter().flatten() {
                    let role = text(&party["role"]);
                    put(&format!("{role}-name"), text(&party["name"]));
                    put(&format!("{role}-country"), text(&party["country"]));
                }
            }
            Widget::Countries => {
                put("answer", list(value, &text, ", "));
                if value.as_array().is_some_and(Vec::is_empty) {
                    put("direct", "yes".to_owned());
                }
            }
            Widget::Owners => {
                let line = |o: &Value| format!("{} {}", text(&o["name"]), text(&o["percent"]));
                put("answer", list(value, &line, "\n"));
            }
            Widget::Parameters => {
                let line = |p: &Value| {
                    let amount = format!("{} {}", text(&p["value"]), text(&p["unit"]));
                    format!("{} = {}", text(&p["name"]), amount.trim())
                };
                put("answer", list(&case["parameters"], &line, "\n"));
            }
            Widget::YesNo => {
                let word = value
                    .as_bool()
                    .map_or("", |yes| if yes { "yes" } else { "no" });
                put("answer", word.to_owned());
            }
            _ => {
                put("answer", text(value));
                put("choice", text(value));
            }
        }
        shown
    }
}

fn needed(text: String, why: &str) -> Result<String, String> {
    if text.is_empty() {
        Err(why.to_owned())
    } else {
        Ok(text)
    }
}

/// Everybody named on the page. Where no country is given it is not known, and
/// is asked; so is who owns whoever uses the goods.
fn parties(form: &HashMap<String, String>) -> Result<Value, String> {
    let typed = |name: String| form.get(&name).map_or("", |t| t.trim()).to_owned();
    let mut all: Vec<Value> = Vec::new();
    for (role, _, _) in PARTIES {
        let name = typed(format!("{role}-name"));
        let country = typed(format!("{role}-country"));
        if name.is_empty() && country.is_empty() {
            continue;
        }
        let known = |text: String| {
            if text.is_empty() {
                "unknown".to_owned()
            } else {
                text
            }
        };
        all.push(json!({ "role": role, "name": known(name), "country": known(country) }));
    }
    let uses = |role: &str| all.iter().position(|p| p["role"] == role);
    let Some(user) = uses("end_user")
        .or_else(|| uses("consignee"))
        .or((!all.is_empty()).then_some(0))
    else {
        return Err("Enter at least who receives the goods".to_owned());
    };
    all[user]["owners"] = json!("unknown");
    Ok(Value::Array(all))
}

fn countries(text: &str, direct: bool) -> Result<Value, String> {
    if direct {
        return Ok(json!([]));
    }
    let mut all = Vec::new();
    for word in text.split([',', ';', '\n']).map(str::trim) {
        if word.is_empty() {
            continue;
        }
        match Country::parse(word) {
            Some(country) => all.push(country.code().to_owned()),
            None => return Err(format!("‘{word}’ is not a country")),
        }
    }
    if all.is_empty() {
        return Err("Enter the countries on the way, or tick that there are none".to_owned());
    }
    Ok(json!(all))
}

/// `Name 40` or `Name 40 %`, one a line; without a number the share is not known.
fn owners(text: &str) -> Result<Value, String> {
    let mut all = Vec::new();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let plain = line.trim_end_matches('%').trim_end();
        let (name, share) = match plain.rsplit_once(char::is_whitespace) {
            Some((name, last)) if last.starts_with(|c: char| c.is_ascii_digit()) => {
                (name.trim_end_matches([',', ';', ':']).trim(), Some(last))
            }
            _ => (plain, None),
        };
        let mut owner = json!({ "name": name });
        if let Some(share) = share {
            owner["percent"] = json!(share.replace(',', "."));
        }
        all.push(owner);
    }
    if all.is_empty() {
        return Err("Enter the owners, one on each line".to_owned());
    }
    Ok(json!(all))
}

/// `name = value unit`, one a line.
fn parameters(text: &str) -> Result<Value, String> {
    let mut all = Vec::new();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let wrong = || format!("‘{line}’: write the name, an equals sign, the value and its unit");
        let (name, amount) = line.split_once(['=', ':']).ok_or_else(wrong)?;
        let (value, unit) = match amount.trim().split_once(char::is_whitespace) {
            Some((value, unit)) => (value, unit.trim()),
            None => (amount.trim(), ""),
        };
        if name.trim().is_empty() || value.is_empty() {
            return Err(wrong());
        }
        all.push(json!({ "name": name.trim(), "value": value, "unit": unit }));
    }
    if all.is_empty() {
        return Err("Enter at least one parameter".to_owned());
    }
    Ok(json!(all))
}

/// Plain help for a field: what is meant, where to find it, why it matters.
pub(crate) fn help(field: &str) -> &'static str {
    let part = super::party_part(field).map(|(_, part)| part);
    match part.unwrap_or(field) {
        "description" => {
            "Say what it is, what it is made of and what it does, as you would tell a customer: ‘centrifugal pump of stainless steel for drinking water, 2 kW’, not ‘spare parts’. Give maker and part number if you have them."
        }
        "movement" => {
            "Most sales abroad are an export. It is a re-export if the goods came from another country before and leave again as they are."
        }
        "exporter_country" => "The country in which the goods are now, and which they leave.",
        "destination" => {
            "Where the goods stay in the end. If your buyer sends them on and you know where to, choose that country."
        }
        "transit" => {
            "Countries in which the goods are unloaded, stored or change carrier. Passing by sea does not count."
        }
        "origin" => {
            "Where the goods were made, not where you bought them. It stands on the certificate of origin or the nameplate."
        }
        "hs_code" => {
            "The customs tariff number. It stands on earlier declarations or the supplier’s invoice; at least the first six digits are needed."
        }
        "eccn" => {
            "The number of the United States control list. Makers of American goods usually state it; ‘EAR99’ means: under US law, but not on the list. Nobody is assumed to be EAR99."
        }
        "eu_code" => {
            "The number of the EU (and British) dual-use list, for example 2B350. The maker or your trade association can tell. If you are sure that no entry fits, say that it is not listed."
        }
        "us_content_percent" => {
            "Count only parts from the United States that are themselves controlled for your destination. If there are none, enter 0."
        }
        "end_use" => {
            "In which product, plant or service will it be used, and what does that do? If you have heard of a military, nuclear, chemical or missile use, say so here."
        }
        "parties" => {
            "Enter full names as on order and invoice. Each is compared with the sanctions and export control lists in use."
        }
        "name" => "The full name as on order and invoice.",
        "country" => "The country of its address.",
        "owners" => {
            "Some rules reach firms that listed parties own by half or more. Registers of companies show owners. Enter one on each line with the share in percent: ‘Example Holding 60’."
        }
        "value" | "currency" => "The value of this delivery, as on the invoice.",
        "quantity" | "unit" => "How much is delivered, in the unit of the invoice.",
        field if super::fact(field).is_some() => {
            "Answer for this delivery as far as you know it yourself. If you would have to guess, say that you do not know."
        }
        field if field.starts_with("parameters") => {
            "From the data sheet. One on each line: name, equals sign, value, unit, for example ‘frequency = 31.8 GHz’."
        }
        _ => "",
    }
}

/// The movements that can be chosen, with what each means.
pub(crate) fn movements() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            Movement::Export.as_str(),
            "Export: the goods are sold or sent abroad",
        ),
        (
            Movement::Reexport.as_str(),
            "Re-export: foreign goods leave again",
        ),
        (
            Movement::Intangible.as_str(),
            "Software or drawings, sent electronically",
        ),
        (
            Movement::TechnicalAssistance.as_str(),
            "Service, training or repair abroad",
        ),
        (
            Movement::Brokering.as_str(),
            "A deal between two other countries",
        ),
        (
            Movement::Transit.as_str(),
            "Transit: the goods only pass through",
        ),
        (
            Movement::InCountryTransfer.as_str(),
            "Transfer inside a foreign country",
        ),
    ]
}

/// A role of a party in words.
pub(crate) fn role_words(role: &str) -> String {
    Role::parse(role).map_or_else(|| role.to_owned(), |r| crate::view::sentence(&r.label()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> HashMap<String, String> {
        let owned = pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        owned.collect()
    }

    #[test]
    fn what_is_typed_becomes_a_case_and_comes_back() {
        for (field, typed, expected) in [
            (
                "destination",
                vec![("answer", "FR")],
                json!({"destination": "FR"}),
            ),
            (
                "transit",
                vec![("answer", "Turkey, ae")],
                json!({"transit": ["TR", "AE"]}),
            ),
            ("transit", vec![("direct", "yes")], json!({"transit": []})),
            (
                "value",
                vec![("amount", "1200.50"), ("currency", "EUR")],
                json!({"value": "1200.50", "currency": "EUR"}),
            ),
            (
                "parameters",
                vec![("answer", "frequency = 31,8 GHz\nchannels: 4")],
                json!({"parameters": [
                    {"name": "frequency", "value": "31,8", "unit": "GHz"},
                    {"name": "channels", "value": "4", "unit": ""}]}),
            ),
            (
                "eccn",
                vec![("choice", "3A001"), ("answer", "x")],
                json!({"eccn": "3A001"}),
            ),
            (
                "eccn",
                vec![("choice", "other"), ("answer", "EAR99")],
                json!({"eccn": "EAR99"}),
            ),
        ] {
            let widget = Widget::of(field).unwrap();
            let read = widget.read(field, &form(&typed)).unwrap();
            let mut taken = crate::guide::Answers::new();
            taken.case.clear();
            taken.answer(field, read);
            let case = taken.case;
            assert_eq!(Value::Object(case.clone()), expected, "{field}");
            let again = widget.shown(field, &Value::Object(case));
            let back = widget.read(field, &again).unwrap();
            assert_eq!(
                Value::Object(back.into_iter().collect()),
                expected,
                "{field}"
            );
        }
    }

    #[test]
    fn parties_and_owners_are_asked_on_where_they_are_not_known() {
        let read = Widget::Parties
            .read(
                "parties",
                &form(&[("consignee-name", "Acme"), ("end_user-country", "TR")]),
            )
            .unwrap();
        let all = &read[0].1;
        assert_eq!(
            all[0],
            json!({"role": "consignee", "name": "Acme", "country": "unknown"})
        );
        assert_eq!(all[1]["owners"], "unknown");
        assert!(Widget::Parties.read("parties", &form(&[])).is_err());
        let read = Widget::Owners
            .read(
                "parties[0].owners",
                &form(&[("answer", "Example Holding: 60 %\nOther GmbH")]),
            )
            .unwrap();
        assert_eq!(
            read[0].1,
            json!([{"name": "Example Holding", "percent": "60"}, {"name": "Other GmbH"}])
        );
    }

    #[test]
    fn nothing_typed_is_said_in_words() {
        for field in [
            "description",
            "destination",
            "transit",
            "value",
            "hs_code",
            "movement",
        ] {
            let said = Widget::of(field).unwrap().read(field, &form(&[]));
            assert!(said.unwrap_err().len() > 10, "{field}");
            assert!(help(field).len() > 20, "{field}");
        }
        assert_eq!(Widget::of("documents"), None);
        assert_eq!(Widget::of("parties[0].entity_id"), None);
    }
}
