//! Cuts a stream of JSON into values without holding more than one.
//!
//! Three shapes are told apart by their first bytes: an array (its members are
//! the values), one object a line, and objects spread over lines. A value that
//! breaks does not take the others with it: in lines the next line begins
//! anew; elsewhere a `{` that begins a line where JSON allows none begins anew.

use super::{Limits, Source};
use portcullis_domain::Issue;
use std::io::{BufRead, BufReader};

pub(super) enum Piece {
    Value { line: u64, bytes: Vec<u8> },
    Broken { issue: Issue, bytes: Vec<u8> },
}

#[derive(Clone, Copy, PartialEq)]
enum Shape {
    /// Objects, and no line has ended yet: lines or spread objects.
    Undecided,
    Lines,
    Spread,
    Array,
    Ended,
}

pub(super) struct JsonStream<'a> {
    input: BufReader<Source<'a>>,
    limits: Limits,
    shape: Shape,
    /// Line of the next byte.
    line: u64,
    started: bool,
}

/// Why a value ended.
enum End {
    Complete,
    /// The line ended inside it, in a shape where it may not.
    Cut,
    /// A new object begins where none may.
    Restart,
    TooLong,
    Eof,
    Failed(String),
}

/// What is known of the value while it is read.
#[derive(Default)]
struct Scan {
    depth: u32,
    /// One bit a level, 1 for an object; enough for the depth that is accepted.
    objects: u64,
    in_string: bool,
    escaped: bool,
    last: u8,
    line_begins: bool,
    bare: bool,
}

impl<'a> JsonStream<'a> {
    pub(super) fn new(input: Source<'a>, limits: &Limits) -> JsonStream<'a> {
        JsonStream {
            input: BufReader::with_capacity(64 * 1024, input),
            limits: limits.clone(),
            shape: Shape::Undecided,
            line: 1,
            started: false,
        }
    }

    pub(super) fn max_items(&self) -> usize {
        self.limits.max_items
    }

    pub(super) fn next_piece(&mut self) -> Option<Piece> {
        if !self.started {
            self.started = true;
            self.skip_mark();
            self.skip_space(&[]);
            if self.peek() == Ok(Some(b'[')) {
                self.take();
                self.shape = Shape::Array;
            }
        }
        match self.shape {
            Shape::Ended => None,
            Shape::Array => self.next_member(),
            Shape::Undecided | Shape::Lines | Shape::Spread => self.next_object(),
        }
    }

    fn next_member(&mut self) -> Option<Piece> {
        self.skip_space(b",");
        match self.peek() {
            Err(what) => Some(self.end_with("io", &what)),
            Ok(None) => {
                Some(self.end_with("truncated", "the array is not closed: the file is cut off"))
            }
            Ok(Some(b']')) => {
                self.take();
                self.skip_space(&[]);
                match self.peek() {
                    Ok(None) => {
                        self.shape = Shape::Ended;
                        None
                    }
                    _ => Some(self.end_with(
                        "not-well-formed",
                        "something stands after the end of the array",
                    )),
                }
            }
            Ok(Some(_)) => Some(self.value()),
        }
    }

    fn next_object(&mut self) -> Option<Piece> {
        self.skip_space(&[]);
        match self.peek() {
            Err(what) => Some(self.end_with("io", &what)),
            Ok(None) => {
                self.shape = Shape::Ended;
                None
            }
            Ok(Some(_)) => Some(self.value()),
        }
    }

    fn end_with(&mut self, code: &str, what: &str) -> Piece {
        self.shape = Shape::Ended;
        let issue = Issue::new(code, what).at_line(self.line);
        Piece::Broken {
            issue,
            bytes: Vec::new(),
        }
    }

    fn value(&mut self) -> Piece {
        let line = self.line;
        let mut bytes = Vec::new();
        let end = self.scan(&mut bytes);
        while bytes.last().is_some_and(u8::is_ascii_whitespace) {
            bytes.pop();
        }
        let broken = |code: &str, what: &str, bytes| Piece::Broken {
            issue: Issue::new(code, what).at_line(line),
            bytes,
        };
        match end {
            End::Complete => Piece::Value { line, bytes },
            End::Cut => broken("truncated", "the line ends inside the object", bytes),
            End::Restart => {
                let what = "another object begins before this one is closed";
                broken("not-well-formed", what, bytes)
            }
            End::TooLong => {
                let limit = self.limits.max_record_bytes;
                broken(
                    "too-large",
                    &format!("the object is larger than {limit} bytes"),
                    bytes,
                )
            }
            End::Eof => {
                self.shape = Shape::Ended;
                broken(
                    "truncated",
                    "the file ends inside the object: it is cut off",
                    bytes,
                )
            }
            End::Failed(what) => {
                self.shape = Shape::Ended;
                broken("io", &what, bytes)
            }
        }
    }

    /// Reads one value into `bytes`, as far as the limit goes.
    fn scan(&mut self, bytes: &mut Vec<u8>) -> End {
        let mut scan = Scan::default();
        let mut taken = 0_u64;
        let limit = self.limits.max_record_bytes as u64;
        loop {
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(e) => return End::Failed(format!("the file cannot be read: {e}")),
            };
            if available.is_empty() {
                return if taken > limit {
                    End::TooLong
                } else {
                    self.shape.at_end(&scan)
                };
            }
            let (used, end) = self.shape.run(&mut scan, available, taken > limit);
            let piece = &available[..used];
            let room = (self.limits.max_record_bytes - bytes.len()).min(used);
            bytes.extend_from_slice(&piece[..room]);
            self.line += piece.iter().filter(|b| **b == b'\n').count() as u64;
            taken += used as u64;
            self.input.consume(used);
            match end {
                Some(_) if taken > limit => return End::TooLong,
                Some(end) => return end,
                None => {}
            }
            let searching =
                self.shape != Shape::Spread && taken <= limit + self.limits.max_skip_bytes;
            if taken > limit && !searching {
                self.shape = Shape::Ended;
                return End::TooLong;
            }
        }
    }

    fn peek(&mut self) -> Result<Option<u8>, String> {
        loop {
            match self.input.fill_buf() {
                Ok(available) => return Ok(available.first().copied()),
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => return Err(format!("the file cannot be read: {e}")),
            }
        }
    }

    fn take(&mut self) {
        if let Some(b'\n') = self.input.buffer().first() {
            self.line += 1;
        }
        self.input.consume(1);
    }

    fn skip_mark(&mut self) {
        if self.peek().is_ok() && self.input.buffer().starts_with(b"\xef\xbb\xbf") {
            self.input.consume(3);
        }
    }

    /// Passes over white space and the given bytes.
    fn skip_space(&mut self, also: &[u8]) {
        while let Ok(Some(byte)) = self.peek() {
            if !byte.is_ascii_whitespace() && !also.contains(&byte) {
                return;
            }
            self.take();
        }
    }
}

impl Shape {
    /// Goes through bytes until the value ends or the bytes do: how many
    /// belong to the value, and why it ended.
    fn run(&mut self, scan: &mut Scan, bytes: &[u8], too_long: bool) -> (usize, Option<End>) {
        for (at, byte) in bytes.iter().copied().enumerate() {
            if *self != Shape::Lines && scan.restarts(byte) {
                return (at, Some(End::Restart));
            }
            let between = *self == Shape::Array && scan.complete();
            if between && matches!(byte, b',' | b']') {
                return (at, Some(End::Complete));
            }
            let line_end = byte == b'\n';
            if let Some(end) = line_end.then(|| self.line_ends(scan, too_long)).flatten() {
                return (at, Some(end));
            }
            scan.step(byte);
            if *self == Shape::Spread && scan.complete() && !scan.bare {
                return (at + 1, Some(End::Complete));
            }
        }
        (bytes.len(), None)
    }

    /// What the end of a line means for the value; `None` if it goes on.
    fn line_ends(&mut self, scan: &Scan, too_long: bool) -> Option<End> {
        let complete = scan.complete();
        match self {
            Shape::Lines | Shape::Undecided if too_long => {
                *self = Shape::Lines;
                Some(End::TooLong)
            }
            // Balanced or not, the parser says what is wrong with the line.
            Shape::Lines => Some(if complete { End::Complete } else { End::Cut }),
            Shape::Undecided if complete => {
                *self = Shape::Lines;
                Some(End::Complete)
            }
            Shape::Undecided | Shape::Spread if scan.in_string => {
                *self = Shape::Lines;
                Some(End::Cut)
            }
            Shape::Undecided => {
                *self = Shape::Spread;
                None
            }
            Shape::Spread if complete => Some(End::Complete),
            _ => None,
        }
    }

    fn at_end(self, scan: &Scan) -> End {
        if scan.complete() && (self != Shape::Array || !scan.bare) {
            End::Complete
        } else {
            End::Eof
        }
    }
}

impl Scan {
    /// Whether a `{` begins a line inside an object where no value may stand:
    /// the object before it was never closed.
    fn restarts(&self, byte: u8) -> bool {
        let inside_object = self.depth > 0 && self.depth <= 64 && self.objects & 1 == 1;
        byte == b'{' && self.line_begins && !self.in_string && inside_object && self.last != b':'
    }

    /// Whether every bracket and string that was opened is closed.
    fn complete(&self) -> bool {
        self.depth == 0 && !self.in_string
    }

    fn step(&mut self, byte: u8) {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return;
        }
        if byte == b'\n' {
            self.line_begins = true;
        }
        if byte.is_ascii_whitespace() {
            return;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => {
                self.depth += 1;
                self.objects = self.objects << 1 | u64::from(byte == b'{');
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                self.objects >>= 1;
            }
            _ => {}
        }
        // A value that is no object or array ends with its line.
        self.bare = self.depth == 0 && !matches!(byte, b'}' | b']');
        self.last = byte;
        self.line_begins = false;
    }
}
