//! Network folders with mistakes: each ends in a located finding.

use crate::memory::{Folder, Imported};

#[test]
fn the_small_folder_is_sound() {
    let imported = Imported::csv(&Folder::small());
    assert_eq!(imported.shown(), Vec::<String>::new());
    let feeder = imported.feeder.expect("a feeder");
    assert_eq!((feeder.name.as_str(), feeder.buses.len(), feeder.branches.len()), ("dir", 2, 2));
    assert!(feeder.branches[1].normally_open && feeder.branches.iter().all(|b| b.switchable));
}

#[test]
fn ratings_capacitors_names_and_fixed_lines_are_read() {
    let folder = Folder::small()
        .with("lines.csv", "rate_a,line,from,to,r_ohm,x_ohm,normally_open\n300,a,1,2,0.1,0.2,0\n,b,1,2,0.3,0.1,1\n")
        .with("capacitors.csv", "bus,q_kvar\n2,50\n")
        .with(
            "meta.json",
            "{\"name\": \"n\", \"base_kv\": 10, \"source_buses\": [\"1\"], \"source_voltage_pu\": 1.05, \"non_switchable_lines\": [\"b\"]}",
        );
    let feeder = Imported::csv(&folder).feeder.expect("a feeder");
    assert_eq!(feeder.branches.iter().map(|b| b.rate_a).collect::<Vec<_>>(), [Some(300.0), None]);
    assert_eq!(feeder.branches.iter().map(|b| b.switchable).collect::<Vec<_>>(), [true, false]);
    assert_eq!((feeder.injections[0].q_kvar, feeder.sources[0].v_set), (50.0, 1.05));
}

#[test]
fn every_mistake_is_found_where_it_is() {
    let small = Folder::small;
    let lines = |body: &str| format!("line,from,to,r_ohm,x_ohm,normally_open\n{body}");
    let meta = |body: &str| small().with("meta.json", body);
    let cases: Vec<(Folder, &str)> = vec![
        (small().without("buses.csv"), "E0001 -"),
        (small().without("meta.json"), "E0001 -"),
        (small().with("buses.csv", ""), "E0805 "),
        (small().with("buses.csv", "bus,p_kw\n1,2\n"), "E0804 bus,p_kw"),
        (small().with("buses.csv", "bus,p_kw,qkvar\n1,2,3\n"), "E0805 qkvar"),
        (small().with("buses.csv", "bus,p_kw,q_kvar,bus\n1,0,0,1\n"), "E0805 bus"),
        (small().with("buses.csv", "bus,p_kw,q_kvar\n1,0\n2,0,0\n"), "E0004 1,0"),
        (small().with("buses.csv", "bus,p_kw,q_kvar\n1,0,0\n2,1,5,0\n"), "E0004 2,1,5,0"),
        (small().with("buses.csv", "bus,p_kw,q_kvar\n1,0,0\n2,NaN,0\n"), "E0005 NaN"),
        (small().with("buses.csv", "bus,p_kw,q_kvar\n1,0,0\n2,1e999,0\n"), "E0005 1e999"),
        (small().with("buses.csv", "bus,p_kw,q_kvar\n1,0,0\n2,\"1,5\",0\n"), "E0005 \"1,5\""),
        (small().with("buses.csv", "bus,p_kw,q_kvar\n1,0,0\n2,,0\n"), "E0005 "),
        (small().with("buses.csv", "bus,p_kw,q_kvar\n1,0,0\n,0,0\n2,0,0\n"), "E0005 "),
        (small().with("buses.csv", "bus,p_kw,q_kvar\n1,0,0\n2,0,0\n1,0,0\n"), "E0803 1"),
        (small().with("buses.csv", b"bus,p_kw,q_kvar\n1,0,0\n2,\xff,0\n"), "E0002 \u{fffd}"),
        (small().with("lines.csv", lines("1,1,3,0.1,0.2,0\n")), "E0803 3"),
        (small().with("lines.csv", lines("1,1,2,0.1,0.2,no\n")), "E0005 no"),
        (small().with("lines.csv", lines("1,1,2,0.1,0.2,0\n1,1,2,0.1,0.2,1\n")), "E0803 1"),
        (small().with("lines.csv", lines("1,1,2,ohm,0.2,0\n")), "E0005 ohm"),
        (small().with("capacitors.csv", "bus,q_kvar\n7,1\n"), "E0803 7"),
        (small().with("capacitors.csv", "bus,kvar\n7,1\n"), "E0805 kvar"),
        (meta("{"), "E0805 {"),
        (meta("[1]"), "E0805 [1]"),
        (meta("{\"base_kv\": 10,\n \"source_buses\": [1] \"x\": 1}"), "E0805 \""),
        (meta("{\"base_kv\": 10, \"source_buses\": [1]}"), "E0804 }"),
        (meta("{\"base_kv\": -1, \"source_buses\": [1], \"source_voltage_pu\": 1}"), "E0805 \"base_kv\""),
        (meta("{\"base_kv\": \"10\", \"source_buses\": [1], \"source_voltage_pu\": 1}"), "E0805 \"base_kv\""),
        (meta("{\"base_kv\": 10, \"source_buses\": [], \"source_voltage_pu\": 1}"), "E0805 \"source_buses\""),
        (meta("{\"base_kv\": 10, \"source_buses\": 1, \"source_voltage_pu\": 1}"), "E0805 \"source_buses\""),
        (meta("{\"base_kv\": 10, \"source_buses\": [9], \"source_voltage_pu\": 1}"), "E0803 \"source_buses\""),
        (meta("{\"base_kv\": 10, \"source_buses\": [1, 1], \"source_voltage_pu\": 1}"), "E0803 \"source_buses\""),
        (meta("{\"base_kv\": 10, \"source_buses\": [1], \"source_voltage_pu\": 1, \"lines\": 3}"), "E0803 \"lines\""),
        (
            meta("{\"base_kv\": 10, \"source_buses\": [1], \"source_voltage_pu\": 1, \"non_switchable_lines\": [5]}"),
            "E0803 \"non_switchable_lines\"",
        ),
    ];
    for (folder, want) in cases {
        let imported = Imported::csv(&folder);
        assert!(imported.feeder.is_none(), "{want}");
        assert_eq!(imported.shown().first().map(String::as_str), Some(want), "{:?}", imported.findings);
        imported.assert_well_formed();
    }
}
