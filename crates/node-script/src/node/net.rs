//! `net`'s system calls. What sockets are to a program is JavaScript (`library/net.js`), which is told what happens to a
//! handle by one function, in a step of the event loop.

use super::state::Happened;
use crate::builtins::Method;
use crate::machine::{Machine, R, roots};
use crate::objects::code::Arguments;
use crate::thrown::Outcome;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

const METHODS: &[Method] = &[
    ("listen", 1, |machine, arguments| {
        machine.store_root(roots::NET, arguments.at(0));
        machine.give_undefined()
    }),
    ("bind", 2, |machine, arguments| open(machine, arguments, |net, address| net.listen(address))),
    ("connect", 2, |machine, arguments| {
        open(machine, arguments, |net, address| net.connect(address))
    }),
    ("write", 2, write),
    ("address", 2, address),
    ("shutdown", 1, |machine, arguments| change(machine, arguments, |net, number| net.end(number))),
    ("close", 1, |machine, arguments| change(machine, arguments, |net, number| net.close(number))),
    ("startReading", 1, |machine, arguments| {
        change(machine, arguments, |net, number| net.set_reading(number, true))
    }),
    ("stopReading", 1, |machine, arguments| {
        change(machine, arguments, |net, number| net.set_reading(number, false))
    }),
    ("setRef", 2, |machine, arguments| {
        let holds = machine.to_boolean(arguments.at(1));
        change(machine, arguments, |net, number| net.set_holds(number, holds))
    }),
];

/// Reads of one socket in a turn, so that one that never ends leaves time for others.
const MOST_READS: usize = 32;

pub(super) fn install(machine: &mut Machine) -> Outcome {
    machine.share_object_with_library("net", METHODS)?;
    machine.jobs.turns.push(run);
    Ok(())
}

fn handle_of(machine: &mut Machine, value: R) -> usize {
    machine.registers().number(value).map_or(usize::MAX, |number| number as usize)
}

fn change(
    machine: &mut Machine,
    arguments: Arguments,
    change: impl FnOnce(&mut super::state::Net, usize),
) -> Outcome<R> {
    let number = handle_of(machine, arguments.at(0));
    change(&mut machine.node.net, number);
    machine.give_undefined()
}

/// A handle's number, or the error.
fn open(
    machine: &mut Machine,
    arguments: Arguments,
    open: fn(&mut super::state::Net, SocketAddr) -> io::Result<usize>,
) -> Outcome<R> {
    let host = machine.rust_string(arguments.at(0))?;
    let port = machine.number(arguments.at(1)) as u16;
    let address: Result<IpAddr, _> = host.parse();
    let opened = match address {
        Ok(address) => open(&mut machine.node.net, SocketAddr::new(address, port)),
        // Names are not looked up: there is no network but the machine itself.
        Err(_) => Err(io::Error::new(io::ErrorKind::AddrNotAvailable, "no address")),
    };
    match opened {
        Ok(number) => machine.give_number(number as f64),
        Err(error) => {
            let object = machine.temp()?;
            error_object(machine, object, &error, "")?;
            Ok(object)
        }
    }
}

/// What an error is to `net.js`: its code, its number, what was called.
fn error_object(machine: &mut Machine, to: R, error: &io::Error, call: &str) -> Outcome {
    use io::ErrorKind::{
        AddrInUse, AddrNotAvailable, BrokenPipe, ConnectionAborted, ConnectionRefused,
        ConnectionReset, NotConnected, PermissionDenied, TimedOut,
    };
    let (code, text) = match error.kind() {
        AddrInUse => ("EADDRINUSE", "address already in use"),
        AddrNotAvailable => ("EADDRNOTAVAIL", "address not available"),
        BrokenPipe => ("EPIPE", "broken pipe"),
        ConnectionAborted => ("ECONNABORTED", "software caused connection abort"),
        ConnectionRefused => ("ECONNREFUSED", "connection refused"),
        ConnectionReset => ("ECONNRESET", "connection reset by peer"),
        NotConnected => ("ENOTCONN", "socket is not connected"),
        PermissionDenied => ("EACCES", "permission denied"),
        TimedOut => ("ETIMEDOUT", "connection timed out"),
        _ => ("EIO", "i/o error"),
    };
    machine.scoped(|machine| {
        let (object, value) = (machine.temp()?, machine.temp()?);
        machine.new_object(object, 4)?;
        for (name, text) in [("code", code), ("text", text), ("call", call)] {
            machine.new_text(value, text)?;
            machine.put(object, name, value)?;
        }
        machine.set_number(value, f64::from(-error.raw_os_error().unwrap_or(5)))?;
        machine.put(object, "errno", value)?;
        machine.copy(to, object);
        Ok(())
    })
}

/// True if all was written, false if some waits, or the error.
fn write(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let number = handle_of(machine, arguments.at(0));
    let bytes = machine.bytes_of(arguments.at(1))?;
    match machine.node.net.write(number, &bytes) {
        Ok(whole) => machine.give_bool(whole),
        Err(error) => {
            let object = machine.temp()?;
            error_object(machine, object, &error, "write")?;
            Ok(object)
        }
    }
}

fn address(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let number = handle_of(machine, arguments.at(0));
    let of_peer = machine.to_boolean(arguments.at(1));
    let object = machine.temps(2)?;
    let value = object + 1;
    machine.new_object(object, 3)?;
    if let Some(found) = machine.node.net.address(number, of_peer) {
        machine.new_text(value, &found.ip().to_string())?;
        machine.put(object, "address", value)?;
        machine.new_text(value, if found.is_ipv4() { "IPv4" } else { "IPv6" })?;
        machine.put(object, "family", value)?;
        machine.set_number(value, f64::from(found.port()))?;
        machine.put(object, "port", value)?;
    }
    Ok(object)
}

/// Tells the program what has happened.
fn run(machine: &mut Machine) -> Outcome<bool> {
    // An error of the poll itself would come again and again: the handles tell theirs.
    let _ = machine.node.net.wait(Some(Duration::ZERO));
    let mut ran = false;
    for number in machine.node.net.ready() {
        for _ in 0..MOST_READS {
            let Some(happened) = machine.node.net.next(number) else { break };
            ran = true;
            machine.scoped(|machine| tell(machine, number, happened))?;
            machine.run_all_jobs()?;
        }
    }
    Ok(ran)
}

fn tell(machine: &mut Machine, number: usize, happened: Happened) -> Outcome {
    let function = machine.temps(4)?;
    let (handle, name, value) = (function + 1, function + 2, function + 3);
    let event = match &happened {
        Happened::Connection(_) => "connection",
        Happened::Connected => "connect",
        Happened::Data(_) => "data",
        Happened::Written(_) => "written",
        Happened::Failed(..) => "error",
    };
    match &happened {
        Happened::Connection(number) => machine.set_number(value, *number as f64)?,
        Happened::Data(bytes) if bytes.is_empty() => machine.registers().set_null(value),
        Happened::Data(bytes) => {
            machine.buffer_slow(value, bytes.len())?;
            machine.with_bytes(value, |room| room.copy_from_slice(bytes))?;
        }
        Happened::Failed(error, call) => error_object(machine, value, error, call)?,
        Happened::Written(Err(error)) => error_object(machine, value, error, "write")?,
        Happened::Connected | Happened::Written(Ok(())) => {}
    }
    machine.set_number(handle, number as f64)?;
    machine.new_text(name, event)?;
    machine.load_root(function, roots::NET);
    machine.call_function(function, function, &[handle, name, value])
}
