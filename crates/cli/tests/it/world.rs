//! A data folder of its own for each test, and the binary run in it.

use serde_json::Value;
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};
use tempfile::TempDir;

pub struct World {
    dir: TempDir,
    database: Option<String>,
}

pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    #[track_caller]
    pub fn ok(self) -> Ran {
        assert_eq!(self.code, 0, "stdout: {}\nstderr: {}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn exits(self, code: i32) -> Ran {
        assert_eq!(
            self.code, code,
            "stdout: {}\nstderr: {}",
            self.out, self.err
        );
        self
    }

    /// Each line of the output as JSON.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect()
    }
}

impl World {
    /// An empty world on the embedded database.
    pub fn empty() -> World {
        World {
            dir: TempDir::new().unwrap(),
            database: None,
        }
    }

    /// The same on a PostgreSQL database of its own, where the tests have a server.
    pub fn on_postgres() -> Option<World> {
        let server = std::env::var("PORTCULLIS_TEST_POSTGRES").ok()?;
        let server = server.trim_end_matches('/');
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("e2e_{}_{number}", std::process::id());
        let created = Command::new("psql")
            .args([
                &format!("{server}/postgres"),
                "-qc",
                &format!("CREATE DATABASE {name}"),
            ])
            .status()
            .unwrap();
        assert!(created.success(), "the test database could not be made");
        let database = Some(format!("{server}/{name}"));
        Some(World {
            dir: TempDir::new().unwrap(),
            database,
        })
    }

    /// A world with the sample watchlist and party book.
    pub fn with_samples() -> World {
        let world = World::empty();
        world.take_samples();
        world
    }

    pub fn take_samples(&self) {
        let lists = samples().join("watchlist");
        let mut command = self.command(&["lists", "import"]);
        for entry in std::fs::read_dir(lists).unwrap() {
            command.arg(entry.unwrap().path());
        }
        finish(command, b"").ok();
        self.run(&[
            "parties",
            "import",
            samples().join("parties.csv").to_str().unwrap(),
        ])
        .ok();
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command
            .args(args)
            .env("PORTCULLIS_DATA", self.dir.path().join("data"));
        command
            .env_remove("PORTCULLIS_DATABASE")
            .env_remove("PORTCULLIS_POLICIES");
        if let Some(url) = &self.database {
            command.env("PORTCULLIS_DATABASE", url);
        }
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        finish(self.command(args), b"")
    }

    pub fn run_with(&self, args: &[&str], input: &[u8]) -> Ran {
        finish(self.command(args), input)
    }

    /// Writes a file into the world and gives its path.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.dir.path().join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).unwrap();
        }
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The PostgreSQL database, if it is not the embedded one.
    pub fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }
}

fn finish(mut command: Command, input: &[u8]) -> Ran {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // A program that stops early closes its input; that is its right.
        let _ = stdin.write_all(&input);
    });
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Ran {
        code: status.code().unwrap_or(-1),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8_lossy(&stderr).into_owned(),
    }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn samples() -> PathBuf {
    root().join("samples")
}

/// The real data beside the repository; says so where it is absent.
pub fn shared(path: &str) -> Option<PathBuf> {
    let full = root().join("../shared/data").join(path);
    if full.exists() {
        return Some(full);
    }
    eprintln!("skipped: {path} of the shared data is not here");
    None
}

/// Every key that a published schema requires is there.
#[track_caller]
pub fn has_required_keys(schema: &str, line: &Value) {
    let path = root().join("docs/reference").join(schema);
    let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    for key in schema["required"].as_array().unwrap() {
        let key = key.as_str().unwrap();
        assert!(line.get(key).is_some(), "key {key} is missing in {line}");
    }
}
