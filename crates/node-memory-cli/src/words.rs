//! The words of the command line, so that a program can start `process.execPath` as it starts Node.
//!
//! Without the name of a command, `node-memory FLAGS FILE` is `node-memory run FLAGS FILE`. Flags of V8's that concern its
//! compilers and its threads, of which there are none here, are taken and change nothing.

use std::ffi::OsString;

/// What may come first.
const COMMANDS: [&str; 7] = ["run", "snapshot", "help", "--help", "-h", "--version", "-V"];

/// V8's flags that change nothing here.
const WITHOUT_EFFECT: [&str; 11] = [
    "--allow-natives-syntax",
    "--jitless",
    "--no-flush-bytecode",
    "--no-lazy-feedback-allocation",
    "--no-maglev",
    "--no-opt",
    "--no-sparkplug",
    "--no-turbofan",
    "--predictable",
    "--single-threaded",
    "--single-threaded-gc",
];

/// The words as the command takes them.
pub fn of(words: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut words: Vec<OsString> = words.collect();
    let first = words.get(1).map(|word| word.to_string_lossy().into_owned());
    if first.as_deref().is_some_and(|first| !COMMANDS.contains(&first)) {
        words.insert(1, "run".into());
    }
    if words.get(1).is_none_or(|command| command != "run") {
        return words;
    }
    let mut taken: Vec<OsString> = words.drain(..2).collect();
    let mut flags = true;
    for word in words {
        let text = word.to_string_lossy();
        flags &= text.starts_with('-') || taken.last().is_some_and(takes_value);
        if flags && WITHOUT_EFFECT.contains(&text.replace('_', "-").as_str()) {
            continue;
        }
        taken.push(word);
    }
    taken
}

/// The next word may be a flag's value.
fn takes_value(flag: &OsString) -> bool {
    let text = flag.to_string_lossy();
    text.starts_with('-') && !text.contains('=')
}

/// A program that prints what a text gives (`node -p`): Node's modules are there by their names.
pub fn printing(text: &str) -> String {
    format!(
        "for (const name of ['assert', 'buffer', 'child_process', 'events', 'fs', 'os', 'path', 'stream', 'url', 'util', \
         'v8']) Object.defineProperty(globalThis, name, {{ get: () => require(name), configurable: true }});\n\
         console.log((0, eval)({text:?}));\n"
    )
}

#[cfg(test)]
mod tests {
    use super::of;

    fn taken(words: &[&str]) -> Vec<String> {
        let words = of(words.iter().map(|word| (*word).into()));
        words.into_iter().map(|word| word.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_file_alone_is_run() {
        assert_eq!(taken(&["n", "a.js", "--no-opt"]), ["n", "run", "a.js", "--no-opt"]);
        assert_eq!(
            taken(&["n", "--no-opt", "--expose_gc", "a.js"]),
            ["n", "run", "--expose_gc", "a.js"]
        );
        assert_eq!(taken(&["n", "--version"]), ["n", "--version"]);
        assert_eq!(taken(&["n"]), ["n"]);
    }
}
