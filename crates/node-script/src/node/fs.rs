//! `fs`'s system calls, which are synchronous. Callbacks, promises and streams are JavaScript (`library/fs.js`).

mod arguments;

use crate::builtins::Method;
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R};
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::Arguments;
use crate::thrown::{Outcome, Thrown};
use std::fs;
use std::io::{self, Read, Seek, Write};
use std::path::PathBuf;

const METHODS: &[Method] = &[
    ("accessSync", 1, access),
    ("appendFileSync", 2, append_file),
    ("closeSync", 1, close),
    ("copyFileSync", 2, copy_file),
    ("existsSync", 1, exists),
    ("fstatSync", 1, stat_descriptor),
    ("fsyncSync", 1, sync),
    ("ftruncateSync", 2, truncate_descriptor),
    ("lstatSync", 1, stat_link),
    ("mkdirSync", 1, make_directory),
    ("mkdtempSync", 1, make_temporary),
    ("openSync", 2, open),
    ("readFileSync", 1, read_file),
    ("readSync", 5, read),
    ("readdirSync", 1, read_directory),
    ("realpathSync", 1, real_path),
    ("renameSync", 2, rename),
    ("rmSync", 1, remove),
    ("rmdirSync", 1, remove_directory),
    ("statSync", 1, stat),
    ("truncateSync", 2, truncate),
    ("unlinkSync", 1, unlink),
    ("writeFileSync", 2, write_file),
    ("writeSync", 5, write),
];

/// Descriptors below are the process's own.
const FIRST: usize = 17;
/// The system's number of `EBADF`.
const BAD_DESCRIPTOR: i32 = 9;

pub(super) fn install(machine: &mut Machine) -> Outcome {
    machine.share_object_with_library("sync", METHODS)
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
        io::ErrorKind::ResourceBusy => ("EBUSY", "resource busy or locked"),
        io::ErrorKind::CrossesDevices => ("EXDEV", "cross-device link not permitted"),
        io::ErrorKind::InvalidInput => ("EINVAL", "invalid argument"),
        io::ErrorKind::InvalidFilename => ("ENAMETOOLONG", "name too long"),
        io::ErrorKind::NotSeekable => ("ESPIPE", "invalid seek"),
        io::ErrorKind::ReadOnlyFilesystem => ("EROFS", "read-only file system"),
        io::ErrorKind::BrokenPipe => ("EPIPE", "broken pipe"),
        _ if error.raw_os_error() == Some(BAD_DESCRIPTOR) => ("EBADF", "bad file descriptor"),
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
        self.throw_error_between(error, call, path, None)
    }

    /// As `throw_system_error`, of a call with a second path.
    fn throw_error_between<T>(
        &mut self,
        error: &io::Error,
        call: &str,
        path: Option<&str>,
        other: Option<&str>,
    ) -> Outcome<T> {
        let (code, text) = system_error(error);
        let shown = path.map(|path| format!(" '{path}'")).unwrap_or_default();
        let then = other.map(|other| format!(" -> '{other}'")).unwrap_or_default();
        let message = format!("{code}: {text}, {call}{shown}{then}");
        let object = self.temps(2)?;
        self.new_error(object, ErrorKind::Error, &message)?;
        let number = -error.raw_os_error().unwrap_or(5);
        self.set_number(object + 1, f64::from(number))?;
        self.plain(object, "errno", object + 1)?;
        let code = ("code", Some(code));
        for (name, text) in [code, ("syscall", Some(call)), ("path", path), ("dest", other)] {
            if let Some(text) = text {
                self.new_text(object + 1, text)?;
                self.plain(object, name, object + 1)?;
            }
        }
        self.throw_by_node(object)
    }

    /// A file that the program has opened, by its descriptor.
    pub(super) fn descriptor(&mut self, number: usize) -> Option<fs::File> {
        let file = self.node.files.open.get(number.checked_sub(FIRST)?)?;
        file.try_clone().ok()
    }

    /// The file of a descriptor; none of the standard streams.
    fn file_of(&mut self, descriptor: R, call: &str) -> Outcome<Option<&mut fs::File>> {
        let number = self.descriptor_number(descriptor)?;
        if number <= 2 {
            return Ok(None);
        }
        let opened = number.checked_sub(FIRST);
        let opened = opened.filter(|place| self.node.files.open.contains(*place));
        if opened.is_none() && self.node.files.inherited(number).is_none() {
            return bad_descriptor(self, call);
        }
        let files = &mut self.node.files;
        Ok(match opened {
            Some(place) => files.open.get_mut(place),
            None => files.inherited(number),
        })
    }
}

fn read_file(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let options = machine.temp()?;
    machine.read_encoding(options, arguments.at(1))?;
    let by_number = machine.is_descriptor(arguments.at(0))?;
    let (read, path) = match by_number {
        true => {
            let mut bytes = Vec::new();
            let is_input = machine.registers().number(arguments.at(0)) == Some(0.0);
            let read = match machine.file_of(arguments.at(0), "fstat")? {
                Some(file) => file.read_to_end(&mut bytes).map(|_| bytes),
                None if is_input => io::stdin().read_to_end(&mut bytes).map(|_| bytes),
                None => Ok(bytes),
            };
            (read, String::new())
        }
        false => {
            let (path, whole) = machine.file_path(arguments.at(0))?;
            (fs::read(whole), path)
        }
    };
    let bytes = match read {
        Ok(bytes) => bytes,
        Err(error) if by_number || error.kind() == io::ErrorKind::IsADirectory => {
            return machine.throw_system_error(&error, "read", None);
        }
        Err(error) => return machine.throw_system_error(&error, "open", Some(&path)),
    };
    let encoding = machine.temps(3)?;
    let (buffer, method) = (encoding + 1, encoding + 2);
    machine.copy(encoding, options);
    machine.buffer_slow(buffer, bytes.len())?;
    machine.with_bytes(buffer, |room| room.copy_from_slice(&bytes))?;
    if machine.is_nullish(encoding)
        || machine.is_string(encoding) && machine.show(encoding) == "buffer"
    {
        return Ok(buffer);
    }
    let to_string = machine.atoms.intern_str("toString");
    machine.call_method(method, buffer, to_string, &[encoding])?;
    Ok(method)
}

/// `readSync(descriptor, buffer, offset, length, position)`.
fn read(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let buffer = arguments.at(1);
    machine.descriptor_number(arguments.at(0))?;
    if !matches!(machine.kind_of(buffer), Some(ObjectKind::TypedArray | ObjectKind::DataView)) {
        let must = "an instance of Buffer, TypedArray, or DataView";
        return machine.throw_argument_type("buffer", must, buffer);
    }
    let (_, size) = machine.byte_range(buffer)?;
    let options = arguments.at(2);
    let mut part = [arguments.at(2), arguments.at(3), arguments.at(4)];
    if arguments.count <= 3 && !machine.registers().get(options).is_nullish() {
        if !machine.is_object(options) {
            return machine.throw_argument_type("options", "of type object", options);
        }
        let first = machine.temps(3)?;
        for (place, name) in ["offset", "length", "position"].into_iter().enumerate() {
            machine.get_text(first + place, options, name)?;
            part[place] = first + place;
        }
    }
    let most = 9_007_199_254_740_991.0;
    let offset = match machine.is_nullish(part[0]) {
        true => 0,
        false => machine.check_integer("offset", part[0], 0.0, most)? as usize,
    };
    let room = size as f64 - offset as f64;
    let length = match machine.is_undefined(part[1]) {
        true => room,
        // What is none is no length.
        false => f64::from(machine.to_int32(part[1])?),
    };
    if length == 0.0 {
        return machine.give_number(0.0);
    }
    if size == 0 {
        return machine.throw_argument_that("buffer", "is empty and cannot be written", buffer);
    }
    let wrong = match () {
        () if length < 0.0 => Some(("length", ">= 0".to_owned(), length)),
        () if length > room => Some(("length", format!("<= {room}"), length)),
        () => None,
    };
    if let Some((name, range, number)) = wrong {
        let value = machine.temp()?;
        machine.set_number(value, number)?;
        return machine.throw_out_of_range(name, &range, value);
    }
    let length = length as usize;
    let position = machine.file_position(part[2])?;
    let mut bytes = vec![0; length];
    let is_input = machine.registers().number(arguments.at(0)) == Some(0.0);
    let read = match machine.file_of(arguments.at(0), "read")? {
        Some(file) => read_at(file, &mut bytes, position),
        None if is_input => io::stdin().read(&mut bytes),
        None => return bad_descriptor(machine, "read"),
    };
    match read {
        Ok(count) => {
            machine.with_bytes(buffer, |room| {
                room[offset..offset + count].copy_from_slice(&bytes[..count])
            })?;
            machine.give_number(count as f64)
        }
        Err(error) => machine.throw_system_error(&error, "read", None),
    }
}

/// Reads from a position, without moving the file's own.
fn read_at(file: &mut fs::File, bytes: &mut [u8], position: Option<f64>) -> io::Result<usize> {
    let Some(position) = position else { return file.read(bytes) };
    let before = file.stream_position()?;
    file.seek(io::SeekFrom::Start(position as u64))?;
    let count = file.read(bytes);
    file.seek(io::SeekFrom::Start(before))?;
    count
}

fn write_at(file: &mut fs::File, bytes: &[u8], position: Option<f64>) -> io::Result<()> {
    let Some(position) = position else { return file.write_all(bytes) };
    let before = file.stream_position()?;
    file.seek(io::SeekFrom::Start(position as u64))?;
    file.write_all(bytes)?;
    file.seek(io::SeekFrom::Start(before))?;
    Ok(())
}

fn write_file(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let bytes = machine.file_bytes(arguments.at(1), "data")?;
    if machine.is_descriptor(arguments.at(0))? {
        write_to(machine, arguments.at(0), &bytes, None)?;
        return machine.give_undefined();
    }
    let flag = machine.temp()?;
    if machine.is_object(arguments.at(2)) {
        machine.get_text(flag, arguments.at(2), "flag")?;
        if machine.is_string(flag) && machine.show(flag).starts_with('a') {
            return append_file(machine, arguments);
        }
    }
    let (path, whole) = machine.file_path(arguments.at(0))?;
    match fs::write(whole, bytes) {
        Ok(()) => machine.give_undefined(),
        Err(error) => machine.throw_system_error(&error, "open", Some(&path)),
    }
}

fn append_file(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let bytes = machine.file_bytes(arguments.at(1), "data")?;
    if machine.is_descriptor(arguments.at(0))? {
        write_to(machine, arguments.at(0), &bytes, None)?;
        return machine.give_undefined();
    }
    let (path, whole) = machine.file_path(arguments.at(0))?;
    let file = fs::OpenOptions::new().append(true).create(true).open(whole);
    match file.and_then(|mut file| file.write_all(&bytes)) {
        Ok(()) => machine.give_undefined(),
        Err(error) => machine.throw_system_error(&error, "open", Some(&path)),
    }
}

fn open(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (path, whole) = machine.file_path(arguments.at(0))?;
    let flags = match machine.is_nullish(arguments.at(1)) {
        true => "r".to_owned(),
        false if machine.is_string(arguments.at(1)) => machine.rust_string(arguments.at(1))?,
        false => return machine.throw_argument_value("flags", arguments.at(1)),
    };
    let mut options = fs::OpenOptions::new();
    match flags.as_str() {
        "r" => options.read(true),
        "r+" => options.read(true).write(true),
        "w" => options.write(true).create(true).truncate(true),
        "w+" => options.read(true).write(true).create(true).truncate(true),
        "a" | "as" => options.append(true).create(true),
        "a+" => options.append(true).read(true).create(true),
        "ax" => options.append(true).create_new(true),
        "wx+" => options.read(true).write(true).create_new(true),
        "wx" => options.write(true).create_new(true),
        _ => return machine.throw_argument_value("flags", arguments.at(1)),
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
    let error = io::Error::from_raw_os_error(BAD_DESCRIPTOR);
    machine.throw_system_error(&error, call, None)
}

fn close(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let number = machine.descriptor_number(arguments.at(0))?;
    match number.checked_sub(FIRST).and_then(|place| machine.node.files.open.try_remove(place)) {
        Some(_) => machine.give_undefined(),
        None => bad_descriptor(machine, "close"),
    }
}

/// `writeSync(descriptor, buffer, offset, length, position)`, or with a string `(descriptor, text, position, encoding)`.
fn write(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.descriptor_number(arguments.at(0))?;
    let mut bytes = machine.file_bytes(arguments.at(1), "buffer")?;
    let number = |machine: &mut Machine, place| machine.registers().number(arguments.at(place));
    let position = match machine.is_string(arguments.at(1)) {
        true => number(machine, 2),
        false => {
            let options = arguments.at(2);
            let mut part = [options, arguments.at(3), arguments.at(4)];
            if machine.is_object(options) {
                let first = machine.temps(3)?;
                for (place, name) in ["offset", "length", "position"].into_iter().enumerate() {
                    machine.get_text(first + place, options, name)?;
                    part[place] = first + place;
                }
            }
            let size = bytes.len() as f64;
            let offset = match machine.is_nullish(part[0]) {
                true => 0.0,
                false => machine.check_integer("offset", part[0], 0.0, 9_007_199_254_740_991.0)?,
            };
            let length = machine.registers().number(part[1]);
            if offset > size {
                return machine.throw_out_of_range("offset", &format!("<= {size}"), part[0]);
            }
            if let Some(length) = length {
                let room = size - offset;
                if length > room {
                    return machine.throw_out_of_range("length", &format!("<= {room}"), part[1]);
                }
                if length < 0.0 {
                    return machine.throw_out_of_range("length", ">= 0", part[1]);
                }
            }
            bytes.drain(..offset as usize);
            if let Some(length) = length {
                bytes.truncate(length as usize);
            }
            machine.registers().number(part[2])
        }
    };
    write_to(machine, arguments.at(0), &bytes, position)
}

fn write_to(
    machine: &mut Machine,
    descriptor: R,
    bytes: &[u8],
    position: Option<f64>,
) -> Outcome<R> {
    use super::console::To;
    // A file is written without asking for a descriptor of the range.
    let number = machine.to_integer(descriptor)?;
    if number < 0.0 {
        return bad_descriptor(machine, "write");
    }
    match number as usize {
        1 => machine.print(To::Out, bytes),
        2 => machine.print(To::Error, bytes),
        _ => {
            let Some(file) = machine.file_of(descriptor, "write")? else {
                return bad_descriptor(machine, "write");
            };
            if let Err(error) = write_at(file, bytes, position) {
                return machine.throw_system_error(&error, "write", None);
            }
        }
    }
    machine.give_number(bytes.len() as f64)
}

fn exists(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    // What is no path is not there.
    match machine.file_path(arguments.at(0)) {
        Ok((_, whole)) => machine.give_bool(whole.exists()),
        Err(Thrown::Exception) => {
            machine.take_exception(0);
            machine.give_bool(false)
        }
        Err(thrown) => Err(thrown),
    }
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
    let found = fs::metadata(whole);
    if let Err(error) = &found
        && error.kind() == io::ErrorKind::NotFound
        && machine.is_object(arguments.at(1))
        && !super::check_options::flag(machine, arguments.at(1), "throwIfNoEntry", true)?
    {
        return machine.give_undefined();
    }
    give_stat(machine, found, "stat", Some(&path))
}

fn stat_link(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (path, whole) = machine.file_path(arguments.at(0))?;
    give_stat(machine, fs::symlink_metadata(whole), "lstat", Some(&path))
}

fn stat_descriptor(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    match machine.file_of(arguments.at(0), "fstat")? {
        Some(file) => {
            let found = file.metadata();
            give_stat(machine, found, "fstat", None)
        }
        None => bad_descriptor(machine, "fstat"),
    }
}

fn give_stat(
    machine: &mut Machine,
    found: io::Result<fs::Metadata>,
    call: &str,
    path: Option<&str>,
) -> Outcome<R> {
    let found = match found {
        Ok(found) => found,
        Err(error) => return machine.throw_system_error(&error, call, path),
    };
    let object = machine.temps(2)?;
    machine.new_object(object, 8)?;
    let time = |time: io::Result<std::time::SystemTime>| {
        let since = time.ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        since.map_or(0.0, |since| since.as_secs_f64() * 1e3)
    };
    for (name, number) in [
        ("size", found.len() as f64),
        ("atimeMs", time(found.accessed())),
        ("mtimeMs", time(found.modified())),
        ("birthtimeMs", time(found.created())),
    ] {
        machine.set_number(object + 1, number)?;
        machine.plain(object, name, object + 1)?;
    }
    for (name, answers) in [
        ("isFile", found.is_file()),
        ("isDirectory", found.is_dir()),
        ("isSymbolicLink", found.is_symlink()),
        ("isFIFO", false),
        ("isSocket", false),
    ] {
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

/// A call of the system with one path.
fn with_path(
    machine: &mut Machine,
    arguments: Arguments,
    call: &str,
    run: impl FnOnce(PathBuf) -> io::Result<()>,
) -> Outcome<R> {
    let (path, whole) = machine.file_path(arguments.at(0))?;
    match run(whole) {
        Ok(()) => machine.give_undefined(),
        Err(error) => machine.throw_system_error(&error, call, Some(&path)),
    }
}

fn access(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    with_path(machine, arguments, "access", |path| fs::metadata(path).map(drop))
}

fn remove_directory(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    with_path(machine, arguments, "rmdir", fs::remove_dir)
}

fn remove(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let options = arguments.at(1);
    let (mut all, mut force) = (false, false);
    if machine.is_object(options) {
        all = super::check_options::flag(machine, options, "recursive", false)?;
        force = super::check_options::flag(machine, options, "force", false)?;
    }
    with_path(machine, arguments, "rm", |path| {
        let removed = match all && path.is_dir() {
            true => fs::remove_dir_all(path),
            false => fs::remove_file(path),
        };
        match removed {
            Err(error) if force && error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    })
}

fn truncate(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let length = machine.file_length(arguments.at(1))?;
    with_path(machine, arguments, "open", |path| {
        fs::OpenOptions::new().write(true).open(path)?.set_len(length)
    })
}

fn truncate_descriptor(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.descriptor_number(arguments.at(0))?;
    let length = machine.file_length(arguments.at(1))?;
    match machine.file_of(arguments.at(0), "ftruncate")?.map(|file| file.set_len(length)) {
        Some(Ok(())) => machine.give_undefined(),
        Some(Err(error)) => machine.throw_system_error(&error, "ftruncate", None),
        None => bad_descriptor(machine, "ftruncate"),
    }
}

fn sync(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    match machine.file_of(arguments.at(0), "fsync")?.map(|file| file.sync_all()) {
        Some(Ok(())) => machine.give_undefined(),
        Some(Err(error)) => machine.throw_system_error(&error, "fsync", None),
        None => bad_descriptor(machine, "fsync"),
    }
}

/// A call of the system with two paths.
fn between(
    machine: &mut Machine,
    arguments: Arguments,
    call: &str,
    names: [&str; 2],
    run: impl FnOnce(PathBuf, PathBuf) -> io::Result<()>,
) -> Outcome<R> {
    let (path, whole) = machine.file_path_of(arguments.at(0), names[0])?;
    let (other, to) = machine.file_path_of(arguments.at(1), names[1])?;
    match run(whole, to) {
        Ok(()) => machine.give_undefined(),
        Err(error) => machine.throw_error_between(&error, call, Some(&path), Some(&other)),
    }
}

fn rename(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    between(machine, arguments, "rename", ["oldPath", "newPath"], fs::rename)
}

fn copy_file(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    between(machine, arguments, "copyfile", ["src", "dest"], |path, to| {
        fs::copy(path, to).map(drop)
    })
}

fn real_path(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (path, whole) = machine.file_path(arguments.at(0))?;
    match fs::canonicalize(whole) {
        Ok(real) => machine.give_text(&real.to_string_lossy()),
        Err(error) => machine.throw_system_error(&error, "lstat", Some(&path)),
    }
}

/// A new directory whose name begins with a prefix.
fn make_temporary(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let (prefix, _) = machine.file_path_of(arguments.at(0), "prefix")?;
    for number in 0..u64::from(u32::MAX) {
        let mut left = number + u64::from(std::process::id()) * 7919;
        let mut name = prefix.clone();
        for _ in 0..6 {
            const LETTERS: &[u8; 62] =
                b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
            name.push(char::from(LETTERS[(left % 62) as usize]));
            left /= 62;
        }
        match fs::create_dir(machine.options.directory.join(&name)) {
            Ok(()) => return machine.give_text(&name),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                return machine.throw_system_error(
                    &error,
                    "mkdtemp",
                    Some(&format!("{prefix}XXXXXX")),
                );
            }
        }
    }
    machine.give_undefined()
}
