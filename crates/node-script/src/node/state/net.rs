//! Sockets that are open, and what the system says of them. Nothing here knows the machine.

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use slab::Slab;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::time::Duration;

/// Bytes that are read of a socket at a time.
const CHUNK: usize = 64 << 10;

/// A socket, or one that listens.
#[derive(Debug)]
enum Kind {
    Listener(TcpListener),
    Stream(TcpStream),
}

/// A handle. Its number is its place in the table.
#[derive(Debug)]
struct Handle {
    kind: Kind,
    /// A connection that the system has not made yet.
    connecting: bool,
    /// The program wants what comes.
    reading: bool,
    /// The system has said that something can be read, or taken, since it last said that nothing is there.
    readable: bool,
    writable: bool,
    /// Bytes that the system has not taken yet, from an offset on.
    unsent: Vec<u8>,
    sent: usize,
    /// The other side is told the end once all is sent.
    ending: bool,
    /// The program does not end before it is closed.
    holds: bool,
}

/// What has happened to a handle.
#[derive(Debug)]
pub(crate) enum Happened {
    Connection(usize),
    Connected,
    /// Bytes that have come; none at the end.
    Data(Vec<u8>),
    Written(Result<(), io::Error>),
    Failed(io::Error, &'static str),
}

/// All sockets.
#[derive(Debug, Default)]
pub(crate) struct Net {
    poll: Option<(Poll, Events)>,
    handles: Slab<Handle>,
}

impl Net {
    /// Whether the program waits for any of them.
    pub fn holds(&self) -> bool {
        self.handles.iter().any(|(_, handle)| handle.holds)
    }

    fn poll(&mut self) -> io::Result<&mut (Poll, Events)> {
        if self.poll.is_none() {
            self.poll = Some((Poll::new()?, Events::with_capacity(256)));
        }
        self.poll.as_mut().ok_or_else(|| io::ErrorKind::Other.into())
    }

    fn add(&mut self, mut kind: Kind, connecting: bool) -> io::Result<usize> {
        let entry = self.handles.vacant_key();
        let registry = self.poll()?.0.registry();
        let both = Interest::READABLE | Interest::WRITABLE;
        match &mut kind {
            Kind::Listener(listener) => {
                registry.register(listener, Token(entry), Interest::READABLE)?
            }
            Kind::Stream(stream) => registry.register(stream, Token(entry), both)?,
        }
        let handle = Handle {
            kind,
            connecting,
            reading: false,
            // What the system says next is an edge: what is there already is asked for.
            readable: !connecting,
            writable: !connecting,
            unsent: Vec::new(),
            sent: 0,
            ending: false,
            holds: true,
        };
        Ok(self.handles.insert(handle))
    }

    pub fn listen(&mut self, address: SocketAddr) -> io::Result<usize> {
        let listener = TcpListener::bind(address)?;
        self.add(Kind::Listener(listener), false)
    }

    pub fn connect(&mut self, address: SocketAddr) -> io::Result<usize> {
        let stream = TcpStream::connect(address)?;
        self.add(Kind::Stream(stream), true)
    }

    pub fn close(&mut self, number: usize) {
        let Some(mut handle) = self.handles.try_remove(number) else { return };
        if let Some((poll, _)) = &self.poll {
            // It goes with the socket anyway.
            let _ = match &mut handle.kind {
                Kind::Listener(listener) => poll.registry().deregister(listener),
                Kind::Stream(stream) => poll.registry().deregister(stream),
            };
        }
    }

    pub fn set_reading(&mut self, number: usize, reading: bool) {
        if let Some(handle) = self.handles.get_mut(number) {
            handle.reading = reading;
        }
    }

    pub fn set_holds(&mut self, number: usize, holds: bool) {
        if let Some(handle) = self.handles.get_mut(number) {
            handle.holds = holds;
        }
    }

    /// Sends bytes as far as the system takes them; whether it has taken all. The rest is kept until it does.
    pub fn write(&mut self, number: usize, bytes: &[u8]) -> io::Result<bool> {
        let Some(handle) = self.handles.get_mut(number) else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        handle.unsent.extend_from_slice(bytes);
        handle.flush()
    }

    /// Tells the other side the end, once all is sent.
    pub fn end(&mut self, number: usize) {
        if let Some(handle) = self.handles.get_mut(number) {
            handle.ending = true;
            // What cannot be sent is told when it is written.
            let _ = handle.flush();
        }
    }

    pub fn address(&self, number: usize, of_peer: bool) -> Option<SocketAddr> {
        let address = match &self.handles.get(number)?.kind {
            Kind::Listener(listener) => listener.local_addr(),
            Kind::Stream(stream) if of_peer => stream.peer_addr(),
            Kind::Stream(stream) => stream.local_addr(),
        };
        address.ok()
    }

    /// Waits until something happens, for so long at the most.
    pub fn wait(&mut self, time: Option<Duration>) -> io::Result<()> {
        if self.handles.is_empty() {
            return Ok(());
        }
        // What is ready already is not told again.
        let time = if self.handles.iter().any(|(_, handle)| handle.is_ready()) {
            Some(Duration::ZERO)
        } else {
            time
        };
        let (poll, events) = self.poll()?;
        match poll.poll(events, time) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            other => other?,
        }
        let told: Vec<(usize, bool, bool)> = events
            .iter()
            .map(|event| {
                let ends = event.is_read_closed() || event.is_error();
                (
                    event.token().0,
                    event.is_readable() || ends,
                    event.is_writable() || event.is_error(),
                )
            })
            .collect();
        for (number, readable, writable) in told {
            if let Some(handle) = self.handles.get_mut(number) {
                handle.readable |= readable;
                handle.writable |= writable;
            }
        }
        Ok(())
    }

    /// The handles that something can be done with now.
    pub fn ready(&self) -> Vec<usize> {
        let ready = self.handles.iter().filter(|(_, handle)| handle.is_ready());
        ready.map(|(number, _)| number).collect()
    }

    /// What happens to a handle next, if anything does.
    pub fn next(&mut self, number: usize) -> Option<Happened> {
        let handle = self.handles.get_mut(number)?;
        if handle.connecting {
            return handle.next_connecting();
        }
        if handle.writable && !handle.unsent.is_empty() {
            match handle.flush() {
                Ok(true) => return Some(Happened::Written(Ok(()))),
                Ok(false) => {}
                Err(error) => return Some(Happened::Written(Err(error))),
            }
        }
        if !handle.readable {
            return None;
        }
        match &mut handle.kind {
            Kind::Listener(listener) => match listener.accept() {
                Ok((stream, _)) => match self.add(Kind::Stream(stream), false) {
                    Ok(number) => Some(Happened::Connection(number)),
                    Err(error) => Some(Happened::Failed(error, "accept")),
                },
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    handle.readable = false;
                    None
                }
                Err(error) => Some(Happened::Failed(error, "accept")),
            },
            Kind::Stream(stream) if handle.reading => {
                let mut bytes = vec![0; CHUNK];
                match stream.read(&mut bytes) {
                    Ok(count) => {
                        handle.reading &= count > 0;
                        bytes.truncate(count);
                        Some(Happened::Data(bytes))
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        handle.readable = false;
                        None
                    }
                    Err(error) => Some(Happened::Failed(error, "read")),
                }
            }
            Kind::Stream(_) => None,
        }
    }
}

impl Handle {
    fn is_ready(&self) -> bool {
        if self.connecting {
            return self.writable;
        }
        let reads = self.reading || matches!(self.kind, Kind::Listener(_));
        self.readable && reads || self.writable && !self.unsent.is_empty()
    }

    fn next_connecting(&mut self) -> Option<Happened> {
        let Kind::Stream(stream) = &self.kind else { return None };
        if !self.writable {
            return None;
        }
        if let Ok(Some(error)) | Err(error) = stream.take_error() {
            self.writable = false;
            return Some(Happened::Failed(error, "connect"));
        }
        match stream.peer_addr() {
            Ok(_) => {
                self.connecting = false;
                self.readable = true;
                Some(Happened::Connected)
            }
            Err(error) if error.kind() == io::ErrorKind::NotConnected => {
                self.writable = false;
                None
            }
            Err(error) => Some(Happened::Failed(error, "connect")),
        }
    }

    /// Sends what waits; whether all is sent.
    fn flush(&mut self) -> io::Result<bool> {
        let Kind::Stream(stream) = &mut self.kind else { return Ok(true) };
        while self.sent < self.unsent.len() {
            match stream.write(&self.unsent[self.sent..]) {
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.writable = false;
                    return Ok(false);
                }
                Err(error) => {
                    self.unsent = Vec::new();
                    self.sent = 0;
                    return Err(error);
                }
            }
        }
        self.unsent = Vec::new();
        self.sent = 0;
        if self.ending {
            stream.shutdown(Shutdown::Write)?;
        }
        Ok(true)
    }
}
