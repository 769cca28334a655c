//! Which party a means of transport becomes.

use super::*;

/// type of identification | identification | name | role, kind, names, identifiers
const MEANS: &str = "
10 | 9187629     |        | vessel vessel [] imo:9187629
10 | X-1         | X Star | vessel vessel [X Star] imo:X-1
   | 9187629     |        | vessel vessel [] imo:9187629
   | IMO 9187629 | X Star | vessel vessel [X Star] imo:IMO 9187629
11 | IMO9187629  |        | vessel vessel [] imo:IMO9187629
11 | imo-9187629 | X Star | vessel vessel [X Star] imo:imo-9187629
11 | 9187629     | X Star | vessel vessel [X Star] imo:9187629
30 | 9187629     |        | vessel vessel [] imo:9187629
   | IMO 9187620 |        | vessel vessel [] imo:IMO 9187620
41 | 9187629     |        | vessel vessel [] imo:9187629 tail-number:9187629
41 | EP-MNB      |        | other aircraft [] tail-number:EP-MNB
11 | X Star      |        | vessel vessel [X Star]
11 | X Star      | Y Moon | vessel vessel [Y Moon, X Star]
81 | X Star      | X Star | vessel vessel [X Star]
11 | 9187620     |        | vessel vessel [9187620]
   |             | X Star | vessel vessel [X Star]
   | 9187620     |        | none
30 | 91-876-29   |        | none
   | IMO 918762  |        | none
   | 91876290    |        | none
30 | 34 AB 123   |        | none
   |             |        | none
";

fn shown(found: &PartyInRole) -> String {
    let names: Vec<&str> = found.party.names.iter().map(|n| n.text.as_str()).collect();
    let ids = found.party.identifiers.iter();
    let ids: String = ids.map(|i| format!(" {}:{}", i.scheme, i.value)).collect();
    let (role, kind) = (found.role.as_str(), found.party.kind.as_str());
    format!("{role} {kind} [{}]{ids}", names.join(", "))
}

#[test]
fn a_means_of_transport_becomes_a_party() {
    for line in MEANS.lines().filter(|l| !l.is_empty()) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let means = TransportMeans {
            id_kind: cells[0].to_owned(),
            id: cells[1].to_owned(),
            name: cells[2].to_owned(),
            ..TransportMeans::default()
        };
        let found = craft(&means).map_or("none".to_owned(), |found| shown(&found));
        assert_eq!(found, cells[3], "{line}");
    }
}
