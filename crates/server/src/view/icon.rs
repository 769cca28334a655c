//! Icons: drawn in a 16 by 16 box with one stroke, in the colour of the text.
//! They stand beside a word and are hidden from screen readers.

use std::fmt;

/// Markup that this crate wrote itself and that a template may print as it is.
/// Text from outside never becomes one without escaping.
#[derive(Clone, Debug)]
pub(crate) struct Markup(pub(crate) String);

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Markup {}

/// The icon of that name at text size.
pub(crate) fn icon(name: &str) -> Markup {
    sized(name, 18)
}

/// The icon of that name beside the heading of a result.
pub(crate) fn big_icon(name: &str) -> Markup {
    sized(name, 40)
}

/// The icon of that name, `size` pixels wide and high.
pub(crate) fn sized(name: &str, size: u32) -> Markup {
    let paths = paths(name);
    Markup(format!(
        "<svg width=\"{size}\" height=\"{size}\" viewBox=\"0 0 16 16\" fill=\"none\" stroke=\"currentColor\" \
         stroke-width=\"1.5\" stroke-linecap=\"round\" stroke-linejoin=\"round\" aria-hidden=\"true\" \
         focusable=\"false\">{paths}</svg>"
    ))
}

fn paths(name: &str) -> &'static str {
    match name {
        "mark" => {
            "<path d=\"M3 14V6.500a5 5 0 0 1 10 0V14M6.300 2v12M9.700 2v12M3 7h10M3 10.500h10\"/>"
        }
        "home" => "<path d=\"M2 7.500 8 2.500l6 5M3.500 6.500v7h9v-7M6.500 13.500v-4h3v4\"/>",
        "queue" => "<path d=\"M2.500 4h11M2.500 8h11M2.500 12h7\"/>",
        "list" => {
            "<path d=\"M5.500 4h8M5.500 8h8M5.500 12h8M2.500 4h.01M2.500 8h.01M2.500 12h.01\"/>"
        }
        "people" => {
            "<circle cx=\"6\" cy=\"5.500\" r=\"2.500\"/><path d=\"M1.500 13.500c0-2.500 2-4 4.500-4s4.500 1.500 4.500 4M10.500 3.300a2.500 2.500 0 0 1 0 4.400M11.800 9.800c1.700.5 2.700 1.800 2.700 3.700\"/>"
        }
        "book" => {
            "<path d=\"M8 4C6.500 2.800 4.500 2.500 2 2.500v10c2.500 0 4.500.3 6 1.500 1.500-1.200 3.500-1.500 6-1.500v-10c-2.500 0-4.500.3-6 1.500zM8 4v10\"/>"
        }
        "chain" => {
            "<path d=\"M6.500 9.500 9.500 6.500M7 4.500l1.300-1.300a3.200 3.200 0 0 1 4.500 4.500L11.500 9M9 11.500l-1.300 1.300a3.200 3.200 0 0 1-4.500-4.500L4.500 7\"/>"
        }
        "upload" => "<path d=\"M8 10.500v-8M4.800 5.500 8 2.500l3.200 3M2.500 10.500v3h11v-3\"/>",
        "download" => "<path d=\"M8 2.500v8M4.800 7.500 8 10.500l3.200-3M2.500 10.500v3h11v-3\"/>",
        "search" => {
            "<circle cx=\"7\" cy=\"7\" r=\"4.500\"/><path d=\"m10.500 10.500 3.500 3.500\"/>"
        }
        "help" | "question" => {
            "<circle cx=\"8\" cy=\"8\" r=\"6.200\"/><path d=\"M6.200 6.300a1.900 1.900 0 1 1 2.700 1.800c-.6.3-.9.7-.9 1.300M8 11.600h.01\"/>"
        }
        "check" => {
            "<circle cx=\"8\" cy=\"8\" r=\"6.200\"/><path d=\"m5.300 8.200 1.900 1.900 3.600-4\"/>"
        }
        "alert" => "<path d=\"M8 2 1.500 13.500h13zM8 6.500v3.200M8 11.600h.01\"/>",
        "stop" => "<circle cx=\"8\" cy=\"8\" r=\"6.200\"/><path d=\"m3.700 12.300 8.600-8.600\"/>",
        "pause" => {
            "<circle cx=\"8\" cy=\"8\" r=\"6.200\"/><path d=\"M6.300 5.500v5M9.700 5.500v5\"/>"
        }
        "eye" => {
            "<path d=\"M1.500 8S4 3.500 8 3.500 14.500 8 14.500 8 12 12.500 8 12.500 1.500 8 1.500 8z\"/><circle cx=\"8\" cy=\"8\" r=\"2\"/>"
        }
        "paper" => {
            "<path d=\"M4 1.800h5.500L12.500 5v9.200H4zM9.200 2v3.300h3.100M6.200 8h4.200M6.200 10.800h4.200\"/>"
        }
        "inbox" => {
            "<path d=\"M2 9.500h3.500l1 1.500h3l1-1.500H14M2 9.500v4h12v-4M2 9.500l2-6.500h8l2 6.500\"/>"
        }
        "minus" => "<circle cx=\"8\" cy=\"8\" r=\"6.200\"/><path d=\"M5.200 8h5.600\"/>",
        // A name that is not drawn is a slip of ours; a plain dot does no harm.
        _ => "<circle cx=\"8\" cy=\"8\" r=\"2\"/>",
    }
}
