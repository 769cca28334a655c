//! The frame around every page: navigation, who is signed in, what is in force.

/// Which entry of the navigation a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nav {
    Overview,
    Assessments,
    Assess,
    Guide,
    Screen,
    Alerts,
    Monitoring,
    Lists,
    Controls,
    Policy,
    Ledger,
    Help,
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub(crate) name: String,
    pub(crate) role: String,
}

/// A link back up.
#[derive(Clone, Debug)]
pub(crate) struct Crumb {
    pub(crate) text: String,
    pub(crate) href: String,
}

impl Crumb {
    pub(crate) fn new(text: &str, href: &str) -> Crumb {
        Crumb {
            text: text.to_owned(),
            href: href.to_owned(),
        }
    }
}

/// What the frame needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Shell {
    pub(crate) title: String,
    pub(crate) nav: Nav,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) who: Who,
    pub(crate) csrf: String,
    /// Whether this person may have files assessed.
    pub(crate) may_assess: bool,
    /// Whether this person may screen names.
    pub(crate) may_screen: bool,
    /// Whether this person may read alerts and judgements.
    pub(crate) may_cases: bool,
    /// Whether this person may read the ledger and take proofs.
    pub(crate) may_prove: bool,
    pub(crate) engine: String,
    /// Id of the list set in force, shortened; empty if none.
    pub(crate) lists: String,
    /// Version of the policy in force, shortened.
    pub(crate) policy: String,
}

/// One entry of the navigation.
pub(crate) struct Entry {
    pub(crate) href: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) text: &'static str,
    pub(crate) current: bool,
}

impl Shell {
    /// The navigation, in order. What a person may not do is not offered.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let all = [
            (Nav::Overview, "/", "home", "Overview"),
            (Nav::Guide, "/guide", "question", "Do I need a licence?"),
            (Nav::Screen, "/screen", "search", "Screen a name"),
            (Nav::Alerts, "/alerts", "eye", "Alerts"),
            (Nav::Monitoring, "/monitoring", "people", "Customers"),
            (Nav::Assessments, "/assessments", "queue", "Assessments"),
            (Nav::Assess, "/assess", "upload", "Assess a file"),
            (Nav::Lists, "/lists", "list", "Lists"),
            (Nav::Controls, "/controls", "queue", "Control lists"),
            (Nav::Policy, "/policy", "book", "Policy"),
            (Nav::Ledger, "/ledger", "chain", "Ledger"),
        ];
        all.into_iter()
            .filter(|(nav, ..)| match nav {
                Nav::Assess => self.may_assess,
                Nav::Screen => self.may_screen,
                Nav::Alerts | Nav::Monitoring => self.may_cases,
                Nav::Ledger => self.may_prove,
                _ => true,
            })
            .map(|(nav, href, icon, text)| Entry {
                href,
                icon,
                text,
                current: nav == self.nav,
            })
            .collect()
    }
}
