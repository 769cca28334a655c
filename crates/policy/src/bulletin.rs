//! Bulletins: what changed, from when, whom it touches, what to do; for
//! exporters, in plain words. Made from the rules' own notes; as text, JSON
//! (the record itself) and Atom (RFC 4287).

use crate::{Policy, PolicyDiff, RuleOf, RuleView};
use jiff::Timestamp;
use portcullis_domain::Date;
use serde::{Deserialize, Serialize};

/// A bulletin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bulletin {
    /// Version of this form.
    pub v: u32,
    /// Its title.
    pub title: String,
    /// What changed, in one or two sentences.
    pub summary: String,
    /// From which day it holds. A single change may say another.
    pub from: Option<Date>,
    /// The changes, new rules first.
    pub changes: Vec<BulletinChange>,
    /// Whom it touches, each named once.
    pub touches: Vec<String>,
    /// What to do, each said once.
    pub what_to_do: Vec<String>,
    /// Id of the policy or list set that it tells of.
    pub subject: String,
}

/// One change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulletinChange {
    /// `new`, `dropped`, `changed`, `updated`.
    pub kind: String,
    /// The rule, or the code of the list.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What changed, in plain words; empty for a new rule with a note.
    pub what: Vec<String>,
    /// The note for exporters; empty if there is none.
    pub note: String,
    /// Whom it touches; empty if that cannot be told.
    pub touches: String,
    /// From when it holds; empty if from the bulletin's own day.
    pub from: String,
    /// Until when; empty if open.
    pub until: String,
    /// The source of the rule; empty if it is gone.
    pub citation: String,
}

/// What an update of lists changed, for [`Bulletin::of_lists`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListUpdate {
    /// Id of the list set that answers from now on.
    pub list_set: String,
    /// Lists that changed: code, entries before, entries now.
    pub lists: Vec<(String, u64, u64)>,
    /// Entries that are new.
    pub added: u64,
    /// Entries that are gone.
    pub removed: u64,
    /// Entries that changed.
    pub changed: u64,
}

impl Bulletin {
    /// Of an adopted policy: `diff` is against the one before, `on` the day of
    /// adoption. Rules that are not adopted, and sets and tables that only other
    /// rules read, are told by the rules that they change.
    pub fn of_policy(diff: &PolicyDiff, policy: &Policy, title: &str, on: Date) -> Bulletin {
        let view = |id: &str| policy.rules().find(|view| view.head.id == id);
        let mut changes = Vec::new();
        for rule in &diff.added {
            if let Some(change) = of_rule("new", rule, Vec::new(), view(&rule.id)) {
                changes.push(change);
            }
        }
        for change in &diff.changed {
            let what = change.fields.iter();
            // What is between officers and the machine is no news to exporters.
            let what = what.filter(|f| !INNER.contains(&f.field.as_str()));
            let what: Vec<String> = what.map(|f| f.text.clone()).collect();
            if what.is_empty() {
                continue;
            }
            let (rule, shown) = (&change.rule, view(&change.rule.id));
            changes.extend(of_rule("changed", rule, what, shown));
        }
        for rule in &diff.dropped {
            let what = vec!["this rule holds no longer".to_owned()];
            changes.extend(of_rule("dropped", rule, what, None));
        }
        let (new, changed, dropped) = (diff.added.len(), diff.changed.len(), diff.dropped.len());
        let summary = format!(
            "{title}. {new} rules or tables are new, {changed} changed, {dropped} dropped; {} of these concern \
             what you declare or may do.",
            changes.len()
        );
        Bulletin {
            v: 1,
            title: title.to_owned(),
            summary,
            from: Some(on),
            touches: once(changes.iter().map(|c| c.touches.clone())),
            what_to_do: once(changes.iter().map(|c| c.note.clone())),
            changes,
            subject: diff.new.clone(),
        }
    }

    /// Of an update of lists.
    pub fn of_lists(update: &ListUpdate, policy: &Policy, on: Date) -> Bulletin {
        let mut changes = Vec::new();
        for (code, before, now) in &update.lists {
            let of_list = |view: &&RuleView| {
                view.kind == "list" && line(view, "lists").split(", ").any(|l| l == code)
            };
            let view = policy.rules().find(of_list);
            let what = match now.cmp(before) {
                std::cmp::Ordering::Equal => {
                    format!("{now} entries, as many as before; some of them changed")
                }
                _ => format!("{now} entries; before there were {before}"),
            };
            changes.push(BulletinChange {
                kind: "updated".to_owned(),
                id: code.clone(),
                title: view.map_or(code.clone(), |v| v.head.title.clone()),
                what: vec![what],
                note: view.map(note_of).unwrap_or_default(),
                touches: format!("everybody who deals with parties on {code}"),
                from: String::new(),
                until: String::new(),
                citation: view.map(|v| v.head.citation.clone()).unwrap_or_default(),
            });
        }
        let codes: Vec<&str> = update
            .lists
            .iter()
            .map(|(code, _, _)| code.as_str())
            .collect();
        let title = format!("Lists updated: {}", codes.join(", "));
        let summary = format!(
            "{} entries are new, {} are gone, {} changed. Screen your customers again before the next delivery.",
            update.added, update.removed, update.changed
        );
        Bulletin {
            v: 1,
            title,
            summary,
            from: Some(on),
            touches: once(changes.iter().map(|c| c.touches.clone())),
            what_to_do: once(changes.iter().map(|c| c.note.clone())),
            changes,
            subject: update.list_set.clone(),
        }
    }

    /// The bulletin as plain text.
    pub fn text(&self) -> String {
        let mut out = format!(
            "{}\n{}\n\n{}\n",
            self.title,
            "=".repeat(self.title.chars().count()),
            self.summary
        );
        if let Some(from) = self.from {
            out.push_str(&format!("From: {from}\n"));
        }
        for change in &self.changes {
            out.push_str(&format!(
                "\n{}: {} ({})\n",
                change.kind, change.title, change.id
            ));
            for what in &change.what {
                out.push_str(&format!("  {what}\n"));
            }
            for (name, text) in [
                ("From", &change.from),
                ("Until", &change.until),
                ("Touches", &change.touches),
                ("What to do", &change.note),
                ("Source", &change.citation),
            ] {
                if !text.is_empty() {
                    out.push_str(&format!("  {name}: {text}\n"));
                }
            }
        }
        out
    }
}

/// Fields whose change is no news to exporters.
const INNER: [&str; 7] = [
    "case",
    "owner",
    "review_by",
    "guidance",
    "rationale",
    "justified_by",
    "bits",
];

fn of_rule(
    kind: &str,
    rule: &RuleOf,
    what: Vec<String>,
    view: Option<&RuleView>,
) -> Option<BulletinChange> {
    // Drafts are nobody's law yet; owners, zones and terms of replays nobody's duty.
    if view.is_some_and(|view| !view.status.is_adopted())
        || INTERNAL.contains(&rule.section.as_str())
    {
        return None;
    }
    let note = match view {
        Some(view) => note_of(view),
        None => rule.note.clone(),
    };
    Some(BulletinChange {
        kind: kind.to_owned(),
        id: rule.id.clone(),
        title: if rule.title.is_empty() {
            rule.id.clone()
        } else {
            rule.title.clone()
        },
        what,
        note,
        touches: touches(rule, view),
        from: rule.from.clone(),
        until: rule.until.clone(),
        citation: view.map(|v| v.head.citation.clone()).unwrap_or_default(),
    })
}

/// Sections of files that concern only those who run the installation.
const INTERNAL: [&str; 12] = [
    "assessment",
    "group",
    "jurisdiction",
    "owns",
    "queue",
    "review_line",
    "second_person",
    "small_firms",
    "source",
    "validity",
    "watch",
    "webhooks",
];

/// The note for exporters, or what the rule itself says to do.
fn note_of(view: &RuleView) -> String {
    if !view.life.note.is_empty() {
        return view.life.note.clone();
    }
    let own = ["what to do", "question"].map(|name| line(view, name));
    own.into_iter()
        .find(|text| !text.is_empty())
        .unwrap_or_default()
        .to_owned()
}

fn line<'a>(view: &'a RuleView, name: &str) -> &'a str {
    let mut lines = view.lines.iter();
    let found = lines.find(|(key, _)| key == name);
    found.map_or("", |(_, text)| text.as_str())
}

/// Whom a rule touches, as far as it says.
fn touches(rule: &RuleOf, view: Option<&RuleView>) -> String {
    let law = match rule.jurisdiction.as_str() {
        "" | "risk" | "facts" => String::new(),
        code => format!(" under the law of {code}"),
    };
    let whom = match (rule.section.as_str(), view) {
        ("list", Some(view)) => format!(
            "everybody who deals with parties on {}",
            line(view, "lists")
        ),
        ("rule", Some(view)) => match line(view, "ranges over") {
            "item" => "exporters of the goods that the rule describes".to_owned(),
            "party" => "exporters with partners of the kind that the rule describes".to_owned(),
            "payment" => "exporters who are paid in the way that the rule describes".to_owned(),
            _ => "exporters with trade of the kind that the rule describes".to_owned(),
        },
        ("field" | "requirement" | "role" | "missing", _) => {
            "everybody who lodges declarations".to_owned()
        }
        ("set" | "map", _) => "whoever trades with what the set names".to_owned(),
        _ if rule.file.starts_with("controls/") => "exporters of controlled goods".to_owned(),
        _ => return String::new(),
    };
    format!("{whom}{law}")
}

fn once(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for text in texts.filter(|text| !text.is_empty()) {
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all
}

/// A bulletin as it was published, for the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Its id: a UUID, which becomes `urn:uuid:…`.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Where people read it, an absolute address.
    pub address: String,
    /// The bulletin.
    pub bulletin: Bulletin,
}

/// The feed of bulletins: Atom (RFC 4287). `name` is the publisher's, `address`
/// that of the feed itself, absolute; `now` stands in for a time of the last
/// change where there is no bulletin yet.
pub fn bulletins_atom(name: &str, address: &str, all: &[Published], now: Timestamp) -> String {
    let updated = all.iter().map(|one| one.at).max().unwrap_or(now);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n\
         <id>{0}</id>\n<title>{1}: bulletins</title>\n<updated>{2}</updated>\n\
         <author><name>{1}</name></author>\n<link rel=\"self\" href=\"{0}\"/>\n",
        xml(address),
        xml(name),
        time(updated)
    );
    for one in all {
        out.push_str(&format!(
            "<entry>\n<id>urn:uuid:{}</id>\n<title>{}</title>\n<published>{3}</published>\n\
             <updated>{3}</updated>\n<link href=\"{}\"/>\n<summary>{4}</summary>\n\
             <content type=\"text\">{5}</content>\n</entry>\n",
            xml(&one.id),
            xml(&one.bulletin.title),
            xml(&one.address),
            time(one.at),
            xml(&one.bulletin.summary),
            xml(&one.bulletin.text()),
        ));
    }
    out.push_str("</feed>\n");
    out
}

/// RFC 3339 without fractions of a second.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Text in XML 1.0; characters that it cannot hold become spaces.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_feed_is_atom_whatever_stands_in_a_title() {
        let bulletin = Bulletin {
            title: "Pumps & <valves>".to_owned(),
            summary: "a\u{1}b".to_owned(),
            ..Bulletin::default()
        };
        let at: Timestamp = "2026-11-22T10:00:00.5Z".parse().unwrap();
        let published = Published {
            id: "0190-x".to_owned(),
            at,
            address: "https://p.example/bulletins/1?a=1&b=2".to_owned(),
            bulletin,
        };
        let feed = bulletins_atom("Desk", "https://p.example/bulletins.atom", &[published], at);
        assert!(
            feed.contains("<title>Pumps &amp; &lt;valves&gt;</title>"),
            "{feed}"
        );
        assert!(
            feed.contains("href=\"https://p.example/bulletins/1?a=1&amp;b=2\""),
            "{feed}"
        );
        assert!(
            feed.contains("<updated>2026-11-22T10:00:00Z</updated>"),
            "{feed}"
        );
        assert!(feed.contains("<summary>a b</summary>"), "{feed}");
        assert_eq!(
            feed.matches("<entry>").count(),
            feed.matches("</entry>").count()
        );
        let empty = bulletins_atom("Desk", "https://p.example/bulletins.atom", &[], at);
        assert!(
            empty.contains("<updated>2026-11-22T10:00:00Z</updated>"),
            "{empty}"
        );
    }
}
