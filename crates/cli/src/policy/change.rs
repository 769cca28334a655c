//! Proposing and adopting: two people, each with an account of their own.

use crate::{
    Ended,
    args::{ActArgs, Global, ProposeArgs, Signature},
    context::{folder_files, now, open_store, policy_files},
    output::say,
};
use anyhow::{Context, Result, bail};
use portcullis_casework::{PolicyProgress, PolicyVersion};
use portcullis_gate::{adopt_policy, propose_policy, suspend_policy};
use portcullis_store::{Authentication, Page, Role, Store};
use serde_json::json;
use std::io::Read;

/// The longest password line that is read.
const MAX_PASSWORD_LINE: u64 = 4_096;

/// The person behind a command: an account that may change the policy, and the
/// right password for it. Naming somebody else would make two people of one.
pub(super) async fn signed(store: &Store, signature: &Signature) -> Result<String> {
    let mut text = String::new();
    std::io::stdin()
        .take(MAX_PASSWORD_LINE)
        .read_to_string(&mut text)
        .context("cannot read the password")?;
    let password = text.lines().next().unwrap_or_default();
    let user = match store.authenticate(&signature.by, password, now()).await? {
        Authentication::Accepted(user) => user,
        Authentication::Refused => bail!("name or password is wrong"),
        Authentication::Throttled { until } => {
            bail!("too many wrong passwords; try again after {until}")
        }
    };
    if !matches!(user.role, Role::Admin | Role::Officer) {
        bail!(
            "{} is {}; only officers and admins change the policy",
            user.name,
            user.role.as_str()
        );
    }
    Ok(user.name)
}

pub(super) async fn propose(global: &Global, args: &ProposeArgs) -> Result<Ended> {
    let files = folder_files(&args.dir)?;
    let store = open_store(global).await?;
    let by = signed(&store, &args.signature).await?;
    let (title, reason) = (&args.title, &args.reason);
    let proposed = propose_policy(&store, &files, title, reason, &by, now()).await?;
    print_version(global, &proposed.version, None)?;
    if !global.json && !global.quiet {
        eprintln!(
            "another person adopts it: portcullis policy adopt {} --by USER",
            proposed.version.id
        );
    }
    Ok(Ended::Done)
}

/// What is done to a version.
#[derive(Clone, Copy)]
pub(super) enum Act {
    Adopt,
    Reject,
    Withdraw,
    Comment,
    Suspend,
}

pub(super) async fn act(global: &Global, args: &ActArgs, act: Act) -> Result<Ended> {
    let store = open_store(global).await?;
    let by = signed(&store, &args.signature).await?;
    let (id, reason, at) = (&args.id, &args.reason, now());
    let done = match act {
        Act::Adopt => {
            let fallback = policy_files(global)?;
            adopt_policy(&store, id, reason, &fallback, &by, at).await?
        }
        Act::Reject => store.reject_policy(id, reason, &by, at).await?,
        Act::Withdraw => store.withdraw_policy(id, reason, &by, at).await?,
        Act::Comment => store.comment_policy(id, reason, &by, at).await?,
        Act::Suspend => {
            let asked = store.policy_version(id).await?.version.suspension_asked;
            match asked {
                Some(_) => {
                    let fallback = policy_files(global)?;
                    suspend_policy(&store, id, &fallback, &by, at).await?
                }
                None => store.ask_policy_suspension(id, reason, &by, at).await?,
            }
        }
    };
    print_version(global, &done.version, None)?;
    Ok(Ended::Done)
}

pub(super) async fn versions(global: &Global) -> Result<Ended> {
    let store = open_store(global).await?;
    let in_use = store.policy_in_use(now()).await?;
    let mut page = Page {
        offset: 0,
        limit: 100,
    };
    loop {
        let some = store.policy_versions(page).await?;
        for version in &some.rows {
            print_version(global, version, in_use.as_ref())?;
        }
        page.offset += page.limit;
        if page.offset >= some.total {
            break;
        }
    }
    if in_use.is_none() && !global.json {
        say!("no version acts: the files of the installation do")?;
    }
    Ok(Ended::Done)
}

fn print_version(
    global: &Global,
    version: &PolicyVersion,
    in_use: Option<&PolicyVersion>,
) -> Result<()> {
    let acts = in_use.is_some_and(|v| v.id == version.id);
    if global.json {
        let mut line = serde_json::to_value(version)?;
        line["acts"] = json!(acts);
        say!("{line}")?;
        return Ok(());
    }
    let mut text = format!(
        "version={} {} digest={} “{}” proposed by {}",
        version.id,
        version.progress.as_str(),
        version.digest,
        version.title,
        version.proposed.actor
    );
    if let Some(adopted) = &version.adopted {
        text.push_str(&format!(", adopted by {} at {}", adopted.actor, adopted.at));
    }
    match (&version.ended, &version.suspension_asked) {
        (Some(ended), _) => {
            text.push_str(&format!(
                ", {} by {}",
                version.progress.as_str(),
                ended.actor
            ));
        }
        (None, Some(asked)) if version.progress == PolicyProgress::Adopted => {
            text.push_str(&format!(
                ", suspension asked for by {}; a second person must agree",
                asked.actor
            ));
        }
        _ => {}
    }
    if acts {
        text.push_str(" · acts");
    }
    say!("{text}")?;
    Ok(())
}
