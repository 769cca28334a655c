//! One row into the declaration it belongs to.

use crate::declarations::{craft, json};
use crate::reading::{At, Collector, party_identifier, shown};
use crate::table::Row;
use portcullis_domain::{
    Address, CodeScheme, DocumentRef, Issue, Item, Measure, MessageKind, Movement, Name, NameKind,
    Party, PartyInRole, PartyKind, Payment, Role, Transaction, TransportMeans,
};

/// Columns beside those of the parties.
const PLAIN: [&str; 37] = [
    "reference",
    "version",
    "message",
    "movement",
    "declared_on",
    "customs_reference",
    "vessel_name",
    "vessel_imo",
    "dispatch_country",
    "destination_country",
    "route",
    "item_description",
    "hs_code",
    "eccn",
    "eu_dual_use",
    "uk_control",
    "quantity",
    "unit",
    "net_mass_kg",
    "gross_mass_kg",
    "value",
    "currency",
    "origin_country",
    "manufacturer",
    "part_number",
    "serials",
    "procedure",
    "end_use",
    "licence_type",
    "licence_id",
    "licence_status",
    "licence_valid_until",
    "container",
    "payment_method",
    "office",
    "remarks",
    "type_code",
];

/// What a column of a party tells: `consignee_name`, `end_user_country` …
const PARTY_PARTS: [&str; 7] = [
    "name", "id", "address", "city", "postcode", "country", "type",
];

/// Where each column stands.
pub(super) struct Columns {
    names: Vec<String>,
    reference: usize,
    unknown: Vec<usize>,
    /// Roles that have a column, in the order a transaction is read.
    roles: Vec<Role>,
}

/// The cells of one row by column name.
struct Cells<'a> {
    columns: &'a Columns,
    row: &'a Row,
}

impl Columns {
    /// Fails where a column is missing without which no row can be read.
    pub(super) fn of(header: &[String]) -> Result<Columns, Issue> {
        let Some(reference) = header.iter().position(|name| name == "reference") else {
            let found: Vec<String> = header
                .iter()
                .take(8)
                .map(|n| format!("'{}'", shown(n)))
                .collect();
            let what = format!(
                "required columns are missing: reference (the first line has {})",
                found.join(", ")
            );
            return Err(Issue::new("missing-columns", what).at_line(1));
        };
        let known = |name: &str| PLAIN.contains(&name) || party_column(name).is_some();
        let unknown = header.iter().enumerate();
        let has_column = |role: &Role| {
            let mut found = header.iter().filter_map(|name| party_column(name));
            found.any(|(named, _)| named == *role)
        };
        Ok(Columns {
            reference,
            unknown: unknown
                .filter(|(_, n)| !known(n))
                .map(|(at, _)| at)
                .collect(),
            roles: Role::ALL.into_iter().filter(has_column).collect(),
            names: header.to_vec(),
        })
    }

    /// The reference of a row, as far as the row has one.
    pub(super) fn reference<'c>(&self, cells: &'c [String]) -> &'c str {
        cells.get(self.reference).map_or("", String::as_str)
    }

    pub(super) fn add(
        &self,
        row: &Row,
        first: bool,
        transaction: &mut Transaction,
        issues: &mut Collector,
    ) {
        let cells = Cells { columns: self, row };
        for position in &self.unknown {
            let value = row.cells.get(*position).map_or("", String::as_str);
            if !value.is_empty() {
                let name = self.names.get(*position).map_or("", String::as_str);
                let text = format!("'{}' is not a column of this format", shown(name));
                issues.note("unknown-field", cells.at(name), text);
            }
        }
        if row.recoded {
            let text = "the row is not UTF-8; it was read as Windows-1252";
            issues.note("encoding-assumed", cells.at(""), text);
        }
        if row.holds_rows {
            let text = "a quoted cell spans lines that look like rows: is a quote missing?";
            issues.note("rows-in-a-cell", cells.at(""), text);
        }
        cells.head(first, transaction, issues);
        cells.parties(transaction, issues);
        cells.item(transaction, issues);
    }

    /// What can be said only when every row is in.
    pub(super) fn complete(
        &self,
        transaction: &mut Transaction,
        issues: &mut Collector,
        line: u64,
    ) {
        craft::add(transaction);
        if transaction.message == MessageKind::Declaration && transaction.items.is_empty() {
            let at = At {
                field: "item_description",
                line: Some(line),
            };
            issues.note("no-goods", at, "the declaration has no line of goods");
        }
    }
}

/// Role and part of a party column.
fn party_column(name: &str) -> Option<(Role, &'static str)> {
    let part = PARTY_PARTS.into_iter().find(|part| {
        name.strip_suffix(part)
            .is_some_and(|rest| rest.ends_with('_'))
    })?;
    let role = name.get(..name.len() - part.len() - 1)?;
    Some((Role::parse(role).filter(|r| *r != Role::Vessel)?, part))
}

/// Takes a value that every row of a declaration has to state alike.
fn settle<T: PartialEq>(held: &mut Option<T>, read: Option<T>, at: At<'_>, issues: &mut Collector) {
    match (&held, read) {
        (_, None) => {}
        (None, read) => *held = read,
        (Some(first), Some(other)) if *first == other => {}
        (Some(_), Some(_)) => {
            let text = "the rows of this declaration say different things here; the first is kept";
            issues.note("contradictory-rows", at, text);
        }
    }
}

impl Cells<'_> {
    fn get(&self, name: &str) -> &str {
        let position = self.columns.names.iter().position(|n| n == name);
        position
            .and_then(|p| self.row.cells.get(p))
            .map_or("", String::as_str)
    }

    fn at<'f>(&self, field: &'f str) -> At<'f> {
        At {
            field,
            line: Some(self.row.line),
        }
    }

    /// Several values in a cell, separated by semicolons.
    fn several(&self, name: &str) -> Vec<String> {
        let parts = self.get(name).split(';').map(str::trim);
        parts.filter(|p| !p.is_empty()).map(str::to_owned).collect()
    }

    /// A text that every row has to state alike.
    fn same_text(&self, name: &str, held: &mut String, issues: &mut Collector) {
        let mut kept = (!held.is_empty()).then(|| held.clone());
        let read = Some(self.get(name).to_owned()).filter(|t| !t.is_empty());
        settle(&mut kept, read, self.at(name), issues);
        *held = kept.unwrap_or_default();
    }

    fn head(&self, first: bool, t: &mut Transaction, issues: &mut Collector) {
        let read = issues.small(self.get("version"), self.at("version"));
        settle(&mut t.version, read, self.at("version"), issues);
        self.message(t, first, issues);
        self.movement(t, issues);
        let read = issues.date(self.get("declared_on"), self.at("declared_on"));
        settle(&mut t.declared_on, read, self.at("declared_on"), issues);
        for (name, field) in [
            ("dispatch_country", &mut t.dispatch),
            ("destination_country", &mut t.destination),
        ] {
            let read = issues.country(self.get(name), self.at(name));
            settle(field, read, self.at(name), issues);
        }
        for (name, field) in [
            ("type_code", &mut t.type_code),
            ("customs_reference", &mut t.customs_reference),
            ("end_use", &mut t.end_use),
            ("office", &mut t.office),
        ] {
            self.same_text(name, field, issues);
        }
        let remark = self.get("remarks");
        if !remark.is_empty() && !t.remarks.lines().any(|l| l == remark) {
            let gap = if t.remarks.is_empty() { "" } else { "\n" };
            t.remarks = format!("{}{gap}{remark}", t.remarks);
        }
        self.route_and_transport(t, issues);
        self.payment(t, issues);
    }

    fn message(&self, t: &mut Transaction, first: bool, issues: &mut Collector) {
        let word = self.get("message").to_lowercase();
        if word.is_empty() {
            return;
        }
        match json::MESSAGES.iter().find(|(_, known)| *known == word) {
            // `Other` marks a kind that is not known; the caller refuses it.
            None => t.message = MessageKind::Other,
            Some((kind, _)) if first => t.message = *kind,
            Some((kind, _)) if t.message == *kind => {}
            Some(_) => {
                let text = "the rows of this declaration are of different kinds; the first is kept";
                issues.note("contradictory-rows", self.at("message"), text);
            }
        }
    }

    fn movement(&self, t: &mut Transaction, issues: &mut Collector) {
        let word = self.get("movement").to_lowercase().replace([' ', '-'], "_");
        if word.is_empty() {
            return;
        }
        let Some(read) = Movement::parse(&word) else {
            let text = format!("'{}' is not a kind of movement", shown(&word));
            issues.note("unknown-word", self.at("movement"), text);
            return;
        };
        let mut held = (t.movement != Movement::Unknown).then_some(t.movement);
        settle(&mut held, Some(read), self.at("movement"), issues);
        t.movement = held.unwrap_or_default();
    }

    fn route_and_transport(&self, t: &mut Transaction, issues: &mut Collector) {
        for stop in self.several("route") {
            let country = issues.country(&stop, self.at("route"));
            let new = country.filter(|c| !t.route.contains(c));
            t.route.extend(new);
        }
        for container in self.several("container") {
            if !t.containers.contains(&container) {
                t.containers.push(container);
            }
        }
        let (name, imo) = (self.get("vessel_name"), self.get("vessel_imo"));
        let means = TransportMeans {
            id_kind: if imo.is_empty() {
                String::new()
            } else {
                craft::IMO_NUMBER.to_owned()
            },
            id: imo.to_owned(),
            name: name.to_owned(),
            ..TransportMeans::default()
        };
        if means != TransportMeans::default() && !t.transport.contains(&means) {
            t.transport.push(means);
        }
    }

    fn payment(&self, t: &mut Transaction, issues: &mut Collector) {
        let country = self.get("payer_country");
        let payment = Payment {
            // The payer's own column reports a country that does not exist.
            country: portcullis_domain::Country::parse(country),
            method: self
                .get("payment_method")
                .to_lowercase()
                .replace([' ', '-'], "_"),
            amount: None,
        };
        const METHODS: [&str; 8] = [
            "",
            "transfer",
            "letter_of_credit",
            "cash",
            "prepayment",
            "virtual_asset",
            "personal_account",
            "other",
        ];
        if !METHODS.contains(&payment.method.as_str()) {
            let text = format!("'{}' is not a method of payment", shown(&payment.method));
            issues.note("unknown-word", self.at("payment_method"), text);
        }
        if payment != Payment::default() && !t.payments.contains(&payment) {
            t.payments.push(payment);
        }
    }

    /// Parties of the first row are of the whole; a different one in a later
    /// row is of that line of goods.
    fn parties(&self, t: &mut Transaction, issues: &mut Collector) {
        for role in self.columns.roles.iter().copied() {
            let Some(party) = self.party(role, issues) else {
                continue;
            };
            let known = |p: &PartyInRole| p.role == role && p.party == party;
            if t.parties.iter().any(known) {
                continue;
            }
            let named_before = t.parties.iter().any(|p| p.role == role);
            t.parties.push(PartyInRole {
                role,
                item: named_before.then(|| t.items.len() as u32 + 1),
                provenance: craft::provenance(&party),
                party,
            });
        }
    }

    fn party(&self, role: Role, issues: &mut Collector) -> Option<Party> {
        let field = |part: &str| format!("{}_{part}", role.as_str());
        let text = |part: &str| self.get(&field(part)).to_owned();
        if PARTY_PARTS.iter().all(|part| text(part).is_empty()) {
            return None;
        }
        let country = issues.country(&text("country"), self.at(&field("country")));
        // The country alone says from where it is paid, not by whom.
        let nobody = ["name", "id", "address", "city"]
            .iter()
            .all(|part| text(part).is_empty());
        if role == Role::Payer && nobody {
            return None;
        }
        let address = Address {
            street: text("address"),
            city: text("city"),
            region: String::new(),
            postcode: text("postcode"),
            country,
        };
        let kind = PartyKind::parse(&text("type"));
        if kind.is_none() {
            let what = format!("'{}' is not a type of party", shown(&text("type")));
            issues.note("unknown-word", self.at(&field("type")), what);
        }
        let mut party = Party {
            kind: kind.unwrap_or_default(),
            ..Party::default()
        };
        if !text("name").is_empty() {
            party.names.push(Name::new(NameKind::Primary, text("name")));
        }
        for id in self.several(&field("id")) {
            party.identifiers.push(party_identifier(&id));
        }
        if address != Address::default() {
            party.addresses.push(address);
        }
        Some(party)
    }

    fn item(&self, t: &mut Transaction, issues: &mut Collector) {
        let mut item = Item {
            description: self.get("item_description").to_owned(),
            net_mass: issues.quantity(self.get("net_mass_kg"), self.at("net_mass_kg")),
            gross_mass: issues.quantity(self.get("gross_mass_kg"), self.at("gross_mass_kg")),
            value: issues.money(self.get("value"), self.get("currency"), self.at("value")),
            origin: issues.country(self.get("origin_country"), self.at("origin_country")),
            manufacturer: self.get("manufacturer").to_owned(),
            part_number: self.get("part_number").to_owned(),
            serials: self.several("serials"),
            procedure: self.get("procedure").to_owned(),
            quantity: issues
                .quantity(self.get("quantity"), self.at("quantity"))
                .map(|amount| Measure {
                    amount,
                    unit: self.get("unit").to_owned(),
                }),
            ..Item::default()
        };
        item.codes
            .extend(issues.tariff_code(self.get("hs_code"), self.at("hs_code")));
        for (column, scheme) in [
            ("eccn", CodeScheme::Eccn),
            ("eu_dual_use", CodeScheme::EuDualUse),
            ("uk_control", CodeScheme::UkControl),
        ] {
            for text in self.several(column) {
                item.codes.extend(json::code(scheme, &text, column, issues));
            }
        }
        item.documents.extend(self.licence(issues));
        let filled = item != Item::default();
        if filled {
            item.number = t.items.len() as u32 + 1;
            t.items.push(item);
        }
    }

    /// A licence of type `X002` has the category `X`, as customs write it.
    fn licence(&self, issues: &mut Collector) -> Option<DocumentRef> {
        let (kind, id) = (self.get("licence_type"), self.get("licence_id"));
        let status = self.get("licence_status");
        let until = self.get("licence_valid_until");
        if kind.is_empty() && id.is_empty() && status.is_empty() && until.is_empty() {
            return None;
        }
        let coded = kind.len() == 4 && kind.bytes().skip(1).all(|b| b.is_ascii_digit());
        Some(DocumentRef {
            category: if coded {
                kind.chars().take(1).collect()
            } else {
                String::new()
            },
            kind: if kind.is_empty() {
                "licence".to_owned()
            } else {
                kind.to_owned()
            },
            id: id.to_owned(),
            status: status.to_owned(),
            write_off: None,
            valid_until: issues.date(until, self.at("licence_valid_until")),
        })
    }
}
