//! The names that a CommonJS file exports, found in its text as Node's cjs-module-lexer finds them: assignments to
//! properties of `exports`, `Object.defineProperty(exports, ...)`, and the names of an object literal.

/// The names, in the order of the text.
pub fn exported_names(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        if !name.is_empty() && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    };
    let mut rest = text;
    while let Some(at) = rest.find("exports") {
        let before = rest[..at].chars().next_back();
        let behind = &rest[at + "exports".len()..];
        let defines = rest[..at].trim_end().ends_with("defineProperty(");
        let whole = rest[..at].ends_with("module.");
        rest = behind;
        if before.is_some_and(|c| is_part(c) || (c == '.' && !whole)) {
            continue;
        }
        let behind = behind.trim_start();
        if defines {
            if let Some(name) = behind.strip_prefix(',').and_then(quoted) {
                add(name);
            }
        } else if let Some(member) = behind.strip_prefix('.') {
            let name = word(member);
            if assigns(&member[name.len()..]) {
                add(name);
            }
        } else if let Some(name) = behind.strip_prefix('[').and_then(quoted) {
            add(name);
        } else if whole
            && assigns(behind)
            && let Some(literal) = behind[1..].trim_start().strip_prefix('{')
        {
            literal_names(literal).into_iter().for_each(&mut add);
        }
    }
    names
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// The identifier that a text begins with.
fn word(text: &str) -> &str {
    &text[..text.find(|c| !is_part(c)).unwrap_or(text.len())]
}

/// The quoted text that a text begins with.
fn quoted(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    text[1..].split(quote).next()
}

fn assigns(text: &str) -> bool {
    text.trim_start().strip_prefix('=').is_some_and(|rest| !rest.starts_with(['=', '>']))
}

/// The names of an object literal, up to the first that is more than a name and a name.
fn literal_names(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text.trim_start();
    loop {
        let name = match quoted(rest) {
            Some(name) => {
                rest = rest[name.len() + 2..].trim_start();
                name
            }
            None => {
                let name = word(rest);
                rest = rest[name.len()..].trim_start();
                name
            }
        };
        if name.is_empty() {
            return names;
        }
        if let Some(value) = rest.strip_prefix(':') {
            names.push(name);
            let value = value.trim_start();
            let length = word(value).len();
            rest = value[length..].trim_start();
            if length == 0 {
                return names;
            }
        } else if rest.starts_with([',', '}']) {
            names.push(name);
        } else {
            return names;
        }
        let Some(next) = rest.strip_prefix(',') else { return names };
        rest = next.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::exported_names;

    #[test]
    fn names_are_found_as_nodes_lexer_finds_them() {
        let text = "exports.a = 1; module.exports.b = 2; if (exports.c == 3) {} exports['d'] = 4;\n\
                    Object.defineProperty(exports, 'e', { value: 1 }); myexports.f = 1; x.exports.g = 2;";
        assert_eq!(exported_names(text), ["a", "b", "d", "e"]);
        assert_eq!(
            exported_names("module.exports = { a, 'b': c, d: () => 1, e }"),
            ["a", "b", "d"]
        );
        assert!(exported_names("module.exports = function () {}").is_empty());
    }
}
