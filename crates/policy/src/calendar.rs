//! What falls due: reviews, sunsets, the ends of suspensions and of threat
//! assessments, as text, JSON and iCalendar (RFC 5545).

use crate::owners::Owners;
use crate::scan::{self, Dated};
use crate::zones::Zones;
use crate::{PolicyFiles, Status, ThreatAssessments};
use jiff::Timestamp;
use portcullis_domain::Date;
use serde::{Deserialize, Serialize};

/// What falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// The rule must have been looked at again by this day.
    Review,
    /// The last day on which the rule acts unless it is renewed.
    Sunset,
    /// The last day of the rule, fixed by law.
    End,
    /// The last day of a suspension.
    SuspensionEnds,
    /// The last day on which a threat assessment justifies its rules.
    AssessmentLapses,
    /// The last day of which a file says what held.
    CoverageEnds,
}

impl Due {
    /// What falls due, in words.
    pub fn in_words(self) -> &'static str {
        match self {
            Due::Review => "to be reviewed",
            Due::Sunset => "lapses unless renewed",
            Due::End => "ends",
            Due::SuspensionEnds => "suspension ends",
            Due::AssessmentLapses => "threat assessment lapses",
            Due::CoverageEnds => "coverage ends",
        }
    }
}

/// One thing that falls due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueDay {
    /// The day: the last on which nothing has changed yet.
    pub day: Date,
    /// What.
    pub due: Due,
    /// The rule or assessment.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who answers for it; empty if nobody is named.
    pub owner: String,
    /// Whose law; empty if none.
    pub jurisdiction: String,
    /// The instant at which it ends, in universal time: the end of that day in
    /// the jurisdiction. A review has none.
    pub instant: Option<Timestamp>,
    /// File and line.
    pub place: String,
    /// Whether the day is over.
    pub overdue: bool,
    /// What somebody should know: that no current threat assessment justifies
    /// the rule, that a suspension may have been extended, which rules hang on it.
    pub remarks: Vec<String>,
}

/// Everything that falls due up to a day, and all that is overdue, by day.
pub fn calendar(files: &PolicyFiles, today: Date, until: Date) -> Vec<DueDay> {
    let threats = ThreatAssessments::load(files, &mut Vec::new());
    let owners = Owners::load(files, &mut Vec::new());
    let zones = Zones::load(files).unwrap_or_default();
    let rows = scan::dated(files);
    let mut due = Vec::new();
    for row in &rows {
        of_rule(row, today, &threats, &mut due);
    }
    for one in threats.iter() {
        let hang = rows
            .iter()
            .filter(|r| r.life.justified_by.contains(&one.id));
        let hang: Vec<&str> = hang.map(|r| r.id.as_str()).collect();
        due.push(DueDay {
            day: one.valid_until,
            due: Due::AssessmentLapses,
            id: one.id.clone(),
            title: one.title.clone(),
            owner: one.owner.clone(),
            jurisdiction: String::new(),
            instant: None,
            place: one.place.clone(),
            overdue: one.valid_until < today,
            remarks: vec![format!(
                "justifies {}",
                if hang.is_empty() {
                    "no rule".to_owned()
                } else {
                    hang.join(", ")
                }
            )],
        });
    }
    due.retain(|one| one.day <= until);
    for one in &mut due {
        if one.owner.is_empty() {
            let file = one.place.rsplit_once(':').map_or("", |(file, _)| file);
            one.owner = owners.of(file).to_owned();
        }
        let law = portcullis_domain::Jurisdiction::new(&one.jurisdiction);
        if !matches!(one.due, Due::Review | Due::AssessmentLapses) {
            one.instant = zones.ends(&law, one.day);
        }
    }
    due.sort_by(|a, b| (a.day, a.due, &a.id).cmp(&(b.day, b.due, &b.id)));
    due
}

fn of_rule(row: &Dated, today: Date, threats: &ThreatAssessments, due: &mut Vec<DueDay>) {
    // What is over, and what is not adopted, is nobody's work.
    let ended = [row.until, row.life.sunset].into_iter().flatten().min();
    let over = row.status == Status::Lapsed || ended.is_some_and(|end| end < today);
    let mut add = |day: Option<Date>, what: Due, remarks: Vec<String>| {
        due.extend(day.map(|day| DueDay {
            day,
            due: what,
            id: row.id.clone(),
            title: row.title.clone(),
            owner: row.life.owner.clone(),
            jurisdiction: row.jurisdiction.code().to_owned(),
            instant: None,
            place: format!("{}:{}", row.file, row.line),
            overdue: day < today,
            remarks,
        }));
    };
    if over {
        return;
    }
    let mut at_review = Vec::new();
    let linked = &row.life.justified_by;
    if linked.is_empty() && row.file.starts_with("red-flags/") {
        at_review.push("no threat assessment justifies it".to_owned());
    } else if !linked.is_empty() && threats.current(linked, today).is_empty() {
        at_review.push("no current threat assessment justifies it".to_owned());
    }
    add(row.review_by, Due::Review, at_review);
    add(row.life.sunset, Due::Sunset, Vec::new());
    let what = if row.id.starts_with("coverage of ") {
        Due::CoverageEnds
    } else {
        Due::End
    };
    add(row.until, what, Vec::new());
    for one in &row.suspended {
        let ask = one.after == portcullis_domain::AfterSuspension::Ask;
        let what = if ask {
            "afterwards it must be known whether it was extended: until then nothing is assumed"
        } else {
            "afterwards the rule acts again"
        };
        let later = row
            .suspended
            .iter()
            .any(|o| o.period.from > one.period.until);
        let remarks = if later {
            vec!["a further suspension follows".to_owned()]
        } else {
            vec![what.to_owned()]
        };
        add(one.period.until, Due::SuspensionEnds, remarks);
    }
}

/// The calendar as text, one line for each thing, by month.
pub fn calendar_text(due: &[DueDay]) -> String {
    let mut text = String::new();
    let mut month = (0, 0);
    for one in due {
        if month != (one.day.year(), one.day.month()) {
            month = (one.day.year(), one.day.month());
            text.push_str(&format!("{:04}-{:02}\n", month.0, month.1));
        }
        let late = if one.overdue { " OVERDUE" } else { "" };
        text.push_str(&format!(
            "  {}{late}  {}: {} ({})",
            one.day,
            one.due.in_words(),
            one.id,
            one.title
        ));
        if !one.owner.is_empty() {
            text.push_str(&format!(" · {}", one.owner));
        }
        for remark in &one.remarks {
            text.push_str(&format!(" · {remark}"));
        }
        text.push('\n');
    }
    text
}

/// The calendar as iCalendar. `now` is the time at which it was made.
pub fn calendar_ics(due: &[DueDay], now: Timestamp) -> String {
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Portcullis//Policy calendar//EN".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        "X-WR-CALNAME:Policy: sunsets and reviews".to_owned(),
    ];
    let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    for one in due {
        let next = one.day.tomorrow().unwrap_or(one.day);
        let unique = format!("{}-{}-{}", one.id, one.due.in_words(), one.day);
        let description = [
            vec![format!("{} · {}", one.owner, one.place)],
            one.remarks.clone(),
        ]
        .concat();
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!(
                "UID:{}@portcullis",
                portcullis_domain::hex_sha256(unique.as_bytes())
            ),
            format!("DTSTAMP:{stamp}"),
            format!("DTSTART;VALUE=DATE:{}", one.day.strftime("%Y%m%d")),
            format!("DTEND;VALUE=DATE:{}", next.strftime("%Y%m%d")),
            format!(
                "SUMMARY:{}",
                escaped(&format!("{} {}: {}", one.id, one.due.in_words(), one.title))
            ),
            format!("DESCRIPTION:{}", escaped(&description.join("\n"))),
            "TRANSP:TRANSPARENT".to_owned(),
            "END:VEVENT".to_owned(),
        ]);
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}

/// RFC 5545 §3.3.11.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Lines of at most 75 octets, continued by a space (RFC 5545 §3.1).
fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut width = 0;
    for c in line.chars() {
        if width + c.len_utf8() > 74 {
            out.push_str("\r\n ");
            width = 1;
        }
        out.push(c);
        width += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn files() -> PolicyFiles {
        let text = "[[rule]]\nid='a'\ntitle='Pumps, valves; all'\ncitation='C'\njurisdiction='US'\nfrom=2025-09-29\nreview_by=2026-10-01\nsunset=2027-03-31\njustified_by=['ta']\n\
            suspended=[{from=2025-11-10,until=2026-11-09,citation='S',after='ask'}]\n\
            [[rule]]\nid='over'\ntitle='T'\ncitation='C'\nuntil=2020-01-01\nreview_by=2020-01-01\n\
            [[rule]]\nid='far'\ntitle='T'\ncitation='C'\nreview_by=2031-01-01\n";
        let digest = portcullis_domain::hex_sha256(b"x");
        let threat = format!(
            "[[assessment]]\nid='ta'\ntitle='TA'\ndate=2025-01-01\nvalid_until=2026-06-30\nowner='O'\nsha256='{digest}'\ntext='x'\n"
        );
        let zones = "[[jurisdiction]]\nid='z'\ntitle='T'\ncitation='C'\njurisdiction='US'\nzone='EST5EDT,M3.2.0,M11.1.0'\n";
        [
            ("controls/a.toml", text),
            ("assessments/t.toml", &threat),
            (Zones::FILE, zones),
        ]
        .into_iter()
        .collect()
    }

    #[test]
    fn what_is_due_and_what_is_overdue_stands_by_day() {
        let due = calendar(&files(), day("2026-11-22"), day("2027-11-22"));
        let shown: Vec<(String, Due, &str, bool)> = due
            .iter()
            .map(|d| (d.day.to_string(), d.due, d.id.as_str(), d.overdue))
            .collect();
        assert_eq!(
            shown,
            [
                ("2026-06-30".to_owned(), Due::AssessmentLapses, "ta", true),
                ("2026-10-01".to_owned(), Due::Review, "a", true),
                ("2026-11-09".to_owned(), Due::SuspensionEnds, "a", true),
                ("2027-03-31".to_owned(), Due::Sunset, "a", false),
            ]
        );
        assert_eq!(
            due[1].remarks,
            ["no current threat assessment justifies it"]
        );
        assert_eq!(
            due[2].instant,
            Some("2026-11-10T05:00:00Z".parse().unwrap())
        );
        assert_eq!(
            due[3].instant,
            Some("2027-04-01T04:00:00Z".parse().unwrap())
        );
        let text = calendar_text(&due);
        assert!(
            text.contains("2026-11-09 OVERDUE  suspension ends: a"),
            "{text}"
        );
    }

    #[test]
    fn the_icalendar_is_escaped_and_folded() {
        let due = calendar(&files(), day("2026-11-22"), day("2027-11-22"));
        let ics = calendar_ics(&due, "2026-11-22T10:00:00Z".parse().unwrap());
        assert!(ics.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
        assert!(ics.ends_with("END:VCALENDAR\r\n"));
        assert!(ics.contains("DTSTART;VALUE=DATE:20270331\r\nDTEND;VALUE=DATE:20270401\r\n"));
        assert!(ics.contains("Pumps\\, valves\\; all"), "{ics}");
        assert!(ics.split("\r\n").all(|line| line.len() <= 75), "{ics}");
        assert_eq!(ics.matches("BEGIN:VEVENT").count(), due.len());
    }
}
