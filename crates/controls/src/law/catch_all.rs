//! The catch-all: what is on no list, and is meant for a use of concern. What
//! counts is what is known of the use: the authority has informed the exporter,
//! the exporter is aware, or there are grounds to suspect.

use super::goods_rules::answer;
use super::load::cite;
use super::walk::{LawWalk, Line};
use super::{Article, EndUses};
use crate::embargo::Effect;
use crate::informed::LetterEffect;
use portcullis_domain::{About, Country, Facet, Given, Truth};

/// The fact by which grounds for suspecting are stated.
const SUSPECTED: &str = "suspected";

/// Whether anything was told of the uses of an article.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    /// Something, or it no longer matters.
    Something,
    /// Nothing.
    Nothing,
}

impl LawWalk<'_> {
    /// Every article that hangs on the end use.
    pub(super) fn catch_all(&mut self, line: &Line<'_>) {
        let law = self.law;
        let by_use = |article: &&Article| {
            !article.uses.is_empty()
                && article.ways.contains(&line.way)
                && self.applies(&article.head)
        };
        let articles: Vec<&Article> = law.articles.iter().filter(by_use).collect();
        let mut untold = Vec::new();
        for article in articles {
            let goods = line.number.stands(article.standing);
            let in_set = article
                .set
                .as_ref()
                .map_or(Truth::True, |set| line.number.in_set(set));
            if goods.and(in_set) == Truth::False {
                continue;
            }
            match self.article(article, line) {
                Said::Nothing => untold.push(article),
                Said::Something => self.trace.check(&article.head.id, &cite(&article.head)),
            }
        }
        if self.suspected(line) || self.unread(line) {
            self.grounds(&untold, line);
        } else {
            // Nothing was told of the use: the article was not checked.
            for article in untold {
                self.trace.leave_out(&article.head.id);
            }
        }
    }

    /// Whether an end use is declared in a script that is not read here.
    fn unread(&self, line: &Line<'_>) -> bool {
        let declared = line.matter.end_use.known();
        declared.is_some_and(|text| !EndUses::reads(text))
    }

    /// Grounds to suspect where nothing is told of the use: one question for
    /// all the articles that hang on it.
    fn grounds(&mut self, untold: &[&Article], line: &Line<'_>) {
        let Some(first) = untold.first() else {
            return;
        };
        for article in untold {
            self.trace.check(&article.head.id, &cite(&article.head));
            self.trace
                .mark(&article.head.id, &article.head.citation, Truth::Unknown);
        }
        let titles = untold.iter().flat_map(|article| &article.uses);
        let mut uses: Vec<String> = Vec::new();
        for title in titles.map(|id| self.use_title(id)) {
            if !uses.contains(&title) {
                uses.push(title);
            }
        }
        let (why, code) = if self.unread(line) {
            (
                "The end use is written in a script that is not read here.",
                "end-use-not-read",
            )
        } else {
            (
                "There are grounds to suspect a use of concern, and no use is told.",
                "grounds-for-suspecting",
            )
        };
        let text = format!(
            "{why} What are the goods for, and what shows that they are not meant for {}?",
            uses.join("; ")
        );
        let which = (code, Facet::EndUse.as_str());
        self.ask(&first.head, line.about(), which, text, why);
    }

    fn article(&mut self, article: &Article, line: &Line<'_>) -> Said {
        match line.matter.answered(&article.decided) {
            Some(Truth::True) => {
                let reason = format!(
                    "The authority has decided or informed that it needs a licence: {}.",
                    article.head.title
                );
                self.conclude(&article.head, line, article.effect, &reason, &[]);
                return Said::Something;
            }
            // The authority looked at this use and asks for nothing.
            Some(_) => return Said::Something,
            None => {}
        }
        let place = self.under_arms_embargo(article, line);
        if place == Truth::False {
            return Said::Something;
        }
        let facts = self.facts(&line.matter);
        let said: Vec<(String, Option<Truth>)> = article
            .uses
            .iter()
            .map(|id| (id.clone(), facts(&format!("use.{id}"))))
            .collect();
        drop(facts);
        let mut told = Said::Nothing;
        let unread = self.unread(line);
        for (id, truth) in said {
            // What cannot be read is asked for once, not once for each use.
            let truth = truth.filter(|t| !(unread && *t == Truth::Unknown));
            if truth.is_some() {
                told = Said::Something;
            }
            match truth {
                Some(Truth::True) if place == Truth::True => self.aware(article, line, &id),
                Some(Truth::True) => self.ask_place(article, line),
                Some(Truth::Unknown) => self.suspect(article, line, &id),
                Some(Truth::False) | None => {}
            }
        }
        told
    }

    fn suspected(&self, line: &Line<'_>) -> bool {
        self.input.circumstances.red_flags || line.matter.answered(SUSPECTED) == Some(Truth::True)
    }

    /// Whether the destination, or the country of a buyer, is under an arms
    /// embargo; true where the article does not ask.
    fn under_arms_embargo(&mut self, article: &Article, line: &Line<'_>) -> Truth {
        if !article.arms_embargo {
            return Truth::True;
        }
        let Some(to) = line.matter.destination.known().copied() else {
            return Truth::Unknown;
        };
        let mut places = vec![to];
        for (_, buyer) in self
            .input
            .transaction
            .in_role(portcullis_domain::Role::Purchaser)
        {
            places.extend(crate::embargo::located_in(&buyer.party));
        }
        let (as_of, known) = (self.input.as_of, self.input.known);
        let law = self.law;
        let mut truth = Truth::False;
        for place in places {
            let (under, by) = law.arms_embargo(place, as_of, known);
            for arms in by {
                self.trace.check(&arms.head.id, &cite(&arms.head));
                self.trace.mark(&arms.head.id, &arms.head.citation, under);
            }
            truth = truth.or(under);
        }
        let fact = embargo_fact(to);
        line.matter
            .answered(&fact)
            .filter(|_| truth == Truth::Unknown)
            .unwrap_or(truth)
    }

    fn ask_place(&mut self, article: &Article, line: &Line<'_>) {
        let Some(to) = line.matter.destination.known().copied() else {
            return;
        };
        let fact = embargo_fact(to);
        let text = format!(
            "The arms embargo on {} does not reach everyone there. Does it reach this end user?",
            to.name()
        );
        let field = answer(&fact);
        let why = format!(
            "Whether an arms embargo reaches the end user in {}.",
            to.name()
        );
        self.ask(
            &article.head,
            About::Transaction,
            ("arms-embargo-partial", &field),
            text,
            &why,
        );
    }

    /// The exporter knows of the use.
    fn aware(&mut self, article: &Article, line: &Line<'_>, id: &str) {
        let title = self.use_title(id);
        let reason = format!(
            "It is declared or known to be meant for {title}: {}.",
            article.head.title
        );
        if article.aware > Effect::Question {
            return self.conclude(&article.head, line, article.aware, &reason, &[]);
        }
        let text = format!(
            "{reason} Tell the competent authority before anything leaves. Has it decided that a licence is needed?"
        );
        let field = answer(&article.decided);
        self.ask(
            &article.head,
            line.about(),
            ("notify-authority", &field),
            text,
            &reason,
        );
    }

    /// Something points to the use, or nothing is known of it.
    fn suspect(&mut self, article: &Article, line: &Line<'_>, id: &str) {
        // An end use that is not known is asked for once, not once for each use.
        if line.matter.end_use == Given::Unknown && line.matter.answered(SUSPECTED).is_none() {
            self.trace
                .mark(&article.head.id, &article.head.citation, Truth::Unknown);
            return;
        }
        let title = self.use_title(id);
        let fact = format!("use.{id}");
        let text =
            format!("Is the item, in whole or in part, meant for {title}? Say what shows it.");
        let why = format!("It may be meant for {title}: {}.", article.head.title);
        let field = answer(&fact);
        self.ask(
            &article.head,
            line.about(),
            ("end-use-of-concern", &field),
            text,
            &why,
        );
    }

    fn use_title(&self, id: &str) -> String {
        let known = self.controls.uses.get(id);
        known.map_or_else(|| id.to_owned(), |one| one.title.clone())
    }

    /// Letters by which an authority informed: they reach every transaction
    /// that meets what they are bound to.
    pub(super) fn letters(&mut self, line: &Line<'_>) {
        let law = &self.regime.table.head.jurisdiction;
        let (as_of, known) = (self.input.as_of, self.input.known);
        let controls = self.controls;
        for letter in controls.informed.of(law, as_of, known) {
            let met = letter.meets(&line.matter);
            if met.truth == Truth::False && !met.not_supplied.is_empty() {
                self.trace.leave_out(&letter.head.id);
                continue;
            }
            self.trace.check(&letter.head.id, &cite(&letter.head));
            match met.truth {
                Truth::False => {}
                Truth::True => {
                    let reason = format!(
                        "{} has informed that this needs a licence: {}.",
                        letter.authority, letter.head.title
                    );
                    let effect = match letter.effect {
                        LetterEffect::LicenceRequired => Effect::LicenceRequired,
                        LetterEffect::Prohibited => Effect::Prohibited,
                    };
                    self.conclude(&letter.head, line, effect, &reason, &[]);
                }
                Truth::Unknown => {
                    let facet = met.unknown.first().copied().unwrap_or(Facet::EuCode);
                    let text = format!(
                        "{} has informed of a licence requirement ({}). Does it reach this item and these parties?",
                        letter.authority, letter.head.title
                    );
                    let why = format!("A letter of {} may reach it.", letter.authority);
                    let which = ("letter-may-reach", facet.as_str());
                    self.ask(&letter.head, line.about(), which, text, &why);
                }
            }
        }
    }
}

fn embargo_fact(country: Country) -> String {
    format!("arms-embargo.{}", country.code())
}
