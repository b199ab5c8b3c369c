//! The words of the command line, read as Node reads them, so that a program can start `process.execPath` as it starts Node.
//!
//! Without the name of a command, `node-memory FLAGS FILE ARGUMENTS` is `node-memory run FLAGS FILE ARGUMENTS`. Flags are those
//! words in front of the first that is none, or of `--`; V8's may have underscores. Flags of V8's that concern its compilers and
//! its threads, of which there are none here, are taken and change nothing.

use crate::flags::Run;
use clap::{Arg, Args, Command};
use std::ffi::{OsStr, OsString};

/// What may come first.
const COMMANDS: [&str; 4] = ["run", "snapshot", "help", "-V"];

/// Flags that change nothing here.
const WITHOUT_EFFECT: [&str; 26] = [
    "--allow-natives-syntax",
    "--enable-source-maps",
    "--experimental-detect-module",
    "--experimental-import-meta-resolve",
    "--experimental-json-modules",
    "--experimental-require-module",
    "--harmony",
    "--jitless",
    "--no-addons",
    "--no-flush-bytecode",
    "--no-global-search-paths",
    "--no-lazy",
    "--no-lazy-feedback-allocation",
    "--no-maglev",
    "--no-opt",
    "--no-sparkplug",
    "--no-turbofan",
    "--openssl-legacy-provider",
    "--pending-deprecation",
    "--perf-basic-prof",
    "--predictable",
    "--sparkplug",
    "--maglev",
    "--single-threaded",
    "--single-threaded-gc",
    "--turbofan",
];

/// Flags that Node does not have.
const OWN: [&str; 11] = [
    "background-sweeping",
    "baseline",
    "deterministic",
    "embedded",
    "heapsnapshot-at-exit",
    "node",
    "preset",
    "regexp-step-limit",
    "report",
    "report-out",
    "reuse",
];

/// Flags that are for one command line, and not for `NODE_OPTIONS`.
const FOR_ONE: [&str; 5] = ["check", "eval", "help", "print", "version"];

/// A command line.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// As the command's parser takes them.
    pub taken: Vec<OsString>,
    /// `process.execArgv`: Node's flags as they were given.
    pub flags: Vec<String>,
    /// The flags of `NODE_OPTIONS`.
    pub environment: Vec<String>,
}

/// Reads a command line; `stands_alone`, if there are no words at all and a program is to be read from the standard input.
///
/// # Errors
/// Node's words of what is wrong.
pub fn of(
    words: impl Iterator<Item = OsString>,
    node_options: Option<&str>,
    stands_alone: bool,
) -> Result<Words, String> {
    let mut words = words.peekable();
    let mut read = Words { taken: words.next().into_iter().collect(), ..Words::default() };
    let first = words.peek().and_then(|word| word.to_str());
    if first.map_or(!stands_alone, |first| COMMANDS.contains(&first) && first != "run") {
        read.taken.extend(words);
        return Ok(read);
    }
    words.next_if(|word| word == "run");
    read.taken.push("run".into());
    let command = Run::augment_args(Command::new("run"));
    if let Some(text) = node_options {
        let mut words = split(text)?.into_iter().map(OsString::from).peekable();
        while words.peek().is_some() {
            let refused = |word: &str| format!("{word} is not allowed in NODE_OPTIONS");
            let given = flag(&command, &mut words, &mut read.taken)?;
            match given {
                Given::Flag(Some(name), words) if FOR_ONE.contains(&name.as_str()) => {
                    return Err(refused(words.first().map_or(&name, |word| word)));
                }
                Given::Flag(_, words) => read.environment.extend(words),
                Given::Unknown(word) => return Err(refused(&word)),
                Given::End => return Err(refused("--")),
                Given::None => drop(words.next()),
            }
        }
    }
    loop {
        match flag(&command, &mut words, &mut read.taken)? {
            Given::Flag(Some(name), _) if OWN.contains(&name.as_str()) => {}
            Given::Flag(_, words) => read.flags.extend(words),
            Given::Unknown(word) => return Err(format!("bad option: {word}")),
            Given::End | Given::None => break,
        }
    }
    if words.peek().is_some() {
        read.taken.push("--".into());
        read.taken.extend(words);
    }
    Ok(read)
}

/// What comes first of some words.
enum Given {
    /// A flag, its name here, and the words that it was given with.
    Flag(Option<String>, Vec<String>),
    Unknown(String),
    /// `--`.
    End,
    /// No flag.
    None,
}

/// Takes a flag and its value from words, and gives them to the command's parser, joined.
fn flag(
    command: &Command,
    words: &mut std::iter::Peekable<impl Iterator<Item = OsString>>,
    taken: &mut Vec<OsString>,
) -> Result<Given, String> {
    let is_flag = |word: &OsString| word.as_encoded_bytes().starts_with(b"-") && word != "-";
    let Some(word) = words.next_if(is_flag) else { return Ok(Given::None) };
    if word == "--" {
        return Ok(Given::End);
    }
    let text = word.to_string_lossy().into_owned();
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (text.as_str(), None),
    };
    let name = if name.starts_with("--") { name.replace('_', "-") } else { name.to_owned() };
    if WITHOUT_EFFECT.contains(&name.as_str()) {
        return Ok(Given::Flag(None, vec![text]));
    }
    if name == "-h" || name == "--help" {
        taken.push("--help".into());
        return Ok(Given::Flag(Some("help".to_owned()), vec![text]));
    }
    let argument = if name == "-pe" { find(command, "-p") } else { find(command, &name) };
    let Some(argument) = argument else {
        let other = name.strip_prefix("--no-").map(|rest| format!("--{rest}"));
        let other = other.filter(|name| find(command, name).is_some_and(|found| !has_value(found)));
        return Ok(match other {
            Some(other) => {
                taken.retain(|word| word != OsStr::new(&other));
                Given::Flag(None, vec![text])
            }
            None => Given::Unknown(text),
        });
    };
    let long = argument.get_long().unwrap_or_default().to_owned();
    let mut given = vec![text.clone()];
    let is_short = !name.starts_with("--");
    if !has_value(argument) {
        if value.is_some() {
            return Ok(Given::Unknown(text));
        }
        taken.push(format!("--{long}").into());
        return Ok(Given::Flag(Some(long), given));
    }
    if is_short && value.is_some() {
        return Ok(Given::Unknown(text));
    }
    let mut joined = OsString::from(format!("--{long}"));
    let value = value.map(OsString::from).or_else(|| {
        let next = words.next_if(|word| !is_flag(word))?;
        given.push(next.to_string_lossy().into_owned());
        Some(next)
    });
    match value {
        // Text may be empty.
        Some(value) if !value.is_empty() || long == "eval" || long == "print" => {
            joined.push("=");
            joined.push(value);
        }
        None if long == "print" => {}
        _ => return Err(format!("{text} requires an argument")),
    }
    taken.push(joined);
    Ok(Given::Flag(Some(long), given))
}

fn find<'c>(command: &'c Command, name: &str) -> Option<&'c Arg> {
    command.get_arguments().find(|argument| match name.strip_prefix("--") {
        Some(long) => argument.get_long() == Some(long),
        None => argument.get_short().is_some_and(|short| name == format!("-{short}")),
    })
}

fn has_value(argument: &Arg) -> bool {
    argument.get_action().takes_values()
}

/// The words of `NODE_OPTIONS`: spaces part them but in double quotes, where a backslash takes the next character as it is.
fn split(text: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), None::<String>, false);
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' if quoted => match characters.next() {
                Some(next) => word.get_or_insert_default().push(next),
                None => {
                    return Err("invalid value for NODE_OPTIONS (invalid escape)\n".to_owned());
                }
            },
            ' ' if !quoted => words.extend(word.take()),
            '"' => quoted = !quoted,
            character => word.get_or_insert_default().push(character),
        }
    }
    if quoted {
        return Err("invalid value for NODE_OPTIONS (unterminated string)\n".to_owned());
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::{Words, of, split};

    fn read(words: &[&str], node_options: Option<&str>) -> Result<Words, String> {
        of(words.iter().map(|word| (*word).into()), node_options, false)
    }

    fn taken(words: &[&str]) -> Vec<String> {
        let words = read(words, None).unwrap().taken;
        words.into_iter().map(|word| word.to_string_lossy().into_owned()).collect()
    }

    fn refused(words: &[&str], node_options: Option<&str>) -> String {
        read(words, node_options).unwrap_err()
    }

    #[test]
    fn a_file_alone_is_run() {
        let run = ["n", "run", "--", "a.js", "--no-opt"];
        assert_eq!(taken(&["n", "a.js", "--no-opt"]), run);
        assert_eq!(taken(&["n", "run", "a.js", "--no-opt"]), run);
        let run = ["n", "run", "--expose-gc", "--", "a.js"];
        assert_eq!(taken(&["n", "--no-opt", "--expose_gc", "a.js"]), run);
        assert_eq!(taken(&["n", "--version"]), ["n", "run", "--version"]);
        assert_eq!(taken(&["n", "snapshot", "-x"]), ["n", "snapshot", "-x"]);
        assert_eq!(taken(&["n"]), ["n"]);
        let alone = of(["n".into()].into_iter(), None, true).unwrap();
        assert_eq!(alone.taken, ["n", "run"]);
    }

    #[test]
    fn flags_end_where_nodes_do() {
        assert_eq!(taken(&["n", "-", "-x"]), ["n", "run", "--", "-", "-x"]);
        assert_eq!(taken(&["n", "--", "a.js", "--", "b"]), ["n", "run", "--", "a.js", "--", "b"]);
        assert_eq!(taken(&["n", "-e", "1", "--", "-x"]), ["n", "run", "--eval=1", "--", "-x"]);
    }

    #[test]
    fn values_are_joined_to_their_flags() {
        assert_eq!(taken(&["n", "-pe", "a=1", "b"]), ["n", "run", "--print=a=1", "--", "b"]);
        assert_eq!(taken(&["n", "-p", "--eval=3"]), ["n", "run", "--print", "--eval=3"]);
        assert_eq!(taken(&["n", "-r", "./a", "-e", ""]), ["n", "run", "--require=./a", "--eval="]);
        assert_eq!(
            taken(&["n", "--stack_trace_limit=3", "a_b"]),
            ["n", "run", "--stack-trace-limit=3", "--", "a_b"]
        );
        assert_eq!(taken(&["n", "--expose-gc", "--no-expose_gc", "a"]), ["n", "run", "--", "a"]);
    }

    #[test]
    fn what_is_no_flag_is_refused_in_nodes_words() {
        for (words, text) in [
            (["n", "--foo"], "bad option: --foo"),
            (["n", "--foo=1"], "bad option: --foo=1"),
            (["n", "-x"], "bad option: -x"),
            (["n", "-e"], "-e requires an argument"),
            (["n", "--require="], "--require= requires an argument"),
            (["n", "--expose-gc=3"], "bad option: --expose-gc=3"),
        ] {
            assert_eq!(refused(&words, None), text);
        }
        assert_eq!(refused(&["n", "-r", "-x", "a"], None), "-r requires an argument");
    }

    #[test]
    fn flags_of_the_environment_come_first_and_are_not_the_programs() {
        let words = ["n", "-r", "./b", "--node", "24", "--no_opt", "a.js"];
        let words = read(&words, Some("--expose-gc  -r \"./a b\"")).unwrap();
        let run = [
            "n",
            "run",
            "--expose-gc",
            "--require=./a b",
            "--require=./b",
            "--node=24",
            "--",
            "a.js",
        ];
        assert_eq!(words.taken, run);
        assert_eq!(words.flags, ["-r", "./b", "--no_opt"]);
        assert_eq!(words.environment, ["--expose-gc", "-r", "./a b"]);
        for (text, word) in [("--foo", "--foo"), ("-e 1", "-e"), ("--", "--")] {
            let text = refused(&["n", "a.js"], Some(text));
            assert_eq!(text, format!("{word} is not allowed in NODE_OPTIONS"));
        }
    }

    #[test]
    fn words_in_quotes_are_one() {
        assert_eq!(split(r#" a  "b c"d "\"e\\" "#).unwrap(), ["a", "b cd", "\"e\\"]);
        assert!(split("\"a").unwrap_err().ends_with("(unterminated string)\n"));
    }
}
