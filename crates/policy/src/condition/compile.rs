//! From the parsed tree to the typed one. Whatever cannot be typed is refused
//! here, so that nothing can go wrong while a transaction waits.

use super::eval::SLOTS;
use super::ir::{
    FieldRef, ListExpr, Mentioned, NumberExpr, Order, Range, Sized, Slot, Sum, TextExpr, TextTest,
    TruthExpr,
};
use super::{MAX_CONDITION_BYTES, MAX_CONDITION_DEPTH};
use crate::facts::{FactType, RecordKind};
use crate::sets::Sets;
use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, LiteralValue, SelectExpr, operators};
use cel::{IdedExpr, parser::Parser};
use portcullis_domain::Truth;
use std::sync::Arc;

/// What a condition may name.
pub(crate) struct Scope<'s> {
    sets: &'s Sets,
    variables: Vec<(String, Variable)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Variable {
    Record(RecordKind),
    Text,
}

impl<'s> Scope<'s> {
    /// `tx`, and the subject of a rule that ranges over a kind of record.
    pub fn of(sets: &'s Sets, each: RecordKind) -> Scope<'s> {
        let tx = RecordKind::Transaction;
        // Slot 1 is the subject's; where there is none, no name reaches it.
        let subject = if each == tx { "" } else { each.variable() };
        let variables = vec![
            (tx.variable().to_owned(), Variable::Record(tx)),
            (subject.to_owned(), Variable::Record(each)),
        ];
        Scope { sets, variables }
    }

    /// The place of a field written `variable.field`, and its type.
    pub fn field(&self, path: &str) -> Result<(FieldRef, FactType), String> {
        let (variable, name) = path
            .split_once('.')
            .ok_or_else(|| format!("'{path}' names no fact; write variable.field"))?;
        let (slot, bound) = self.variable(variable)?;
        let Variable::Record(kind) = bound else {
            return Err(format!("'{variable}' is text and has no fields"));
        };
        let (field, ty) = kind
            .field(name)
            .ok_or_else(|| format!("'{variable}' has no field '{name}'"))?;
        Ok((FieldRef { slot, field }, ty))
    }

    /// The slot of a variable is its position; the innermost of a name counts.
    fn variable(&self, name: &str) -> Result<(Slot, Variable), String> {
        let found = self.variables.iter().rposition(|(known, _)| known == name);
        let slot = found.ok_or_else(|| {
            let names = self.variables.iter().map(|(n, _)| n.as_str());
            let known: Vec<&str> = names.filter(|n| !n.is_empty()).collect();
            format!("'{name}' is not known here (known: {})", known.join(", "))
        })?;
        Ok((slot, self.variables[slot].1))
    }

    fn with(&self, name: &str, variable: Variable) -> Result<Scope<'s>, String> {
        let reserved = RecordKind::ALL.iter().any(|k| k.variable() == name);
        if reserved || name == "sets" || name == "maps" {
            return Err(format!("'{name}' cannot be used as a variable"));
        }
        if self.variables.len() >= SLOTS {
            return Err("quantifiers are nested too deep".to_owned());
        }
        let mut variables = self.variables.clone();
        variables.push((name.to_owned(), variable));
        Ok(Scope {
            sets: self.sets,
            variables,
        })
    }
}

enum Typed {
    Truth(TruthExpr),
    Number(NumberExpr),
    Text(TextExpr),
    List(ListExpr),
    Records(RecordKind),
}

impl Typed {
    fn word(&self) -> &'static str {
        match self {
            Typed::Truth(_) => "a truth",
            Typed::Number(_) => "a number",
            Typed::Text(_) => "text",
            Typed::List(_) => "a list",
            Typed::Records(_) => "a list of records",
        }
    }
}

type Compiled<T> = Result<T, String>;

/// Parses and types a condition; the errors are in plain words.
pub(super) fn compile(source: &str, scope: &Scope<'_>) -> Result<TruthExpr, Vec<String>> {
    if source.len() > MAX_CONDITION_BYTES {
        let text = format!("the condition is longer than {MAX_CONDITION_BYTES} bytes");
        return Err(vec![text]);
    }
    if nesting(source) > MAX_CONDITION_DEPTH {
        let text = format!("the condition is nested deeper than {MAX_CONDITION_DEPTH}");
        return Err(vec![text]);
    }
    let tree = Parser::new().parse(source).map_err(|errors| {
        let say = |e: &cel::ParseError| format!("column {}: {}", e.pos.1, one_line(&e.msg));
        errors.errors.iter().map(say).collect::<Vec<String>>()
    })?;
    truth(&tree, scope).map_err(|error| vec![error])
}

/// Operators that may follow each other without `&&`, `||` or a comma between.
const LONGEST_CHAIN: usize = 64;

/// Upper bound of the nesting: open brackets, every `?`, since choices nest to
/// the right, and chains of other operators, which nest to the left, by each
/// [`LONGEST_CHAIN`]. Counted before parsing, because the parser recurses.
/// Signs inside quoted text are counted too, which errs on the safe side.
fn nesting(source: &str) -> usize {
    let (mut open, mut deepest, mut choices) = (0_usize, 0, 0);
    let (mut chain, mut longest) = (0_usize, 0);
    for c in source.chars() {
        match c {
            '(' | '[' | '{' => open += 1,
            ')' | ']' | '}' => open = open.saturating_sub(1),
            '?' => choices += 1,
            '+' | '-' | '*' | '/' | '%' | '.' | '<' | '>' | '=' | '!' => chain += 1,
            '&' | '|' | ',' => chain = 0,
            _ => {}
        }
        deepest = deepest.max(open);
        longest = longest.max(chain);
    }
    let chains = if longest > LONGEST_CHAIN {
        MAX_CONDITION_DEPTH + 1
    } else {
        0
    };
    deepest + choices + chains
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn truth(expr: &IdedExpr, scope: &Scope<'_>) -> Compiled<TruthExpr> {
    match typed(expr, scope)? {
        Typed::Truth(truth) => Ok(truth),
        other => Err(format!("a condition was expected, not {}", other.word())),
    }
}

fn number(expr: &IdedExpr, scope: &Scope<'_>) -> Compiled<NumberExpr> {
    match typed(expr, scope)? {
        Typed::Number(number) => Ok(number),
        other => Err(format!("a number was expected, not {}", other.word())),
    }
}

fn text(expr: &IdedExpr, scope: &Scope<'_>) -> Compiled<TextExpr> {
    match typed(expr, scope)? {
        Typed::Text(text) => Ok(text),
        other => Err(format!("text was expected, not {}", other.word())),
    }
}

fn typed(expr: &IdedExpr, scope: &Scope<'_>) -> Compiled<Typed> {
    match &expr.expr {
        Expr::Literal(literal) => constant(literal),
        Expr::Ident(name) => match scope.variable(name)? {
            (slot, Variable::Text) => Ok(Typed::Text(TextExpr::Variable(slot))),
            (_, Variable::Record(_)) => {
                Err(format!("'{name}' stands alone; name one of its fields"))
            }
        },
        Expr::Select(select) => selected(select, scope),
        Expr::Call(call) => called(call, scope),
        Expr::List(list) => {
            let elements: Compiled<Vec<TextExpr>> =
                list.elements.iter().map(|e| text(e, scope)).collect();
            Ok(Typed::List(list_of(elements?)))
        }
        Expr::Comprehension(loops) => quantifier(loops, scope).map(Typed::Truth),
        Expr::Map(_) | Expr::Struct(_) => {
            Err("maps and structures cannot be written here".to_owned())
        }
        Expr::Unspecified => Err("the condition is empty".to_owned()),
    }
}

fn constant(literal: &LiteralValue) -> Compiled<Typed> {
    match literal {
        LiteralValue::Boolean(truth) => {
            Ok(Typed::Truth(TruthExpr::Const(Truth::from(*truth.inner()))))
        }
        LiteralValue::Int(number) => Ok(Typed::Number(NumberExpr::Const(*number.inner() as f64))),
        LiteralValue::UInt(number) => Ok(Typed::Number(NumberExpr::Const(*number.inner() as f64))),
        LiteralValue::Double(number) if number.inner().is_finite() => {
            Ok(Typed::Number(NumberExpr::Const(*number.inner())))
        }
        LiteralValue::String(text) => Ok(Typed::Text(TextExpr::Const(Arc::from(text.inner())))),
        LiteralValue::Null => Err("null cannot be compared; use has(…)".to_owned()),
        _ => Err("bytes and unbounded numbers cannot be used".to_owned()),
    }
}

/// A literal list becomes a set where all its elements are constants.
fn list_of(elements: Vec<TextExpr>) -> ListExpr {
    let constants = elements.iter().map(|e| match e {
        TextExpr::Const(text) => Some(text.to_string()),
        _ => None,
    });
    match constants.collect() {
        Some(set) => ListExpr::Const(Arc::new(set)),
        None => ListExpr::Literal(elements),
    }
}

fn selected(select: &SelectExpr, scope: &Scope<'_>) -> Compiled<Typed> {
    let Expr::Ident(root) = &select.operand.expr else {
        return Err(format!("'.{}' can only follow a variable", select.field));
    };
    if root == "sets" {
        let position = scope.sets.set_position(&select.field);
        let known = || {
            format!(
                "there is no set '{}' (known: {})",
                select.field,
                scope.sets.set_names()
            )
        };
        return Ok(Typed::List(ListExpr::Set(position.ok_or_else(known)?)));
    }
    let (at, ty) = scope.field(&format!("{root}.{}", select.field))?;
    if select.test {
        return Ok(Typed::Truth(TruthExpr::Has(at)));
    }
    Ok(match ty {
        FactType::Truth => Typed::Truth(TruthExpr::Field(at)),
        FactType::Number => Typed::Number(NumberExpr::Field(at)),
        FactType::Text | FactType::Country => Typed::Text(TextExpr::Field(at)),
        FactType::TextList | FactType::CountryList => Typed::List(ListExpr::Field(at)),
        FactType::Records(kind) => Typed::Records(kind),
    })
}

fn called(call: &CallExpr, scope: &Scope<'_>) -> Compiled<Typed> {
    let target = call.target.as_deref();
    match (call.func_name.as_str(), target, call.args.as_slice()) {
        (operators::LOGICAL_AND, None, [a, b]) => {
            let parts = vec![truth(a, scope)?, truth(b, scope)?];
            Ok(Typed::Truth(TruthExpr::And(flat(parts, true))))
        }
        (operators::LOGICAL_OR, None, [a, b]) => {
            let parts = vec![truth(a, scope)?, truth(b, scope)?];
            Ok(Typed::Truth(TruthExpr::Or(flat(parts, false))))
        }
        (operators::LOGICAL_NOT, None, [a]) => {
            Ok(Typed::Truth(TruthExpr::Not(Box::new(truth(a, scope)?))))
        }
        (operators::EQUALS, None, [a, b]) => same(a, b, scope).map(Typed::Truth),
        (operators::NOT_EQUALS, None, [a, b]) => {
            let equal = same(a, b, scope)?;
            Ok(Typed::Truth(TruthExpr::Not(Box::new(equal))))
        }
        (operators::IN, None, [a, b]) => member(a, b, scope).map(Typed::Truth),
        (operators::CONDITIONAL, None, [c, a, b]) => conditional(c, a, b, scope),
        (operators::INDEX, None, [map, key]) => entry(map, key, scope).map(Typed::List),
        (operators::NEGATE, None, [a]) => Ok(Typed::Number(NumberExpr::Negate(Box::new(number(
            a, scope,
        )?)))),
        ("mentions", None, [what, set]) => mentions(what, set, scope).map(Typed::Truth),
        ("size", None, [of]) | ("size", Some(of), []) => size(of, scope).map(Typed::Number),
        (name, Some(of), [part]) => text_test(name, of, part, scope).map(Typed::Truth),
        (name, None, [a, b]) => binary(name, a, b, scope),
        (name, _, args) => Err(unknown_function(name, args.len())),
    }
}

fn unknown_function(name: &str, args: usize) -> String {
    format!("'{name}' with {args} arguments is not a function that conditions have")
}

/// `a && (b && c)` as one list, so that evaluation does not recurse for it.
fn flat(parts: Vec<TruthExpr>, and: bool) -> Vec<TruthExpr> {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            TruthExpr::And(inner) if and => flat.extend(inner),
            TruthExpr::Or(inner) if !and => flat.extend(inner),
            other => flat.push(other),
        }
    }
    flat
}

fn same(a: &IdedExpr, b: &IdedExpr, scope: &Scope<'_>) -> Compiled<TruthExpr> {
    match (typed(a, scope)?, typed(b, scope)?) {
        (Typed::Truth(a), Typed::Truth(b)) => Ok(TruthExpr::Same(Box::new(a), Box::new(b))),
        (Typed::Number(a), Typed::Number(b)) => Ok(TruthExpr::SameNumber(a, b)),
        (Typed::Text(a), Typed::Text(b)) => Ok(TruthExpr::SameText(a, b)),
        (a, b) => Err(format!("{} cannot be compared with {}", a.word(), b.word())),
    }
}

fn member(a: &IdedExpr, b: &IdedExpr, scope: &Scope<'_>) -> Compiled<TruthExpr> {
    // A literal list of numbers is compared one by one.
    if let (Expr::List(list), Ok(wanted)) = (&b.expr, number(a, scope)) {
        let each = list.elements.iter();
        let equal = |e| Ok(TruthExpr::SameNumber(wanted.clone(), number(e, scope)?));
        return Ok(TruthExpr::Or(
            each.map(equal).collect::<Compiled<Vec<_>>>()?,
        ));
    }
    match (typed(a, scope)?, typed(b, scope)?) {
        (Typed::Text(member), Typed::List(list)) => Ok(TruthExpr::In(member, list)),
        (a, b) => Err(format!("{} cannot be in {}", a.word(), b.word())),
    }
}

fn conditional(c: &IdedExpr, a: &IdedExpr, b: &IdedExpr, scope: &Scope<'_>) -> Compiled<Typed> {
    let condition = truth(c, scope)?;
    match (typed(a, scope)?, typed(b, scope)?) {
        (Typed::Truth(a), Typed::Truth(b)) => {
            Ok(Typed::Truth(TruthExpr::If(Box::new((condition, a, b)))))
        }
        (Typed::Number(a), Typed::Number(b)) => {
            Ok(Typed::Number(NumberExpr::If(Box::new((condition, a, b)))))
        }
        (Typed::Text(a), Typed::Text(b)) => {
            Ok(Typed::Text(TextExpr::If(Box::new((condition, a, b)))))
        }
        (a, b) => Err(format!("the branches are {} and {}", a.word(), b.word())),
    }
}

fn entry(map: &IdedExpr, key: &IdedExpr, scope: &Scope<'_>) -> Compiled<ListExpr> {
    let Expr::Select(select) = &map.expr else {
        return Err("only maps.NAME[key] can be indexed".to_owned());
    };
    if !matches!(&select.operand.expr, Expr::Ident(root) if root == "maps") {
        return Err("only maps.NAME[key] can be indexed".to_owned());
    }
    let position = scope.sets.map_position(&select.field);
    let position = position.ok_or_else(|| format!("there is no map '{}'", select.field))?;
    Ok(ListExpr::Entry(position, Box::new(text(key, scope)?)))
}

fn mentions(what: &IdedExpr, set: &IdedExpr, scope: &Scope<'_>) -> Compiled<TruthExpr> {
    let Typed::List(ListExpr::Set(position)) = typed(set, scope)? else {
        return Err("mentions(text, sets.NAME) needs a named set of words".to_owned());
    };
    let what = match typed(what, scope)? {
        Typed::Text(text) => Mentioned::Text(text),
        Typed::List(list @ ListExpr::Field(_)) => Mentioned::List(list),
        other => return Err(format!("phrases cannot be looked for in {}", other.word())),
    };
    Ok(TruthExpr::Mentions(Box::new(what), position))
}

fn size(of: &IdedExpr, scope: &Scope<'_>) -> Compiled<NumberExpr> {
    let sized = match typed(of, scope)? {
        Typed::Text(text) => Sized::Text(text),
        Typed::List(list) => Sized::List(list),
        Typed::Records(kind) => Sized::Records(kind),
        other => return Err(format!("{} has no size", other.word())),
    };
    Ok(NumberExpr::Size(Box::new(sized)))
}

fn text_test(name: &str, of: &IdedExpr, part: &IdedExpr, scope: &Scope<'_>) -> Compiled<TruthExpr> {
    let test = match name {
        "startsWith" => TextTest::StartsWith,
        "endsWith" => TextTest::EndsWith,
        "contains" => TextTest::Contains,
        _ => return Err(unknown_function(name, 1)),
    };
    Ok(TruthExpr::Test(test, text(of, scope)?, text(part, scope)?))
}

fn binary(name: &str, a: &IdedExpr, b: &IdedExpr, scope: &Scope<'_>) -> Compiled<Typed> {
    let order = match name {
        operators::LESS => Some(Order::Less),
        operators::LESS_EQUALS => Some(Order::LessOrEqual),
        operators::GREATER => Some(Order::Greater),
        operators::GREATER_EQUALS => Some(Order::GreaterOrEqual),
        _ => None,
    };
    if let Some(order) = order {
        let (a, b) = (number(a, scope)?, number(b, scope)?);
        return Ok(Typed::Truth(TruthExpr::Ordered(order, a, b)));
    }
    let sum = match name {
        operators::ADD => Sum::Add,
        operators::SUBSTRACT => Sum::Subtract,
        operators::MULTIPLY => Sum::Multiply,
        operators::DIVIDE => Sum::Divide,
        _ => return Err(unknown_function(name, 2)),
    };
    let sides = (number(a, scope)?, number(b, scope)?);
    Ok(Typed::Number(NumberExpr::Sum(sum, Box::new(sides))))
}

/// `list.exists(v, condition)` and `list.all(v, condition)`, as the parser
/// expands them: an accumulator that starts false (true) and is or-ed
/// (and-ed) with the condition. Every other macro is refused.
fn quantifier(loops: &ComprehensionExpr, scope: &Scope<'_>) -> Compiled<TruthExpr> {
    let refused = || "of the macros only has, exists and all can be used".to_owned();
    let Expr::Literal(LiteralValue::Boolean(start)) = &loops.accu_init.expr else {
        return Err(refused());
    };
    let all = *start.inner();
    let Expr::Call(step) = &loops.loop_step.expr else {
        return Err(refused());
    };
    let operator = if all {
        operators::LOGICAL_AND
    } else {
        operators::LOGICAL_OR
    };
    let (true, [_, body]) = (step.func_name == operator, step.args.as_slice()) else {
        return Err(refused());
    };
    let (over, variable) = match typed(&loops.iter_range, scope)? {
        Typed::Records(kind) => (Range::Records(kind), Variable::Record(kind)),
        Typed::List(list @ (ListExpr::Field(_) | ListExpr::Entry(..))) => {
            (Range::Texts(list), Variable::Text)
        }
        other => return Err(format!("exists and all cannot range over {}", other.word())),
    };
    let inner = scope.with(&loops.iter_var, variable)?;
    let (slot, _) = inner.variable(&loops.iter_var)?;
    let body = Box::new(truth(body, &inner)?);
    Ok(TruthExpr::Quantified {
        all,
        slot,
        over,
        body,
    })
}
