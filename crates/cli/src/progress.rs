//! Progress on long work: a bar on a terminal, silence elsewhere.

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// A bar over bytes read, with the number of records in its message.
pub(crate) fn over_bytes(total: u64, quiet: bool) -> ProgressBar {
    let bar = ProgressBar::new(total);
    if quiet || !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let style = "{bar:30} {percent:>3} %  {bytes}/{total_bytes}  {msg}  {eta} left";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar
}

/// A bar over the parts of a run; their number is set when it is known.
pub(crate) fn over_parts(quiet: bool) -> ProgressBar {
    let bar = ProgressBar::new(1);
    if quiet || !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} parts  {eta} left") {
        bar.set_style(style);
    }
    bar
}

/// A reader that moves the bar along.
pub(crate) struct Counted<R> {
    /// What is read.
    pub(crate) inner: R,
    /// The bar that moves.
    pub(crate) bar: ProgressBar,
}

impl<R: std::io::Read> std::io::Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bar.inc(read as u64);
        Ok(read)
    }
}

/// A line for each download, on a terminal.
pub(crate) struct Downloads(MultiProgress);

/// The lines of several downloads at once.
pub(crate) fn downloads(quiet: bool) -> Downloads {
    let all = MultiProgress::new();
    if quiet || !std::io::stderr().is_terminal() {
        all.set_draw_target(ProgressDrawTarget::hidden());
    }
    Downloads(all)
}

impl Downloads {
    /// The line of one source.
    pub(crate) fn start(&self, source: &str) -> Download {
        let bar = self.0.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template("{prefix:16} {bytes:>12}  {msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(source.to_owned());
        Download(bar)
    }
}

/// One download.
pub(crate) struct Download(ProgressBar);

impl Download {
    /// How far it has come.
    pub(crate) fn moved(&self, file: &str, bytes: u64) {
        self.0.set_message(file.to_owned());
        self.0.set_position(bytes);
    }

    /// Takes the line away.
    pub(crate) fn done(self) {
        self.0.finish_and_clear();
    }
}

/// How far work of unknown length has come.
pub(crate) fn spinner(quiet: bool) -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if quiet || !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    bar
}
