//! The policy as a whole: read, checked, asked.

use crate::completeness::Completeness;
use crate::condition::Env;
use crate::facts::Facts;
use crate::lists::{Asked, Lists, not_screened};
use crate::owners::Owners;
use crate::risk::{Risk, Weight};
use crate::roles::Roles;
use crate::rule::{Given, Kind, Rule};
use crate::sets::Sets;
use crate::zones::{When, Zones};
use crate::{
    Coverage, Dispositions, Installation, Intake, ItemControl, Life, ListEffect, ListSources,
    PolicyFiles, Problem, ReplayTerms, RuleView, SetInfo, Status, ThreatAssessments, scan,
    unique_ids,
};
use jiff::{Timestamp, tz::TimeZone};
use portcullis_domain::{
    About, Citation, Date, Finding, Outcome, Provenance, Question, ScreenedParty, ScreeningStatus,
    Standing, Strength, Suspension, Transaction, Truth,
};

/// The rules of an installation, checked and compiled.
#[derive(Debug)]
pub struct Policy {
    version: String,
    installation: Installation,
    pub(crate) sets: Sets,
    pub(crate) rules: Vec<Rule>,
    lists: Lists,
    list_sources: ListSources,
    pub(crate) roles: Roles,
    completeness: Completeness,
    pub(crate) risk: Risk,
    dispositions: Dispositions,
    pub(crate) coverage: Vec<(String, Coverage)>,
    zones: Zones,
    threats: ThreatAssessments,
    replay_terms: Option<ReplayTerms>,
    views: Vec<RuleView>,
}

/// What an evaluation is made of.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The transaction as declared.
    pub transaction: &'a Transaction,
    /// How each party was screened; only listings in force on the day count.
    pub screened: &'a [ScreenedParty],
    /// The control facts of each line of goods, in order.
    pub items: &'a [ItemControl],
    /// The day for which it is asked.
    pub as_of: Date,
    /// The day up to which knowledge is used.
    pub known: Date,
}

/// What policy makes of a transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// Findings, in the order in which rules were read.
    pub findings: Vec<Finding>,
    /// What somebody can answer.
    pub questions: Vec<Question>,
    /// Sum of the evidence in thousandths of a bit, groups capped.
    pub risk_millibits: i64,
    /// Whether no licence exception may be used in the whole transaction.
    pub exceptions_refused: bool,
}

/// Folder of the rules over the facts of a declaration.
const RULES: &str = "red-flags/";
/// Folder that `controls` reads.
const CONTROLS: &str = "controls/";
/// Folder of the letters by which authorities informed; `controls` reads it.
const INFORMED: &str = "informed/";
/// Group under which possible matches weigh.
const POSSIBLE_MATCH: &str = "possible-match";

impl Policy {
    /// Reads every file, checks it and runs the cases. The problems are all
    /// that was found, by file and line; with one of them no policy is given.
    pub fn load(files: &PolicyFiles) -> Result<Policy, Vec<Problem>> {
        let mut problems = unread_files(files);
        let installation = Installation::load(files).map_err(|wrong| problems.extend(wrong));
        let sets = Sets::load(files, &mut problems);
        let mut coverage = Vec::new();
        let mut views = Vec::new();
        let mut rows = Vec::new();
        let mut rules = Vec::new();
        for document in files.documents(RULES, &mut problems) {
            document.only_keys(&["coverage", "rule"], &mut problems);
            let file = coverage.len();
            coverage.push((document.path().to_owned(), document.coverage()));
            let (read, shown, from) = Rule::load_all(&document, file, &sets, &mut problems);
            rules.extend(read);
            views.extend(shown);
            rows.extend(from);
        }
        let (lists, shown, from) = Lists::load(files, &sets, &mut problems);
        views.extend(shown);
        rows.extend(from);
        let list_sources = ListSources::load(files).unwrap_or_else(|wrong| {
            problems.extend(wrong);
            ListSources::default()
        });
        let (roles, shown, from) = Roles::load(files, &mut problems);
        views.extend(shown);
        rows.extend(from);
        let (completeness, shown, from) = Completeness::load(files, &sets, &mut problems);
        views.extend(shown);
        rows.extend(from);
        let (risk, shown, from) = Risk::load(files, &mut problems);
        views.extend(shown);
        rows.extend(from);
        let (dispositions, shown, from) = Dispositions::read(files, &mut problems);
        views.extend(shown);
        rows.extend(from);
        risk.check_groups(&rules, &mut problems);
        unique_ids(&rows, &mut problems);
        views.extend(sets.infos.iter().map(set_view));
        let zones = Zones::load(files).unwrap_or_else(|wrong| {
            problems.extend(wrong);
            Zones::default()
        });
        let threats = ThreatAssessments::load(files, &mut problems);
        let replay_terms = ReplayTerms::load(files).unwrap_or_else(|wrong| {
            problems.extend(wrong);
            None
        });
        scan::check_links(files, &threats, &mut problems);
        let owners = Owners::load(files, &mut problems);
        views.iter_mut().for_each(|view| view.owned_by(&owners));

        for path in [Lists::FILE, Roles::FILE, Completeness::FILE, Risk::FILE] {
            if let Ok(document) = files.document(path) {
                coverage.push((path.to_owned(), document.coverage()));
            }
        }
        let mut covered = Vec::new();
        for (path, read) in coverage {
            match read {
                Ok(coverage) => covered.push((path, coverage)),
                Err(wrong) => problems.extend(wrong),
            }
        }
        problems.sort();
        problems.dedup();
        match installation {
            Ok(installation) if problems.is_empty() => Ok(Policy {
                version: files.version(),
                installation,
                sets,
                rules,
                lists,
                list_sources,
                roles,
                completeness,
                risk,
                dispositions,
                coverage: covered,
                zones,
                threats,
                replay_terms,
                views,
            }),
            _ => Err(problems),
        }
    }

    /// Id of the policy: the digest over all files, those of `controls` included.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whose law binds here.
    pub fn installation(&self) -> &Installation {
        &self.installation
    }

    /// How long judgements on matches are remembered, and who must agree.
    pub fn dispositions(&self) -> &Dispositions {
        &self.dispositions
    }

    /// Every row of policy that this crate reads, for the policy browser.
    pub fn rules(&self) -> impl Iterator<Item = &RuleView> {
        self.views.iter()
    }

    /// How many test cases the files carry.
    pub fn case_count(&self) -> usize {
        self.views.iter().map(|view| view.cases.len()).sum()
    }

    /// The rows that should have been reviewed before the day.
    pub fn overdue(&self, day: Date) -> impl Iterator<Item = &RuleView> {
        self.views.iter().filter(move |view| view.overdue(day))
    }

    /// The codes of all lists of which policy says what follows.
    pub fn list_effects(&self) -> impl Iterator<Item = (&str, ListEffect)> {
        self.lists.codes()
    }

    /// Where the lists come from, and what is believed of it.
    pub fn list_sources(&self) -> &ListSources {
        &self.list_sources
    }

    /// The named sets of countries, codes and words.
    pub fn sets(&self) -> &[SetInfo] {
        &self.sets.infos
    }

    /// By whose clock the days of a law are counted.
    pub fn zones(&self) -> &Zones {
        &self.zones
    }

    /// The threat assessments that justify rules.
    pub fn threats(&self) -> &ThreatAssessments {
        &self.threats
    }

    /// What a replay counts, and by which lines; `None` where no file says.
    pub fn replay_terms(&self) -> Option<&ReplayTerms> {
        self.replay_terms.as_ref()
    }

    /// The day that it is, at an instant, where the law of the place is made: for
    /// which a question is asked that names no day.
    pub fn today(&self, moment: Timestamp) -> Date {
        self.zones.day(&self.installation.home, moment)
    }

    /// Whether a question for a day that was asked at an instant was asked for the
    /// day that it was: in the place, or in universal time, by which servers count.
    pub fn is_today(&self, as_of: Date, moment: Timestamp) -> bool {
        as_of == self.today(moment) || as_of == moment.to_zoned(TimeZone::UTC).date()
    }

    /// The rows that a code or id finds: the id itself, or the code of a red
    /// flag (`R01`, `red-flag:R01`), in any case.
    pub fn find<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a RuleView> {
        let flag = code.strip_prefix("red-flag:").unwrap_or(code);
        self.views.iter().filter(move |view| {
            view.head.id.eq_ignore_ascii_case(code) || view.flag.eq_ignore_ascii_case(flag)
        })
    }

    /// Evaluates every rule in force on the day over one transaction.
    pub fn evaluate(&self, input: &Input<'_>) -> Evaluation {
        self.evaluate_at(input, None)
    }

    /// The same for a question asked at an instant: the rules of each law go by
    /// the day that it is there, so that one whose last day ends stops at that
    /// instant. `input.as_of` is the day of the place (see [`Policy::today`]).
    pub fn evaluate_at(&self, input: &Input<'_>, moment: Option<Timestamp>) -> Evaluation {
        let (as_of, known) = (input.as_of, input.known);
        let when = When {
            as_of,
            known,
            moment: moment.map(|moment| (&self.zones, moment)),
        };
        let mut evaluation = Evaluation::default();
        self.say_uncovered(as_of, &mut evaluation);
        let sets = self.sets.at(as_of, known);
        let prepared = Facts::prepare(input.transaction);
        let facts = Facts::build(input.transaction, input.items, &prepared, &sets);
        let env = Env::of(&facts, &sets);
        let mut weights = self.lists(input, &env, when, &mut evaluation);
        self.roles.apply(
            input.transaction,
            as_of,
            known,
            &mut evaluation.findings,
            &mut evaluation.questions,
        );
        self.conditions(&env, when, &mut weights, &mut evaluation);
        evaluation
            .questions
            .extend(self.completeness.apply(&env, as_of, known));

        let (sum, counted) = self.risk.sum(&weights, as_of, known);
        evaluation.risk_millibits = sum;
        // A possible match asks for its own review; alone it needs no second finding.
        if counted.iter().any(|weight| weight.source != POSSIBLE_MATCH) {
            let verdict = self.risk.verdict(sum, &counted, as_of, known);
            evaluation.findings.extend(verdict);
        }
        evaluation
    }

    /// What the lists say of the parties, and nothing else: for a question of
    /// law that has no declaration behind it. `installation` says which lists
    /// decide.
    pub fn evaluate_lists(&self, input: &Input<'_>, installation: &Installation) -> Evaluation {
        let sets = self.sets.at(input.as_of, input.known);
        let prepared = Facts::prepare(input.transaction);
        let facts = Facts::build(input.transaction, input.items, &prepared, &sets);
        let env = Env::of(&facts, &sets);
        let from = self.lists.apply(
            input.screened,
            &Asked {
                env: &env,
                transaction: input.transaction,
                installation,
                when: When {
                    as_of: input.as_of,
                    known: input.known,
                    moment: None,
                },
                covered: self.covers(Lists::FILE, input.as_of),
            },
        );
        Evaluation {
            findings: from.findings,
            questions: from.questions,
            risk_millibits: 0,
            exceptions_refused: from.exceptions_refused,
        }
    }

    /// The rules with conditions; gives findings and questions, adds weights.
    fn conditions(
        &self,
        env: &Env<'_>,
        when: When<'_>,
        weights: &mut Vec<Weight>,
        evaluation: &mut Evaluation,
    ) {
        let mut given = Vec::new();
        for rule in self.rules.iter().filter(|r| r.status.is_adopted()) {
            let day = when.day(&rule.head.jurisdiction);
            match rule.head.standing(day, when.known) {
                Standing::Acts => {}
                Standing::Silent => continue,
                Standing::Unclear(suspension) => {
                    evaluation.questions.extend(unclear(rule, env, suspension));
                    continue;
                }
            }
            let covered = self.coverage[rule.file].1.covers(when.as_of);
            let binds = covered && self.installation.binds(&rule.head.jurisdiction);
            rule.apply(env, binds, &mut given);
            for one in given.drain(..) {
                match one {
                    Given::Finding(finding) => {
                        if finding.millibits > 0 && matches!(rule.kind, Kind::Risk | Kind::Context)
                        {
                            weights.push(Weight::of(rule, &rule.head.title));
                        }
                        evaluation.findings.push(finding);
                    }
                    Given::Question(question) => evaluation.questions.push(question),
                }
            }
        }
    }

    /// What the lists say of the parties, and who could not be screened.
    fn lists(
        &self,
        input: &Input<'_>,
        env: &Env<'_>,
        when: When<'_>,
        evaluation: &mut Evaluation,
    ) -> Vec<Weight> {
        let from = self.lists.apply(
            input.screened,
            &Asked {
                env,
                transaction: input.transaction,
                installation: &self.installation,
                when,
                covered: self.covers(Lists::FILE, input.as_of),
            },
        );
        evaluation.findings.extend(from.findings);
        evaluation.questions.extend(from.questions);
        evaluation.exceptions_refused = from.exceptions_refused;
        evaluation.findings.extend(unscreened(input));
        if from.evidence == 0 {
            return Vec::new();
        }
        vec![Weight {
            source: POSSIBLE_MATCH.to_owned(),
            group: None,
            millibits: from.evidence,
            context: false,
            label: "a party may be on a list".to_owned(),
        }]
    }

    fn covers(&self, path: &str, day: Date) -> bool {
        let mut files = self.coverage.iter();
        files.any(|(file, coverage)| file == path && coverage.covers(day))
    }

    /// Never today's rule for another day: files that do not say what held on
    /// the day serve as evidence, and that is asked.
    fn say_uncovered(&self, as_of: Date, evaluation: &mut Evaluation) {
        for (path, coverage) in &self.coverage {
            if coverage.covers(as_of) {
                continue;
            }
            evaluation.findings.push(Finding {
                about: About::Transaction,
                code: "policy-history-missing".to_owned(),
                text: format!(
                    "{path} does not say what held on {as_of}; it was used as evidence only."
                ),
                strength: Strength::Context,
                millibits: 0,
                outcome: Outcome::Question,
                jurisdiction: None,
                rule: None,
                citations: Vec::new(),
            });
        }
    }
}

/// Files that nobody reads: most likely a misspelt name, so that its rules
/// would be silently without effect.
fn unread_files(files: &PolicyFiles) -> Vec<Problem> {
    let single = [
        Installation::FILE,
        Intake::FILE,
        Lists::FILE,
        Roles::FILE,
        Completeness::FILE,
        Risk::FILE,
        Dispositions::FILE,
        Zones::FILE,
        Owners::FILE,
        ReplayTerms::FILE,
    ];
    let folders = [
        RULES,
        Sets::FOLDER,
        CONTROLS,
        INFORMED,
        ThreatAssessments::FOLDER,
    ];
    let unread = files.iter().filter(|(path, _)| {
        path.ends_with(".toml")
            && !single.contains(path)
            && !folders.iter().any(|folder| path.starts_with(folder))
    });
    unread
        .map(|(path, _)| Problem::of_file(path, "no part of the engine reads a file of this name"))
        .collect()
}

/// A law of which nobody can tell whether it acts: asked about wherever it
/// would hold, or may. Evidence that may not count asks nobody.
fn unclear(rule: &Rule, env: &Env<'_>, suspension: &Suspension) -> Option<Question> {
    if !matches!(rule.kind, Kind::Legal | Kind::Question) {
        return None;
    }
    let at = rule.first_where(env, |truth| truth != Truth::False)?;
    let ended = suspension.period.until.map(|day| day.to_string());
    Some(Question {
        about: at,
        code: "suspension-extended".to_owned(),
        text: format!(
            "The suspension of “{}” ended by its dates on {}. Was it extended? Until that is \
             known, the rule is neither applied nor passed over.",
            rule.head.title,
            ended.unwrap_or_default()
        ),
        citations: vec![
            Citation(suspension.citation.clone()),
            Citation(rule.head.citation.clone()),
        ],
    })
}

/// Parties that are there by name or identifier and could not be compared.
fn unscreened(input: &Input<'_>) -> Vec<Finding> {
    let open = input.screened.iter().filter(|party| {
        let About::Party(at) = party.about else {
            return party.status == ScreeningStatus::NotScreened;
        };
        let provenance = input.transaction.parties.get(at).map(|p| p.provenance);
        party.status == ScreeningStatus::NotScreened && provenance != Some(Provenance::Unnamed)
    });
    open.map(|party| not_screened(party.about, party.role))
        .collect()
}

fn set_view(info: &SetInfo) -> RuleView {
    RuleView {
        head: info.head.clone(),
        status: Status::Adopted,
        kind: "set",
        effect: format!("{} members", info.members.len()),
        condition: String::new(),
        guidance: String::new(),
        flag: String::new(),
        life: Life::default(),
        cases: Vec::new(),
        place: info.place.clone(),
        lines: vec![
            ("kind".to_owned(), "set".to_owned()),
            ("name".to_owned(), info.name.clone()),
            ("members".to_owned(), info.members.join(", ")),
            ("file".to_owned(), info.place.clone()),
        ],
    }
}
