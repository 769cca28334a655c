//! `portcullis classify` and `classify learn`.

use crate::{
    Ended,
    args::{ClassifyArgs, ClassifyCommand, ClassifyRows, Global},
    context::{OPERATOR, day_of, now, open_store, policy_files},
    output::{Output, say},
};
use anyhow::{Context, Result, bail};
use portcullis_controls::predicate::Parameters;
use portcullis_controls::{Controls, classify::Goods};
use portcullis_domain::Issue;
use portcullis_formats::goods_rows::{GoodsRow, GoodsRows, Limits};
use portcullis_gate::goods::{Classifying, editions, goods_words, learn, load_classifying};
use serde::Serialize;
use serde_json::json;
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// Rows that are classified together on all processors.
const BLOCK: usize = 256;
/// Candidates of control lists for a row.
const CONTROLS: usize = 5;

#[derive(Serialize)]
struct Line {
    v: u8,
    id: String,
    hs: Vec<Hs>,
    controls: Vec<Control>,
    questions: Vec<Question>,
    vague: bool,
    missing: Vec<String>,
}

#[derive(Serialize)]
struct Hs {
    code: String,
    score: f64,
    reasons: Vec<String>,
}

#[derive(Serialize)]
struct Control {
    regime: String,
    code: String,
    score: f64,
    reasons: Vec<String>,
}

#[derive(Serialize)]
struct Question {
    code: String,
    field: String,
    text: String,
}

pub(crate) async fn run(global: &Global, args: &ClassifyArgs) -> Result<Ended> {
    match (&args.command, &args.rows) {
        (Some(ClassifyCommand::Learn { input }), _) => learn_from(global, input).await,
        (None, Some(rows)) => classify(global, rows).await,
        (None, None) => bail!("what to classify is not said: --input FILE"),
    }
}

async fn classify(global: &Global, args: &ClassifyRows) -> Result<Ended> {
    let files = policy_files(global)?;
    let (editions, words) = (editions(&files)?, goods_words(&files)?);
    let store = open_store(global).await?;
    let moment = now();
    let day = args.as_of.unwrap_or_else(|| day_of(moment));
    let classifying = load_classifying(&store, (&editions, &words), day, moment).await?;
    let controls = Controls::load(&files).map_err(|problems| {
        let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the policy cannot be used: {}", shown.join("; "))
    })?;
    let mut rows = open(&args.input)?;
    let mut output = Output::open(&args.output)?;
    let mut ended = Ended::Done;
    loop {
        let (block, refused) = next_block(&mut rows)?;
        if !refused.is_empty() {
            ended = Ended::DoneWithHolds;
            refused.iter().for_each(crate::lists::print_issue);
        }
        if block.is_empty() {
            break;
        }
        for line in answer_all((&classifying, &controls), &block, args.limit) {
            output.line(&line)?;
        }
    }
    output.flush()?;
    Ok(ended)
}

fn open(path: &Path) -> Result<GoodsRows<'static>> {
    let input: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(path).with_context(|| format!("cannot read {}", path.display()))?)
    };
    let opened = GoodsRows::open(input, &Limits::default());
    opened.map_err(|issue| anyhow::anyhow!("{}: {}", path.display(), issue.text))
}

/// The next rows, and what could not be taken between them. Both are empty at
/// the end only.
fn next_block(rows: &mut GoodsRows<'_>) -> Result<(Vec<GoodsRow>, Vec<Issue>)> {
    let (mut block, mut refused) = (Vec::new(), Vec::new());
    while block.len() < BLOCK {
        match rows.next_row() {
            None => break,
            Some(Ok(row)) => {
                refused.extend(row.issues.iter().cloned());
                block.push(row);
            }
            Some(Err(issue)) if issue.code == "io" => bail!("{}", issue.text),
            Some(Err(issue)) => refused.push(issue),
        }
    }
    Ok((block, refused))
}

/// Answers on all processors, in the order of the rows.
fn answer_all(by: (&Classifying, &Controls), block: &[GoodsRow], limit: usize) -> Vec<Line> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = block.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let parts = block.chunks(share).map(|rows| {
            scope.spawn(move || {
                let answers = rows.iter().map(|row| answer(by, row, limit));
                answers.collect::<Vec<Line>>()
            })
        });
        let parts: Vec<_> = parts.collect();
        let joined = parts.into_iter().flat_map(|part| match part.join() {
            Ok(lines) => lines,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        joined.collect()
    })
}

fn answer(
    (classifying, controls): (&Classifying, &Controls),
    row: &GoodsRow,
    limit: usize,
) -> Line {
    let mut questions = Vec::new();
    let finding = row
        .hs_code
        .as_deref()
        .map(|code| classifying.held.check(code));
    if let Some(finding) = finding.as_ref().filter(|f| f.is_wrong()) {
        questions.push(Question {
            code: format!("code-{}", finding.word()),
            field: "hs_code".to_owned(),
            text: format!("{} Which code is meant?", finding.text()),
        });
    }
    let sound = finding
        .as_ref()
        .filter(|f| !f.is_wrong())
        .map(|f| f.code.as_str());
    let goods = Goods {
        description: &row.description,
        hs_code: sound,
        maker: row.maker.as_deref(),
        part_number: row.part_number.as_deref(),
    };
    let answer = classifying.engine.classify(&goods, limit);
    let listed = |code: &str| controls.high_priority_tier(code).is_some();
    let neighbour = classifying.engine.benign_neighbour(&goods, &listed);
    let asked = answer.questions.into_iter().chain(neighbour);
    questions.extend(asked.map(|asked| Question {
        code: asked.code.to_owned(),
        field: asked.field.to_owned(),
        text: asked.text,
    }));
    let parameters = parameters(row, &mut questions);
    let found = classifying
        .controls
        .candidates(&row.description, &parameters, sound, CONTROLS);
    let mut entries = Vec::new();
    for candidate in found {
        for asked in candidate.questions {
            let known = questions
                .iter()
                .any(|q| q.field == asked.field && q.text == asked.text);
            if !known {
                questions.push(Question {
                    code: asked.code,
                    field: asked.field,
                    text: asked.text,
                });
            }
        }
        entries.push(Control {
            regime: candidate.regime.as_str().to_owned(),
            code: candidate.code,
            score: rounded(candidate.score),
            reasons: candidate.reasons,
        });
    }
    let hs = answer.hs.into_iter().map(|candidate| Hs {
        code: candidate.code,
        score: rounded(candidate.score),
        reasons: candidate.reasons,
    });
    Line {
        v: 1,
        id: row.id.clone(),
        hs: hs.collect(),
        controls: entries,
        questions,
        vague: answer.vague,
        missing: answer.missing,
    }
}

/// Declared parameters; one that cannot be read, or contradicts another, is a question.
fn parameters(row: &GoodsRow, questions: &mut Vec<Question>) -> Parameters {
    let mut parameters = Parameters::default();
    for given in &row.parameters {
        if let Err(error) = parameters.add(&given.name, &given.value, &given.unit) {
            questions.push(Question {
                code: "parameter-unreadable".to_owned(),
                field: given.name.clone(),
                text: error.to_string(),
            });
        }
    }
    parameters
}

/// Six decimals are enough to order by.
fn rounded(score: f32) -> f64 {
    (f64::from(score) * 1e6).round() / 1e6
}

async fn learn_from(global: &Global, input: &Path) -> Result<Ended> {
    let files = policy_files(global)?;
    let (editions, words) = (editions(&files)?, goods_words(&files)?);
    let mut bytes = Vec::new();
    if input == Path::new("-") {
        io::stdin().read_to_end(&mut bytes)?;
    } else {
        bytes = std::fs::read(input).with_context(|| format!("cannot read {}", input.display()))?;
    }
    let mut rows = GoodsRows::open(&bytes[..], &Limits::default())
        .map_err(|issue| anyhow::anyhow!("{}: {}", input.display(), issue.text))?;
    let (mut taken, mut refused) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next_row() {
        match row {
            Ok(row) => taken.push(row),
            Err(issue) => refused.push(issue),
        }
    }
    if taken.is_empty() {
        bail!(
            "{}: no row can be taken; what was learned stays as it was",
            input.display()
        );
    }
    let store = open_store(global).await?;
    let learned = learn(
        &store,
        (&editions, &words),
        (taken, &bytes),
        (OPERATOR, now()),
    )
    .await?;
    refused.extend(learned.issues);
    if !global.quiet {
        refused.iter().for_each(crate::lists::print_issue);
    }
    let (done, held, issues) = (learned.learned, learned.held, refused.len());
    let version = learned.put.map(|put| put.id);
    if global.json {
        say!(
            "{}",
            json!({"added": done.added, "replaced": done.replaced, "known": done.known,
                "held": held, "issues": issues, "version": version})
        )?;
    } else {
        say!(
            "added={} replaced={} known={} held={held} issues={issues} version={}",
            done.added,
            done.replaced,
            done.known,
            version.as_deref().unwrap_or("unchanged")
        )?;
    }
    Ok(Ended::Done)
}
