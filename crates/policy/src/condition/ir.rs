//! The typed tree of a condition.

use crate::facts::RecordKind;
use portcullis_domain::Truth;
use std::{collections::HashSet, sync::Arc};

/// Where a variable stands in the environment.
pub(crate) type Slot = usize;

/// A field of the record in a slot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FieldRef {
    pub slot: Slot,
    pub field: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sum {
    Add,
    Subtract,
    Multiply,
    Divide,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextTest {
    StartsWith,
    EndsWith,
    Contains,
}

#[derive(Clone, Debug)]
pub(crate) enum TruthExpr {
    Const(Truth),
    Field(FieldRef),
    Has(FieldRef),
    Not(Box<TruthExpr>),
    And(Vec<TruthExpr>),
    Or(Vec<TruthExpr>),
    Same(Box<TruthExpr>, Box<TruthExpr>),
    SameNumber(NumberExpr, NumberExpr),
    SameText(TextExpr, TextExpr),
    Ordered(Order, NumberExpr, NumberExpr),
    In(TextExpr, ListExpr),
    Test(TextTest, TextExpr, TextExpr),
    Mentions(Box<Mentioned>, usize),
    If(Box<(TruthExpr, TruthExpr, TruthExpr)>),
    Quantified {
        all: bool,
        slot: Slot,
        over: Range,
        body: Box<TruthExpr>,
    },
}

/// Text, or a list of texts, in which phrases are looked for.
#[derive(Clone, Debug)]
pub(crate) enum Mentioned {
    Text(TextExpr),
    List(ListExpr),
}

/// What a quantifier ranges over.
#[derive(Clone, Debug)]
pub(crate) enum Range {
    Records(RecordKind),
    Texts(ListExpr),
}

#[derive(Clone, Debug)]
pub(crate) enum NumberExpr {
    Const(f64),
    Field(FieldRef),
    Negate(Box<NumberExpr>),
    Sum(Sum, Box<(NumberExpr, NumberExpr)>),
    Size(Box<Sized>),
    If(Box<(TruthExpr, NumberExpr, NumberExpr)>),
}

#[derive(Clone, Debug)]
pub(crate) enum Sized {
    Text(TextExpr),
    List(ListExpr),
    Records(RecordKind),
}

#[derive(Clone, Debug)]
pub(crate) enum TextExpr {
    Const(Arc<str>),
    Field(FieldRef),
    Variable(Slot),
    If(Box<(TruthExpr, TextExpr, TextExpr)>),
}

#[derive(Clone, Debug)]
pub(crate) enum ListExpr {
    /// A literal list of constants.
    Const(Arc<HashSet<String>>),
    /// A literal list with facts in it.
    Literal(Vec<TextExpr>),
    Field(FieldRef),
    Set(usize),
    Entry(usize, Box<TextExpr>),
}
