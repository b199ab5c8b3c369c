//! `path` (POSIX): paths as texts, without a look at any file.

use crate::builtins::Method;
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R};
use crate::objects::code::Arguments;
use crate::thrown::Outcome;

const METHODS: &[Method] = &[
    ("basename", 2, basename),
    ("dirname", 1, dirname),
    ("extname", 1, extname),
    ("isAbsolute", 1, is_absolute),
    ("join", 0, join),
    ("normalize", 1, normalized),
    ("parse", 1, parse),
    ("relative", 2, relative),
    ("resolve", 0, resolve),
];

pub(super) fn make(machine: &mut Machine, to: R) -> Outcome {
    let module = machine.temps(2)?;
    machine.new_object(module, METHODS.len() + 3)?;
    machine.define_methods(module, METHODS)?;
    for (name, text) in [("sep", "/"), ("delimiter", ":")] {
        machine.new_text(module + 1, text)?;
        machine.plain(module, name, module + 1)?;
    }
    machine.plain(module, "posix", module)?;
    machine.copy(to, module);
    Ok(())
}

/// A path without `.`, `..` and doubled slashes.
fn normalize(path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => drop(parts.pop()),
                _ if is_absolute => {}
                _ => parts.push(".."),
            },
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    let end = if path.ends_with('/') && !joined.is_empty() { "/" } else { "" };
    match (is_absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}{end}"),
        (false, true) if path.ends_with('/') && !path.is_empty() => "./".to_owned(),
        (false, true) => ".".to_owned(),
        (false, false) => format!("{joined}{end}"),
    }
}

/// The absolute path that paths lead to, one from another, from a directory on.
fn resolved(directory: &str, paths: &[String]) -> String {
    let mut whole = String::new();
    for path in paths.iter().rev().filter(|path| !path.is_empty()) {
        whole = if whole.is_empty() { path.clone() } else { format!("{path}/{whole}") };
        if path.starts_with('/') {
            break;
        }
    }
    if !whole.starts_with('/') {
        whole = format!("{directory}/{whole}");
    }
    let path = normalize(&whole);
    match path.len() > 1 {
        true => path.trim_end_matches('/').to_owned(),
        false => path,
    }
}

/// The last part of a path, and what stands before it.
fn split(path: &str) -> (&str, &str) {
    let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    match path.rfind('/') {
        None => ("", path),
        Some(0) => ("/", &path[1..]),
        Some(at) => (path[..at].trim_end_matches('/'), &path[at + 1..]),
    }
}

fn extension(base: &str) -> &str {
    match base.rfind('.') {
        None | Some(0) => "",
        Some(at) if base == ".." || base[..at].is_empty() => "",
        Some(at) => &base[at..],
    }
}

impl Machine {
    /// An argument that must be a text.
    pub(super) fn text_argument(&mut self, value: R, name: &str) -> Outcome<String> {
        if self.is_string(value) {
            return self.rust_string(value);
        }
        let shown = self.received(value);
        let text = format!("The \"{name}\" argument must be of type string. Received {shown}");
        self.throw_node_error(ErrorKind::TypeError, "ERR_INVALID_ARG_TYPE", &text)
    }

    fn paths(&mut self, arguments: Arguments) -> Outcome<Vec<String>> {
        (0..arguments.count).map(|place| self.text_argument(arguments.at(place), "path")).collect()
    }

    pub(super) fn working_directory(&self) -> String {
        self.options.directory.to_string_lossy().into_owned()
    }
}

fn join(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let mut paths = machine.paths(arguments)?;
    paths.retain(|path| !path.is_empty());
    machine.give_text(&normalize(&paths.join("/")))
}

fn normalized(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let path = machine.text_argument(arguments.at(0), "path")?;
    machine.give_text(&normalize(&path))
}

fn resolve(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let paths = machine.paths(arguments)?;
    let path = resolved(&machine.working_directory(), &paths);
    machine.give_text(&path)
}

fn is_absolute(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let path = machine.text_argument(arguments.at(0), "path")?;
    machine.give_bool(path.starts_with('/'))
}

fn dirname(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let path = machine.text_argument(arguments.at(0), "path")?;
    let (directory, _) = split(&path);
    machine.give_text(if directory.is_empty() { "." } else { directory })
}

fn basename(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let path = machine.text_argument(arguments.at(0), "path")?;
    let (_, base) = split(&path);
    let base = match machine.is_string(arguments.at(1)) {
        true => {
            let end = machine.rust_string(arguments.at(1))?;
            match base.strip_suffix(end.as_str()) {
                // The whole of a path is an end, the whole of its last part is none.
                Some(rest) if !rest.is_empty() || path == end => rest.to_owned(),
                _ => base.to_owned(),
            }
        }
        false => base.to_owned(),
    };
    machine.give_text(&base)
}

fn extname(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let path = machine.text_argument(arguments.at(0), "path")?;
    let (_, base) = split(&path);
    machine.give_text(extension(base))
}

fn relative(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let directory = machine.working_directory();
    let mut ends = Vec::new();
    for (place, name) in ["from", "to"].into_iter().enumerate() {
        let path = machine.text_argument(arguments.at(place), name)?;
        ends.push(resolved(&directory, &[path]));
    }
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let (from, to) = (parts(&ends[0]), parts(&ends[1]));
    let common = from.iter().zip(&to).take_while(|(left, right)| left == right).count();
    let mut way = vec!["..".to_owned(); from.len() - common];
    way.extend_from_slice(&to[common..]);
    machine.give_text(&way.join("/"))
}

fn parse(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let path = machine.text_argument(arguments.at(0), "path")?;
    let (directory, base) = split(&path);
    let end = extension(base);
    let object = machine.temps(2)?;
    machine.new_object(object, 5)?;
    for (name, text) in [
        ("root", if path.starts_with('/') { "/" } else { "" }),
        ("dir", directory),
        ("base", base),
        ("ext", end),
        ("name", &base[..base.len() - end.len()]),
    ] {
        machine.new_text(object + 1, text)?;
        machine.plain(object, name, object + 1)?;
    }
    Ok(object)
}

#[cfg(test)]
mod tests {
    use super::{extension, normalize, resolved, split};

    #[test]
    fn paths_are_nodes() {
        for (path, expected) in [
            ("", "."),
            ("/a/b/../c/./d//", "/a/c/d/"),
            ("../a/../..", "../.."),
            ("/..", "/"),
            ("a/..", "."),
            ("./", "./"),
        ] {
            assert_eq!(normalize(path), expected, "{path}");
        }
        assert_eq!(resolved("/w", &["a".to_owned(), "../b".to_owned()]), "/w/b");
        assert_eq!(resolved("/w", &["/a".to_owned(), "b/".to_owned()]), "/a/b");
        assert_eq!(split("/a/b.c"), ("/a", "b.c"));
        assert_eq!(split("b"), ("", "b"));
        assert_eq!(extension("a.tar.gz"), ".gz");
        assert_eq!(extension(".profile"), "");
    }
}
