//! The front matter of a test: the part of YAML between `/*---` and `---*/` that test262 uses.

/// What a test says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrontMatter {
    pub flags: Vec<String>,
    pub includes: Vec<String>,
    pub features: Vec<String>,
    pub negative: Option<Negative>,
}

/// The error that a test must end with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Negative {
    /// `parse`, `resolution` or `runtime`.
    pub phase: String,
    /// The name of the error's constructor.
    pub kind: String,
}

impl FrontMatter {
    /// Reads the front matter of a test's text; without any, all is empty.
    pub fn of(text: &str) -> Self {
        let mut result = Self::default();
        let Some((_, rest)) = text.split_once("/*---") else { return result };
        let Some((yaml, _)) = rest.split_once("---*/") else { return result };
        // A test of line ends has others than the rest.
        let yaml = yaml.replace("\r\n", "\n").replace('\r', "\n");
        let mut lines = yaml.lines().peekable();
        while let Some(line) = lines.next() {
            let Some((key, value)) = line.split_once(':') else { continue };
            let key = key.trim_end();
            if key.starts_with([' ', '\t', '-', '#']) {
                continue;
            }
            let mut value = value.trim().to_owned();
            // A list in brackets may go on over lines; so may a block below its key.
            let mut block = Vec::new();
            while let Some(next) = lines.peek() {
                let open = value.starts_with('[') && !value.contains(']');
                if !open && !next.starts_with([' ', '\t']) && !next.trim().is_empty() {
                    break;
                }
                if open {
                    value.push_str(next.trim());
                } else {
                    block.push(next.trim());
                }
                lines.next();
            }
            match key {
                "flags" => result.flags = list(&value, &block),
                "includes" => result.includes = list(&value, &block),
                "features" => result.features = list(&value, &block),
                "negative" => {
                    let field = |name: &str| {
                        let found = block.iter().find_map(|line| line.strip_prefix(name));
                        found.unwrap_or_default().trim().to_owned()
                    };
                    let (phase, kind) = (field("phase:"), field("type:"));
                    result.negative = Some(Negative { phase, kind });
                }
                _ => {}
            }
        }
        result
    }

    pub fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|known| known == flag)
    }
}

/// A list in brackets, or one with a line for each item.
fn list(value: &str, block: &[&str]) -> Vec<String> {
    let bracketed = value.strip_prefix('[').map(|rest| rest.trim_end_matches(']').split(','));
    let items: Vec<&str> = match bracketed {
        Some(items) => items.collect(),
        None => block.iter().filter_map(|line| line.strip_prefix('-')).collect(),
    };
    let items = items.into_iter().map(|item| item.split('#').next().unwrap_or("").trim());
    items.filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_in_brackets_and_in_lines_are_read() {
        let text = "/*---\ndescription: >\n  a: b\nflags: [onlyStrict, async]\nincludes:\n  - a.js\n  - b.js\nfeatures: [x,\n  y]\n\
                    negative:\n  phase: parse\n  type: SyntaxError\n---*/\n";
        let found = FrontMatter::of(text);
        assert_eq!(found.flags, ["onlyStrict", "async"]);
        assert_eq!(found.includes, ["a.js", "b.js"]);
        assert_eq!(found.features, ["x", "y"]);
        let negative = Negative { phase: "parse".to_owned(), kind: "SyntaxError".to_owned() };
        assert_eq!(found.negative, Some(negative));
    }

    #[test]
    fn a_text_without_front_matter_says_nothing() {
        assert_eq!(FrontMatter::of("var a;"), FrontMatter::default());
    }
}
