//! Between the URIs of the protocol and the paths of the analysis.

use lsp_types::Uri;
use std::str::FromStr;

/// The path of a document: absolute for files, the URI itself for documents that are in no file.
pub fn path_of(uri: &Uri) -> String {
    let text = uri.as_str();
    let Some(rest) = text.strip_prefix("file://") else { return text.to_string() };
    let path = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or(rest);
    let path = decoded(path);
    let bytes = path.as_bytes();
    let drive = bytes.len() > 2 && bytes[1].is_ascii_alphabetic() && bytes[2] == b':';
    normal(if drive { path.get(1..).unwrap_or(&path) } else { &path })
}

/// The URI of an absolute path; none for library files and relative paths.
pub fn uri_of(path: &str) -> Option<Uri> {
    let path = normal(path);
    let drive = path.as_bytes().get(1) == Some(&b':');
    if !path.starts_with('/') && !drive {
        return None;
    }
    let mut text = String::from(if drive { "file:///" } else { "file://" });
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => text.push(char::from(byte)),
            b => text.push_str(&format!("%{b:02X}")),
        }
    }
    Uri::from_str(&text).ok()
}

/// A path without `.` and `..` parts.
pub fn normal(path: &str) -> String {
    if !path.contains("./") && !path.ends_with("/.") && !path.ends_with("/..") {
        return path.to_string();
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|p| !p.is_empty() && *p != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex =
            (*byte == b'%').then(|| text.get(at + 1..at + 3).and_then(|h| u8::from_str_radix(h, 16).ok())).flatten();
        out.push(hex.unwrap_or(*byte));
        at += if hex.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_the_way_to_a_uri_and_back() {
        for path in ["/nets/a/feeder.tie", "/Übergabe 1/50 %/x.tie", "c:/nets/a.tie"] {
            let uri = uri_of(path).expect("a uri");
            assert_eq!(path_of(&uri), path, "{}", uri.as_str());
        }
        assert_eq!(uri_of("<library>/std/grid.tie"), None);
        assert_eq!(uri_of("beside.tie"), None);
    }

    #[test]
    fn paths_are_made_normal() {
        assert_eq!(normal("/a/b/../c/./d.tie"), "/a/c/d.tie");
        assert_eq!(normal("/a.b/c.tie"), "/a.b/c.tie");
        assert_eq!(normal("../c.tie"), "../c.tie");
    }

    #[test]
    fn documents_in_no_file_keep_their_uri() {
        let uri = Uri::from_str("untitled:Untitled-1").expect("a uri");
        assert_eq!(path_of(&uri), "untitled:Untitled-1");
    }
}
