//! `child_process`: programs that are waited for (`spawnSync` and what is built on it).
//!
//! A descriptor of the program's above 2 reaches the child as the file itself, which is possible without unsafe code for
//! the standard three alone; any other goes to the child through a shell.

use super::console::To;
use crate::builtins::Method;
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R};
use crate::objects::atoms::Key;
use crate::objects::code::Arguments;
use crate::objects::object::Type;
use crate::thrown::Outcome;
use std::fs::File;
use std::io::Write;
use std::process::{Child, Command, ExitStatus, Stdio};

const METHODS: &[Method] = &[
    ("execFileSync", 3, exec_file_sync),
    ("execSync", 2, exec_sync),
    ("spawnSync", 3, spawn_sync),
];

/// Bytes of an output beyond which it is an error (Node's `MAX_BUFFER`).
const MOST: usize = 1 << 20;

pub(super) fn make(machine: &mut Machine, to: R) -> Outcome {
    let module = machine.temp()?;
    machine.new_object(module, METHODS.len())?;
    machine.define_methods(module, METHODS)?;
    machine.copy(to, module);
    Ok(())
}

/// Where an input or an output of the child is.
#[derive(Debug)]
enum Place {
    Pipe,
    Ignore,
    Inherit,
    File(File),
}

/// What is to be run, and how.
struct Spawn {
    command: Command,
    /// The words that were asked for, for errors.
    file: String,
    input: Vec<u8>,
    places: Vec<Place>,
    encoding: Option<R>,
    most: usize,
}

/// What came of it.
struct Ended {
    pid: u32,
    status: ExitStatus,
    outputs: [Option<Vec<u8>>; 2],
    /// An output was longer than allowed.
    too_long: bool,
}

/// Runs a command to its end.
fn run(spawn: &mut Spawn) -> std::io::Result<Ended> {
    let stdio = |place: &Place| -> std::io::Result<Stdio> {
        Ok(match place {
            Place::Pipe => Stdio::piped(),
            Place::Ignore => Stdio::null(),
            Place::Inherit => Stdio::inherit(),
            Place::File(file) => file.try_clone()?.into(),
        })
    };
    let command = &mut spawn.command;
    command.stdin(stdio(&spawn.places[0])?);
    command.stdout(stdio(&spawn.places[1])?).stderr(stdio(&spawn.places[2])?);
    let mut child: Child = command.spawn()?;
    let pid = child.id();
    let input = std::mem::take(&mut spawn.input);
    // A child may write before it has read all, and may end without reading.
    let writer = child.stdin.take().map(|mut to| {
        std::thread::spawn(move || {
            let _ = to.write_all(&input);
        })
    });
    let outputs = [spawn.places[1].is_pipe(), spawn.places[2].is_pipe()];
    let output = child.wait_with_output()?;
    if let Some(writer) = writer {
        let _ = writer.join();
    }
    let most = spawn.most;
    let too_long = output.stdout.len() > most || output.stderr.len() > most;
    let kept = |is_pipe: bool, mut bytes: Vec<u8>| {
        bytes.truncate(most);
        is_pipe.then_some(bytes)
    };
    let outputs = [kept(outputs[0], output.stdout), kept(outputs[1], output.stderr)];
    Ok(Ended { pid, status: output.status, outputs, too_long })
}

impl Place {
    fn is_pipe(&self) -> bool {
        matches!(self, Self::Pipe)
    }
}

/// The signal that has ended a process.
#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<&'static str> {
    use std::os::unix::process::ExitStatusExt;
    Some(match status.signal()? {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        _ => "SIGUNKNOWN",
    })
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<&'static str> {
    None
}

// -- arguments --------------------------------------------------------------------------------------------------

impl Machine {
    /// An array of texts, as words for a command.
    fn words(&mut self, list: R) -> Outcome<Vec<String>> {
        let mut words = Vec::new();
        self.scoped(|machine| {
            let value = machine.temp()?;
            for index in 0..machine.array_length(list) {
                machine.get(value, list, Key::Index(index as u32))?;
                words.push(machine.string_of(value)?);
            }
            Ok(())
        })?;
        Ok(words)
    }

    /// The files that the child has as its own, and the extra one above the standard three.
    fn child_places(&mut self, options: R, errors: Place) -> Outcome<Vec<Place>> {
        let mut places = vec![Place::Pipe, Place::Pipe, errors];
        if !self.is_object(options) {
            return Ok(places);
        }
        self.scoped(|machine| {
            let list = machine.temps(2)?;
            let value = list + 1;
            machine.get_text(list, options, "stdio")?;
            if machine.is_nullish(list) {
                return Ok(());
            }
            let is_one = machine.is_string(list);
            let count = if is_one { 3 } else { machine.array_length(list) };
            for index in 0..count {
                if is_one {
                    machine.copy(value, list);
                } else {
                    machine.get(value, list, Key::Index(index as u32))?;
                }
                let place = machine.child_place(value, index)?;
                match places.get_mut(index) {
                    Some(old) => *old = place,
                    None => places.push(place),
                }
            }
            Ok(())
        })?;
        Ok(places)
    }

    fn child_place(&mut self, value: R, index: usize) -> Outcome<Place> {
        match self.type_of(value) {
            Type::Undefined | Type::Null if index < 3 => Ok(Place::Pipe),
            Type::Undefined | Type::Null => Ok(Place::Ignore),
            Type::Smi(number) if (0..3).contains(&number) => Ok(Place::Inherit),
            Type::Smi(number) => match self.descriptor(number as usize) {
                Some(file) => Ok(Place::File(file)),
                None => self.throw_argument_value("stdio", value),
            },
            _ => {
                let name = self.string_of(value)?;
                match name.as_str() {
                    "pipe" | "overlapped" => Ok(Place::Pipe),
                    "ignore" => Ok(Place::Ignore),
                    "inherit" => Ok(Place::Inherit),
                    _ => self.throw_argument_value("stdio", value),
                }
            }
        }
    }

    /// A command of words, with Node's options.
    fn child(
        &mut self,
        file: String,
        words: Vec<String>,
        options: R,
        errors: Place,
    ) -> Outcome<Spawn> {
        let mut shell = None;
        let mut spawn = Spawn {
            command: Command::new(&file),
            file,
            input: Vec::new(),
            places: self.child_places(options, errors)?,
            encoding: None,
            most: MOST,
        };
        let mut directory = self.options.directory.clone();
        let mut environment = None;
        if self.is_object(options) {
            let value = self.temp()?;
            self.get_text(value, options, "shell")?;
            if self.to_boolean(value) {
                let is_named = self.is_string(value);
                shell =
                    Some(if is_named { self.rust_string(value)? } else { "/bin/sh".to_owned() });
            }
            self.get_text(value, options, "cwd")?;
            if !self.is_nullish(value) {
                directory = directory.join(self.string_of(value)?);
            }
            spawn.most = super::check_options::whole(self, options, "maxBuffer", MOST)?;
            self.get_text(value, options, "input")?;
            if self.has_bytes(value) {
                spawn.input = self.bytes_of(value)?;
            } else if self.is_string(value) {
                spawn.input = self.rust_string(value)?.into_bytes();
            }
            self.get_text(value, options, "env")?;
            if self.is_object(value) {
                let mut pairs = Vec::new();
                for key in self.own_keys(value, true)? {
                    let text = self.temp()?;
                    self.get(text, value, key)?;
                    if !self.is_undefined(text) {
                        pairs.push((self.key_text(key), self.string_of(text)?));
                    }
                }
                environment = Some(pairs);
            }
            self.get_text(value, options, "encoding")?;
            if self.is_string(value) && self.rust_string(value)? != "buffer" {
                spawn.encoding = Some(value);
            }
        }
        if let Some(shell) = shell {
            let mut line = spawn.file.clone();
            words.iter().for_each(|word| line.extend([" ", word]));
            spawn.command = Command::new(&shell);
            spawn.command.args(["-c", &line]);
            spawn.file = shell;
        } else {
            spawn.command.args(&words);
            self.pass_further(&mut spawn, &words)?;
        }
        spawn.command.current_dir(directory);
        if let Some(pairs) = environment {
            spawn.command.env_clear().envs(pairs);
        }
        Ok(spawn)
    }

    /// A file above the standard three becomes the shell's input, which gives it its number.
    fn pass_further(&mut self, spawn: &mut Spawn, words: &[String]) -> Outcome {
        let further = spawn.places.drain(3..).enumerate();
        let mut files = further.filter_map(|(place, file)| match file {
            Place::File(file) => Some((3 + place, file)),
            _ => None,
        });
        let first = files.next();
        let more = files.next().is_some();
        drop(files);
        let Some((number, file)) = first else { return Ok(()) };
        if more || !matches!(spawn.places[0], Place::Ignore) {
            let text = "more than one descriptor above 2, or one beside an input, is not supported";
            return self.throw_error(ErrorKind::Error, text);
        }
        let line = format!("exec \"$0\" \"$@\" {number}>&0 </dev/null");
        spawn.command = Command::new("/bin/sh");
        spawn.command.args(["-c", &line, &spawn.file]).args(words);
        spawn.places[0] = Place::File(file);
        Ok(())
    }

    // -- results ------------------------------------------------------------------------------------------------

    /// An output, as a Buffer or as text; `null` if it was not piped.
    fn child_output(&mut self, to: R, bytes: Option<&[u8]>, encoding: Option<R>) -> Outcome {
        let Some(bytes) = bytes else {
            self.registers().set_null(to);
            return Ok(());
        };
        self.scoped(|machine| {
            let buffer = machine.temp()?;
            machine.buffer_slow(buffer, bytes.len())?;
            machine.with_bytes(buffer, |room| room.copy_from_slice(bytes))?;
            match encoding {
                Some(encoding) => {
                    let name = machine.atoms.intern_str("toString");
                    machine.call_method(to, buffer, name, &[encoding])
                }
                None => {
                    machine.copy(to, buffer);
                    Ok(())
                }
            }
        })
    }

    /// The error of a command that could not be run, as Node makes it.
    fn child_error(&mut self, to: R, spawn: &Spawn, code: &str, number: i32) -> Outcome {
        let call = format!("spawnSync {}", spawn.file);
        self.new_error(to, ErrorKind::Error, &format!("{call} {code}"))?;
        self.scoped(|machine| {
            let value = machine.temp()?;
            machine.set_number(value, f64::from(number))?;
            machine.plain(to, "errno", value)?;
            for (name, text) in [("code", code), ("syscall", &call), ("path", &spawn.file)] {
                machine.new_text(value, text)?;
                machine.plain(to, name, value)?;
            }
            Ok(())
        })
    }

    /// What `spawnSync` returns.
    fn child_result(&mut self, to: R, spawn: &mut Spawn) -> Outcome {
        let ended = run(spawn);
        self.new_object(to, 6)?;
        let encoding = spawn.encoding;
        self.scoped(|machine| {
            let value = machine.temps(5)?;
            let (list, parts) = (value + 1, value + 2);
            match &ended {
                Ok(ended) => {
                    if ended.too_long {
                        machine.child_error(value, spawn, "ENOBUFS", -105)?;
                        machine.plain(to, "error", value)?;
                    }
                    match ended.status.code() {
                        Some(code) => machine.set_number(value, f64::from(code))?,
                        None => machine.registers().set_null(value),
                    }
                    machine.plain(to, "status", value)?;
                    match signal(ended.status) {
                        Some(name) => machine.new_text(value, name)?,
                        None => machine.registers().set_null(value),
                    }
                    machine.plain(to, "signal", value)?;
                    machine.registers().set_null(parts);
                    for (place, bytes) in ended.outputs.iter().enumerate() {
                        machine.child_output(parts + 1 + place, bytes.as_deref(), encoding)?;
                    }
                    machine.new_array(list, 3)?;
                    for place in 0..3 {
                        machine.put_element(list, place as u32, parts + place)?;
                    }
                    machine.plain(to, "output", list)?;
                    machine.set_number(value, f64::from(ended.pid))?;
                    machine.plain(to, "pid", value)?;
                    machine.plain(to, "stdout", parts + 1)?;
                    machine.plain(to, "stderr", parts + 2)
                }
                Err(error) => {
                    let code = match error.kind() {
                        std::io::ErrorKind::NotFound => "ENOENT",
                        std::io::ErrorKind::PermissionDenied => "EACCES",
                        _ => "EIO",
                    };
                    let number = -error.raw_os_error().unwrap_or(5);
                    machine.child_error(value, spawn, code, number)?;
                    machine.plain(to, "error", value)?;
                    machine.registers().set_null(value);
                    for name in ["status", "signal", "output"] {
                        machine.plain(to, name, value)?;
                    }
                    machine.set_number(value, 0.0)?;
                    machine.plain(to, "pid", value)?;
                    machine.registers().set_null(value);
                    machine.plain(to, "stdout", value)?;
                    machine.plain(to, "stderr", value)
                }
            }
        })
    }

    /// Runs a command whose failure is thrown; gives what it has written.
    fn child_checked(
        &mut self,
        to: R,
        spawn: &mut Spawn,
        line: &str,
        shows_errors: bool,
    ) -> Outcome {
        self.child_result(to, spawn)?;
        self.scoped(|machine| {
            let value = machine.temps(2)?;
            let error = value + 1;
            machine.get_text(value, to, "stderr")?;
            let mut said = Vec::new();
            if machine.has_bytes(value) {
                said = machine.bytes_of(value)?;
            } else if machine.is_string(value) {
                said = machine.rust_string(value)?.into_bytes();
            }
            if shows_errors {
                machine.print(To::Error, &said);
            }
            machine.get_text(error, to, "error")?;
            machine.get_text(value, to, "status")?;
            let failed = machine.is_object(error);
            if !failed && machine.registers().number(value) == Some(0.0) {
                return machine.get_text(to, to, "stdout");
            }
            if !failed {
                let mut text = format!("Command failed: {line}");
                if !said.is_empty() {
                    text.push('\n');
                    text.push_str(&String::from_utf8_lossy(&said));
                }
                machine.new_error(error, ErrorKind::Error, &text)?;
            }
            for name in ["status", "signal", "output", "pid", "stdout", "stderr"] {
                machine.get_text(value, to, name)?;
                machine.plain(error, name, value)?;
            }
            machine.throw(error)
        })
    }
}

/// The command's words and its options: `(file, [words], [options])`.
fn command(machine: &mut Machine, arguments: Arguments) -> Outcome<(String, Vec<String>, R)> {
    let file = machine.text_argument(arguments.at(0), "file")?;
    let list = arguments.at(1);
    let is_list = machine.kind_of(list) == Some(crate::objects::class::ObjectKind::Array);
    let words = if is_list { machine.words(list)? } else { Vec::new() };
    let options = if is_list || machine.is_nullish(list) { arguments.at(2) } else { list };
    Ok((file, words, options))
}

fn spawn_sync(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (file, words, options) = command(machine, arguments)?;
    let result = machine.temp()?;
    let mut spawn = machine.child(file, words, options, Place::Pipe)?;
    machine.child_result(result, &mut spawn)?;
    Ok(result)
}

fn exec_file_sync(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (file, words, options) = command(machine, arguments)?;
    let mut line = file.clone();
    words.iter().for_each(|word| line.extend([" ", word]));
    checked(machine, (file, words), options, &line)
}

fn exec_sync(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let line = machine.text_argument(arguments.at(0), "command")?;
    let words = vec!["-c".to_owned(), line.clone()];
    checked(machine, ("/bin/sh".to_owned(), words), arguments.at(1), &line)
}

fn checked(
    machine: &mut Machine,
    (file, words): (String, Vec<String>),
    options: R,
    line: &str,
) -> Outcome<R> {
    let result = machine.temps(2)?;
    let mut shows_errors = true;
    if machine.is_object(options) {
        machine.get_text(result + 1, options, "stdio")?;
        shows_errors = machine.is_nullish(result + 1);
    }
    let mut spawn = machine.child(file, words, options, Place::Pipe)?;
    machine.child_checked(result, &mut spawn, line, shows_errors)?;
    Ok(result)
}
