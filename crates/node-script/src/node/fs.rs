//! `fs`: whole files and descriptors, synchronously.

use crate::builtins::Method;
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R};
use crate::objects::class::Flags;
use crate::objects::code::Arguments;
use crate::thrown::Outcome;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

const METHODS: &[Method] = &[
    ("appendFileSync", 2, append_file),
    ("closeSync", 1, close),
    ("existsSync", 1, exists),
    ("mkdirSync", 1, make_directory),
    ("openSync", 2, open),
    ("readFileSync", 1, read_file),
    ("readdirSync", 1, read_directory),
    ("statSync", 1, stat),
    ("unlinkSync", 1, unlink),
    ("writeFileSync", 2, write_file),
    ("writeSync", 2, write),
];

/// Descriptors below are the process's own.
const FIRST: usize = 17;

pub(super) fn make(machine: &mut Machine, to: R) -> Outcome {
    let module = machine.temp()?;
    machine.new_object(module, METHODS.len())?;
    machine.define_methods(module, METHODS)?;
    machine.copy(to, module);
    Ok(())
}

/// The name and the number of the system's error, as libuv has them.
fn system_error(error: &io::Error) -> (&'static str, &'static str) {
    match error.kind() {
        io::ErrorKind::NotFound => ("ENOENT", "no such file or directory"),
        io::ErrorKind::PermissionDenied => ("EACCES", "permission denied"),
        io::ErrorKind::AlreadyExists => ("EEXIST", "file already exists"),
        io::ErrorKind::IsADirectory => ("EISDIR", "illegal operation on a directory"),
        io::ErrorKind::NotADirectory => ("ENOTDIR", "not a directory"),
        io::ErrorKind::DirectoryNotEmpty => ("ENOTEMPTY", "directory not empty"),
        io::ErrorKind::StorageFull => ("ENOSPC", "no space left on device"),
        _ => ("EIO", "i/o error"),
    }
}

impl Machine {
    /// Throws the system's error as Node does: its number, its name, what was called and with which path.
    pub(crate) fn throw_system_error<T>(
        &mut self,
        error: &io::Error,
        call: &str,
        path: Option<&str>,
    ) -> Outcome<T> {
        let (code, text) = system_error(error);
        let shown = path.map(|path| format!(" '{path}'")).unwrap_or_default();
        let message = format!("{code}: {text}, {call}{shown}");
        let object = self.temps(2)?;
        self.new_error(object, ErrorKind::Error, &message)?;
        let number = -error.raw_os_error().unwrap_or(5);
        self.set_number(object + 1, f64::from(number))?;
        self.plain(object, "errno", object + 1)?;
        for (name, text) in [("code", Some(code)), ("syscall", Some(call)), ("path", path)] {
            if let Some(text) = text {
                self.new_text(object + 1, text)?;
                self.plain(object, name, object + 1)?;
            }
        }
        self.throw(object)
    }

    /// A file that the program has opened, by its descriptor.
    pub(super) fn descriptor(&mut self, number: usize) -> Option<fs::File> {
        let file = self.node.files.open.get(number.checked_sub(FIRST)?)?;
        file.try_clone().ok()
    }

    fn file_path(&mut self, value: R) -> Outcome<(String, PathBuf)> {
        let path = self.text_argument(value, "path")?;
        let whole = self.options.directory.join(&path);
        Ok((path, whole))
    }

    /// What is to be written: a string, or bytes.
    fn file_bytes(&mut self, value: R) -> Outcome<Vec<u8>> {
        match self.has_bytes(value) {
            true => self.bytes_of(value),
            false if self.is_string(value) => Ok(self.rust_string(value)?.into_bytes()),
            false => {
                let shown = self.received(value);
                let text = format!(
                    "The \"data\" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received {shown}"
                );
                self.throw_node_error(ErrorKind::TypeError, "ERR_INVALID_ARG_TYPE", &text)
            }
        }
    }
}

fn read_file(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (path, whole) = machine.file_path(arguments.at(0))?;
    let bytes = match fs::read(whole) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
            return machine.throw_system_error(&error, "read", None);
        }
        Err(error) => return machine.throw_system_error(&error, "open", Some(&path)),
    };
    let encoding = machine.temp()?;
    machine.copy(encoding, arguments.at(1));
    if machine.is_object(encoding) {
        let name = machine.atoms.intern_str("encoding");
        machine.get_named(encoding, encoding, name)?;
    }
    if !machine.is_nullish(encoding) {
        let name = machine.string_of(encoding)?.to_lowercase();
        return match name.as_str() {
            "utf8" | "utf-8" => machine.give_text(&String::from_utf8_lossy(&bytes)),
            "latin1" | "binary" | "ascii" => {
                machine.new_one_byte(0, &bytes)?;
                Ok(0)
            }
            _ => {
                let text = format!("The encoding {name} is not supported");
                machine.throw_node_error(ErrorKind::TypeError, "ERR_INVALID_ARG_VALUE", &text)
            }
        };
    }
    // A Buffer, by Buffer's own function.
    let global = machine.temps(4)?;
    let (class, buffer, value) = (global + 1, global + 2, global + 3);
    machine.load_root(global, crate::machine::roots::GLOBAL);
    let name = machine.atoms.intern_str("Buffer");
    machine.get_named(class, global, name)?;
    machine.set_number(value, bytes.len() as f64)?;
    let alloc = machine.atoms.intern_str("allocUnsafeSlow");
    machine.call_method(buffer, class, alloc, &[value])?;
    machine.with_bytes(buffer, |room| room.copy_from_slice(&bytes))?;
    Ok(buffer)
}

fn write_file(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let bytes = machine.file_bytes(arguments.at(1))?;
    if machine.type_of(arguments.at(0)).is_number() {
        return write_to(machine, arguments.at(0), &bytes);
    }
    let (path, whole) = machine.file_path(arguments.at(0))?;
    match fs::write(whole, bytes) {
        Ok(()) => machine.give_undefined(),
        Err(error) => machine.throw_system_error(&error, "open", Some(&path)),
    }
}

fn append_file(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let bytes = machine.file_bytes(arguments.at(1))?;
    let (path, whole) = machine.file_path(arguments.at(0))?;
    let file = fs::OpenOptions::new().append(true).create(true).open(whole);
    match file.and_then(|mut file| file.write_all(&bytes)) {
        Ok(()) => machine.give_undefined(),
        Err(error) => machine.throw_system_error(&error, "open", Some(&path)),
    }
}

fn open(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (path, whole) = machine.file_path(arguments.at(0))?;
    let flags = match machine.is_string(arguments.at(1)) {
        true => machine.rust_string(arguments.at(1))?,
        false => "r".to_owned(),
    };
    let mut options = fs::OpenOptions::new();
    match flags.as_str() {
        "r" => options.read(true),
        "r+" => options.read(true).write(true),
        "w" => options.write(true).create(true).truncate(true),
        "w+" => options.read(true).write(true).create(true).truncate(true),
        "a" => options.append(true).create(true),
        "wx" => options.write(true).create_new(true),
        _ => {
            let text = format!("The argument 'flags' is invalid. Received '{flags}'");
            return machine.throw_node_error(ErrorKind::TypeError, "ERR_INVALID_ARG_VALUE", &text);
        }
    };
    match options.open(whole) {
        Ok(file) => {
            let number = FIRST + machine.node.files.open.insert(file);
            machine.give_number(number as f64)
        }
        Err(error) => machine.throw_system_error(&error, "open", Some(&path)),
    }
}

fn bad_descriptor<T>(machine: &mut Machine, call: &str) -> Outcome<T> {
    let text = format!("EBADF: bad file descriptor, {call}");
    let object = machine.temps(2)?;
    machine.new_error(object, ErrorKind::Error, &text)?;
    machine.new_text(object + 1, "EBADF")?;
    machine.plain(object, "code", object + 1)?;
    machine.throw(object)
}

fn close(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let number = machine.to_integer(arguments.at(0))? as usize;
    match number.checked_sub(FIRST).and_then(|place| machine.node.files.open.try_remove(place)) {
        Some(_) => machine.give_undefined(),
        None => bad_descriptor(machine, "close"),
    }
}

fn write(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let bytes = machine.file_bytes(arguments.at(1))?;
    write_to(machine, arguments.at(0), &bytes)
}

fn write_to(machine: &mut Machine, descriptor: R, bytes: &[u8]) -> Outcome<R> {
    use super::console::To;
    let number = machine.to_integer(descriptor)? as usize;
    match number {
        1 => machine.print(To::Out, bytes),
        2 => machine.print(To::Error, bytes),
        _ => {
            let place = number.checked_sub(FIRST);
            let files = &mut machine.node.files;
            let opened = place.and_then(|place| files.open.get_mut(place));
            let file = match opened {
                Some(file) => Some(file),
                None => files.inherited(number),
            };
            let Some(file) = file else { return bad_descriptor(machine, "write") };
            if let Err(error) = file.write_all(bytes) {
                return machine.throw_system_error(&error, "write", None);
            }
        }
    }
    machine.give_number(bytes.len() as f64)
}

fn exists(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if !machine.is_string(arguments.at(0)) {
        return machine.give_bool(false);
    }
    let (_, whole) = machine.file_path(arguments.at(0))?;
    machine.give_bool(whole.exists())
}

fn unlink(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (path, whole) = machine.file_path(arguments.at(0))?;
    match fs::remove_file(whole) {
        Ok(()) => machine.give_undefined(),
        Err(error) => machine.throw_system_error(&error, "unlink", Some(&path)),
    }
}

fn make_directory(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (path, whole) = machine.file_path(arguments.at(0))?;
    let options = arguments.at(1);
    let all = machine.is_object(options)
        && super::check_options::flag(machine, options, "recursive", false)?;
    match if all { fs::create_dir_all(whole) } else { fs::create_dir(whole) } {
        Ok(()) => machine.give_undefined(),
        Err(error) => machine.throw_system_error(&error, "mkdir", Some(&path)),
    }
}

fn read_directory(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (path, whole) = machine.file_path(arguments.at(0))?;
    let entries = fs::read_dir(whole).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    match entries {
        Ok(entries) => {
            let names =
                entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned());
            let mut names: Vec<String> = names.collect();
            names.sort();
            machine.list_of_texts(0, names)?;
            Ok(0)
        }
        Err(error) => machine.throw_system_error(&error, "scandir", Some(&path)),
    }
}

fn stat(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (path, whole) = machine.file_path(arguments.at(0))?;
    let found = match fs::metadata(whole) {
        Ok(found) => found,
        Err(error) => return machine.throw_system_error(&error, "stat", Some(&path)),
    };
    let object = machine.temps(2)?;
    machine.new_object(object, 4)?;
    machine.set_number(object + 1, found.len() as f64)?;
    machine.plain(object, "size", object + 1)?;
    for (name, answers) in [("isFile", found.is_file()), ("isDirectory", found.is_dir())] {
        let call = if answers { yes } else { no };
        let key = machine.atoms.intern_str(name);
        machine.new_native(object + 1, key, 0, call, false)?;
        machine.define_named(object, key, object + 1, Flags::HIDDEN)?;
    }
    Ok(object)
}

fn yes(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.give_bool(true)
}

fn no(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.give_bool(false)
}
