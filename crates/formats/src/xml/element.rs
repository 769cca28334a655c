//! The tree that a reader hands out.

use std::sync::Arc;

/// An attribute, namespace declarations excepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Local name, prefix stripped (`xml:lang` is `lang`).
    pub name: String,
    /// Value with references resolved.
    pub value: String,
}

/// An element with everything inside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Local name, prefix stripped.
    pub name: String,
    /// Namespace URI, where the prefix is declared.
    pub namespace: Option<Arc<str>>,
    /// Attributes in document order.
    pub attributes: Vec<Attribute>,
    /// Its own character data, joined and trimmed; text of children excluded.
    pub text: String,
    /// Children in document order.
    pub children: Vec<Element>,
    /// Line of the start tag, from 1.
    pub line: u64,
}

impl Element {
    /// The value of an attribute by local name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|a| a.name == name)
            .map(|a| a.value.as_str())
    }

    /// The first child of a name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|c| c.name == name)
    }

    /// Every child of a name, in order.
    pub fn children_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |c| c.name == name)
    }

    /// The first element at a path of child names, `A/B/C`.
    pub fn at(&self, path: &str) -> Option<&Element> {
        path.split('/').try_fold(self, |at, name| at.child(name))
    }

    /// Every element at a path of child names, `A/B/C`, in document order.
    pub fn all(&self, path: &str) -> Vec<&Element> {
        path.split('/').fold(vec![self], |level, name| {
            level
                .into_iter()
                .flat_map(|e| e.children.iter().filter(move |c| c.name == name))
                .collect()
        })
    }

    /// The text of the first element at a path; `None` if there is no such
    /// element or it is empty: an empty element says nothing.
    pub fn text_of(&self, path: &str) -> Option<&str> {
        self.at(path)
            .map(|e| e.text.as_str())
            .filter(|t| !t.is_empty())
    }

    /// The first element of a name in the tree, this one included, depth
    /// first in document order.
    pub fn find(&self, name: &str) -> Option<&Element> {
        if self.name == name {
            return Some(self);
        }
        self.children.iter().find_map(|c| c.find(name))
    }
}
