//! The reference of the fact model, written from its tables.

use super::RecordKind;

const HEAD: &str = "# Facts

<!-- Written from crates/policy/src/facts; change it there, then run
     PORTCULLIS_UPDATE_DOCS=1 cargo test -p portcullis-policy -->

What a condition of a policy file can see. `tx` is always there; `item`, `party`
and `payment` are there in rules that range over them (`each`), and inside
`tx.items.exists(i, …)`, `tx.parties.exists(p, …)` and `tx.payments.exists(p, …)`
the variable has the same fields. A fact that is not declared, not readable or not
known is *unknown*, never \"none\" or zero; how conditions treat it stands in
[policy files](policy-files.md). A country is text: its ISO 3166-1 alpha-2 code.
";

/// The reference of the fact model as Markdown (`docs/reference/facts.md`).
pub fn facts_reference() -> String {
    let mut page = HEAD.to_owned();
    for kind in RecordKind::ALL {
        let title = match kind {
            RecordKind::Transaction => "the transaction",
            RecordKind::Item => "a line of goods",
            RecordKind::Party => "a party in its role",
            RecordKind::Payment => "a payment",
        };
        page.push_str(&format!("\n## `{}`: {title}\n\n", kind.variable()));
        page.push_str("| fact | type | what it says |\n|---|---|---|\n");
        for field in kind.fields() {
            let name = format!("{}.{}", kind.variable(), field.name);
            page.push_str(&format!(
                "| `{name}` | {} | {} |\n",
                field.ty.word(),
                field.doc
            ));
        }
    }
    page
}
