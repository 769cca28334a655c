//! Pages of a long table.

/// Where a table stands among its pages, and links to the others.
#[derive(Clone, Debug)]
pub(crate) struct Pages {
    /// This page, from 1.
    pub(crate) current: u64,
    /// The last page, from 1.
    pub(crate) last: u64,
    /// Address up to and including `page=`.
    base: String,
}

/// A row of the store's that is asked for only to be counted.
pub(crate) const COUNT_ONLY: portcullis_store::Page = portcullis_store::Page {
    offset: 0,
    limit: 0,
};

/// One of the tabs above a table: a state, and how many are in it.
#[derive(Clone, Debug)]
pub(crate) struct Tab {
    pub(crate) href: String,
    pub(crate) text: &'static str,
    /// Empty where nothing is counted.
    pub(crate) count: String,
    pub(crate) current: bool,
}

impl Tab {
    /// A tab with a count.
    pub(crate) fn new(href: String, text: &'static str, total: u64, current: bool) -> Tab {
        Tab {
            href,
            text,
            count: super::grouped(total as i64),
            current,
        }
    }
}

/// One link, or a gap between links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageLink {
    pub(crate) number: u64,
    pub(crate) href: String,
    pub(crate) current: bool,
    pub(crate) gap: bool,
}

impl Pages {
    /// `total` rows, `size` a page. `wanted` beyond the end gives the last page.
    pub(crate) fn new(total: u64, size: u64, wanted: Option<u64>, base: String) -> Pages {
        let last = total.div_ceil(size).max(1);
        let current = wanted.unwrap_or(1).clamp(1, last);
        Pages {
            current,
            last,
            base,
        }
    }

    /// The rows of this page, for the store.
    pub(crate) fn rows(&self, size: u64) -> portcullis_store::Page {
        portcullis_store::Page {
            offset: (self.current - 1).saturating_mul(size),
            limit: size,
        }
    }

    /// First, last, and the neighbours of this one; gaps between.
    pub(crate) fn links(&self) -> Vec<PageLink> {
        let mut links: Vec<PageLink> = Vec::new();
        let mut before = 0;
        // Only pages near the ends or this one can be shown: no walk over all.
        let mut shown: Vec<u64> = [1, self.last]
            .into_iter()
            .chain(self.current.saturating_sub(1)..=self.current + 1)
            .filter(|n| (1..=self.last).contains(n))
            .collect();
        shown.sort_unstable();
        shown.dedup();
        for number in shown {
            if number > before + 1 {
                links.push(PageLink {
                    number: 0,
                    href: String::new(),
                    current: false,
                    gap: true,
                });
            }
            links.push(PageLink {
                number,
                href: format!("{}{number}", self.base),
                current: number == self.current,
                gap: false,
            });
            before = number;
        }
        links
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(total: u64, wanted: u64) -> String {
        let pages = Pages::new(total, 10, Some(wanted), "?page=".to_owned());
        let words: Vec<String> = pages
            .links()
            .iter()
            .map(|l| match (l.gap, l.current) {
                (true, _) => "…".to_owned(),
                (_, true) => format!("[{}]", l.number),
                _ => l.number.to_string(),
            })
            .collect();
        words.join(" ")
    }

    #[test]
    fn neighbours_and_ends() {
        assert_eq!(shown(0, 1), "[1]");
        assert_eq!(shown(30, 2), "1 [2] 3");
        assert_eq!(shown(95, 5), "1 … 4 [5] 6 … 10");
        assert_eq!(shown(95, 99), "1 … 9 [10]");
    }
}
