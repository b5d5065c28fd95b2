//! docs/library.md lists every device of the library with every parameter it has.

use std::path::Path;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a file of the repository")
}

#[test]
fn the_reference_lists_every_parameter() {
    let page = read("docs/library.md");
    let mut missing = Vec::new();
    for module in [
        "grid",
        "generators",
        "storage",
        "ev_station",
        "demand_response",
        "capacitor",
        "tap_changer",
        "soft_open_point",
    ] {
        let text = read(&format!("models/std/{module}.tie"));
        let mut section = "";
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("device ") {
                let name = rest.split(' ').next().expect("a name");
                let start = page.find(&format!("### `{name} "));
                section = start.map_or("", |s| page[s + 4..].split("\n#").next().unwrap_or(""));
                if section.is_empty() {
                    missing.push(name.to_owned());
                }
            } else if line == "}" {
                section = "";
            } else if let Some(rest) = line.strip_prefix("    param ")
                && !section.is_empty()
                && !section.contains("Parameters as of")
            {
                let name = rest.split(" :").next().expect("a name");
                if !section.contains(&format!("| `{name}` |")) {
                    missing.push(format!("{module}: {name}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "docs/library.md says nothing of {missing:?}");
}
