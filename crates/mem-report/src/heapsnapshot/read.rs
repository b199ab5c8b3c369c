//! Reads a snapshot in one pass into columns.
//!
//! The file's sections may come in any order but that `snapshot`, which describes the fields, precedes nodes, edges and
//! locations. Numbers that refer to what comes later are checked once all is read, by the largest and its position.

use super::columns::{Edges, Location, Nodes, Place, Snapshot};
use super::error::{Problem, SnapshotError};
use super::kinds::{EdgeKind, NodeKind};
use super::meta::{EdgeFields, FIELDS, Head, LocationFields, NodeFields};
use super::scan::Scanner;
use super::strings::Strings;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The bytes that the description of the fields may have. V8's has about 1500.
const HEAD: usize = 1 << 20;
/// The bytes of a string that are kept where nothing else was asked for. V8 itself cuts at 1024 characters.
const STRING: usize = 1 << 16;
/// What is reserved before it was seen where the file's length is not known.
const UNSEEN: u64 = 1 << 16;

/// Reads snapshots, with limits.
///
/// ```
/// use mem_report::heapsnapshot::Reader;
///
/// let file = br#"{"snapshot": {"meta": {
///     "node_fields": ["type", "name", "id", "self_size", "edge_count"],
///     "node_types": [["synthetic", "object"], "string", "number", "number", "number"],
///     "edge_fields": ["type", "name_or_index", "to_node"],
///     "edge_types": [["property"], "string_or_number", "node"]
/// }}, "nodes": [0,0,1,0,1, 1,1,3,16,0], "edges": [0,2,5], "strings": ["", "Cache", "cache"]}"#;
/// let snapshot = Reader::new().read(file.as_slice())?;
/// let edge = snapshot.root().and_then(|root| root.edges().next()).ok_or("no edge")?;
/// assert_eq!((edge.to().name(), edge.to().self_size()), ("Cache", 16));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reader {
    string_limit: usize,
    length: Option<u64>,
}

impl Default for Reader {
    fn default() -> Self {
        Self { string_limit: STRING, length: None }
    }
}

impl Reader {
    /// A reader that keeps 64 KiB of each string.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps this many bytes of a string at most; the rest is left out, and an ellipsis follows.
    #[must_use]
    pub fn string_limit(mut self, bytes: usize) -> Self {
        self.string_limit = bytes;
        self
    }

    /// Says how long the input is, in bytes. The columns are then reserved at once, but no more than a file of this
    /// length can fill, whatever counts it claims.
    #[must_use]
    pub fn length(mut self, bytes: u64) -> Self {
        self.length = Some(bytes);
        self
    }

    /// Reads a file.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn open(&self, path: impl AsRef<Path>) -> Result<Snapshot, SnapshotError> {
        let io = |error| SnapshotError::new(0, Problem::Io(error));
        let file = File::open(path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        self.clone().length(length).read(file)
    }

    /// Reads a snapshot to its end, through a buffer of 256 KiB: the input needs none of its own. O(bytes).
    ///
    /// Memory is bounded by what was read: some 22 bytes for a node, which takes 10 bytes of the file or more; 9 for an
    /// edge, which takes 6 or more; a string's bytes and 8. Vectors that grow may hold twice that.
    ///
    /// # Errors
    /// With the position, if the input cannot be read, ends early or is no snapshot. More than 2^32 nodes, edges or
    /// strings are refused.
    pub fn read(&self, input: impl Read) -> Result<Snapshot, SnapshotError> {
        let mut reading = Reading {
            scanner: Scanner::new(input),
            length: self.length,
            string_limit: self.string_limit,
            fields: None,
            nodes: None,
            edges: None,
            strings: None,
            locations: Vec::new(),
        };
        reading.sections()?;
        reading.finish()
    }
}

struct Fields {
    nodes: NodeFields,
    edges: EdgeFields,
    head: Head,
}

struct Reading<R> {
    scanner: Scanner<R>,
    length: Option<u64>,
    string_limit: usize,
    fields: Option<Fields>,
    nodes: Option<ReadNodes>,
    edges: Option<ReadEdges>,
    strings: Option<Strings>,
    locations: Vec<Place>,
}

#[derive(Default)]
struct ReadNodes {
    nodes: Nodes,
    largest_name: Largest,
}

#[derive(Default)]
struct ReadEdges {
    edges: Edges,
    largest_name: Largest,
    largest_to: Largest,
    start: u64,
}

/// The largest number of a field, and where it is.
#[derive(Clone, Copy, Default)]
struct Largest {
    value: u64,
    position: u64,
}

impl Largest {
    #[inline]
    fn see(&mut self, value: u64, position: u64) {
        if value > self.value || self.position == 0 {
            *self = Self { value, position };
        }
    }

    fn check(self, what: &'static str, limit: usize) -> Result<(), SnapshotError> {
        let limit = limit as u64;
        if self.position == 0 || self.value < limit {
            return Ok(());
        }
        let problem = Problem::OutOfRange { what, value: self.value, limit };
        Err(SnapshotError::new(self.position, problem))
    }
}

impl<R: Read> Reading<R> {
    fn sections(&mut self) -> Result<(), SnapshotError> {
        self.scanner.need(b'{', "an object")?;
        if self.scanner.take(b'}')? {
            return Ok(());
        }
        let mut key = Vec::new();
        loop {
            key.clear();
            self.scanner.string(&mut key, 64)?;
            self.scanner.need(b':', "a colon")?;
            self.section(&key)?;
            if !self.scanner.comma(b'}')? {
                break;
            }
        }
        match self.scanner.peek()? {
            0 => Ok(()),
            _ => Err(self.scanner.expected("the end of the file")),
        }
    }

    fn section(&mut self, key: &[u8]) -> Result<(), SnapshotError> {
        match key {
            b"snapshot" => self.head(),
            b"nodes" => self.read_nodes(),
            b"edges" => self.read_edges(),
            b"locations" => self.read_locations(),
            b"strings" => self.read_strings(),
            _ => self.scanner.value(None, 0),
        }
    }

    fn head(&mut self) -> Result<(), SnapshotError> {
        let mut text = Vec::new();
        let position = self.scanner.position();
        self.scanner.value(Some(&mut text), HEAD)?;
        let at = |problem| SnapshotError::new(position, problem);
        let head: Head = serde_json::from_slice(&text).map_err(|error| at(Problem::Meta(error)))?;
        let (nodes, edges) = (head.nodes().map_err(at)?, head.edges().map_err(at)?);
        self.fields = Some(Fields { nodes, edges, head });
        Ok(())
    }

    /// How many of these to reserve: as many as the file claims, but no more than may follow in it.
    fn reserve(&self, claimed: u64, least_bytes: u64) -> usize {
        let most = match self.length {
            Some(length) => length.saturating_sub(self.scanner.position()) / least_bytes,
            None => UNSEEN,
        };
        usize::try_from(claimed.min(most)).unwrap_or(0)
    }

    fn read_nodes(&mut self) -> Result<(), SnapshotError> {
        let Some(Fields { nodes: fields, head, .. }) = &self.fields else {
            return Err(self.scanner.error(Problem::Missing("the section snapshot")));
        };
        let mut read = ReadNodes::default();
        let nodes = &mut read.nodes;
        let count = self.reserve(head.node_count, 2 * fields.count as u64);
        nodes.kind.reserve_exact(count);
        nodes.name.reserve_exact(count);
        nodes.id.reserve_exact(count);
        nodes.self_size.reserve_exact(count);
        nodes.first_edge.reserve_exact(count + 1);
        nodes.first_edge.push(0);
        let mut edges = 0u64;
        rows(&mut self.scanner, fields.count, |row, position| {
            let error = |problem| SnapshotError::new(position, problem);
            let id = narrow("a node's identity", row[fields.id]).map_err(error)?;
            edges = edges.saturating_add(row[fields.edge_count]);
            let (Ok(first_edge), true) = (u32::try_from(edges), nodes.id.len() < u32::MAX as usize)
            else {
                return Err(error(Problem::TooMany("nodes or edges")));
            };
            let kind = fields.kinds.get(row[fields.kind] as usize);
            nodes.kind.push(kind.copied().unwrap_or(NodeKind::Other));
            read.largest_name.see(row[fields.name], position);
            nodes.name.push(row[fields.name] as u32);
            nodes.id.push(id);
            nodes.self_size.push(row[fields.self_size]);
            nodes.first_edge.push(first_edge);
            if let Some(detachedness) = fields.detachedness {
                let state = u8::try_from(row[detachedness]).unwrap_or(0);
                // Only browsers have any, so the column is made by the first that is not 0.
                if state != 0 || !nodes.detachedness.is_empty() {
                    nodes.detachedness.resize(nodes.id.len() - 1, 0);
                    nodes.detachedness.push(state);
                }
            }
            Ok(())
        })?;
        self.nodes = Some(read);
        Ok(())
    }

    fn read_edges(&mut self) -> Result<(), SnapshotError> {
        let Some(Fields { edges: fields, nodes: node_fields, head }) = &self.fields else {
            return Err(self.scanner.error(Problem::Missing("the section snapshot")));
        };
        let stride = node_fields.count as u64;
        let mut read = ReadEdges { start: self.scanner.position(), ..ReadEdges::default() };
        let edges = &mut read.edges;
        let count = self.reserve(head.edge_count, 2 * fields.count as u64);
        edges.kind.reserve_exact(count);
        edges.name.reserve_exact(count);
        edges.to.reserve_exact(count);
        rows(&mut self.scanner, fields.count, |row, position| {
            let error = |problem| SnapshotError::new(position, problem);
            let kind = fields.kinds.get(row[fields.kind] as usize).copied();
            let kind = kind.unwrap_or(EdgeKind::Other);
            let name = narrow("an edge's name", row[fields.name]).map_err(error)?;
            let to = row[fields.to];
            let node = to / stride;
            if node * stride != to {
                return Err(error(Problem::Expected("the start of a node")));
            }
            if edges.kind.len() == u32::MAX as usize {
                return Err(error(Problem::TooMany("edges")));
            }
            if !kind.is_numbered() {
                read.largest_name.see(u64::from(name), position);
            }
            read.largest_to.see(node, position);
            edges.kind.push(kind);
            edges.name.push(name);
            edges.to.push(node as u32);
            Ok(())
        })?;
        self.edges = Some(read);
        Ok(())
    }

    fn read_locations(&mut self) -> Result<(), SnapshotError> {
        let Some(Fields { nodes, head, .. }) = &self.fields else {
            return Err(self.scanner.error(Problem::Missing("the section snapshot")));
        };
        let stride = nodes.count as u64;
        let Ok(LocationFields { count, node, script, line, column }) = head.locations() else {
            return self.scanner.value(None, 0);
        };
        let places = &mut self.locations;
        rows(&mut self.scanner, count, |row, position| {
            let error = |problem| SnapshotError::new(position, problem);
            places.push(Place {
                node: narrow("a location's node", row[node] / stride).map_err(error)?,
                location: Location {
                    script: narrow("a script", row[script]).map_err(error)?,
                    line: narrow("a line", row[line]).map_err(error)?,
                    column: narrow("a column", row[column]).map_err(error)?,
                },
            });
            Ok(())
        })?;
        places.sort_unstable_by_key(|place| place.node);
        Ok(())
    }

    fn read_strings(&mut self) -> Result<(), SnapshotError> {
        let mut strings = Strings::default();
        // Most names are of strings, so there are about as many strings as nodes, if at all.
        let nodes = self.nodes.as_ref().map_or(0, |read| read.nodes.id.len());
        strings.reserve(self.reserve(nodes as u64, 3));
        if let Some(length) = self.length {
            let rest = length.saturating_sub(self.scanner.position());
            strings.bytes_mut().reserve(usize::try_from(rest).unwrap_or(0));
        }
        self.scanner.need(b'[', "a list")?;
        if !self.scanner.take(b']')? {
            loop {
                let is_cut = self.scanner.string(strings.bytes_mut(), self.string_limit)?;
                strings.finish_string(is_cut);
                if strings.len() > u32::MAX as usize {
                    return Err(self.scanner.error(Problem::TooMany("strings")));
                }
                if !self.scanner.comma(b']')? {
                    break;
                }
            }
        }
        strings.shrink();
        self.strings = Some(strings);
        Ok(())
    }

    fn finish(self) -> Result<Snapshot, SnapshotError> {
        let missing = |what| self.scanner.error(Problem::Missing(what));
        let Some(fields) = self.fields else { return Err(missing("the section snapshot")) };
        let Some(read_nodes) = self.nodes else { return Err(missing("the section nodes")) };
        let Some(read_edges) = self.edges else { return Err(missing("the section edges")) };
        let Some(strings) = self.strings else { return Err(missing("the section strings")) };
        let nodes = read_nodes.nodes;
        let mut edges = read_edges.edges;
        let counted = nodes.first_edge.last().map_or(0, |last| u64::from(*last));
        let found = edges.kind.len() as u64;
        if counted != found {
            let problem = Problem::EdgeCount { counted, found };
            return Err(SnapshotError::new(read_edges.start, problem));
        }
        read_nodes.largest_name.check("a node's name", strings.len())?;
        read_edges.largest_name.check("an edge's name", strings.len())?;
        read_edges.largest_to.check("an edge's node", nodes.id.len())?;
        name_entries(&nodes, &mut edges, &strings);
        Ok(Snapshot {
            nodes,
            edges,
            strings,
            locations: self.locations,
            extra_native_bytes: fields.head.extra_native_bytes,
        })
    }
}

/// Gives the edges of weak maps' entries their kinds.
fn name_entries(nodes: &Nodes, edges: &mut Edges, strings: &Strings) {
    let entries = strings.entries();
    if entries.is_empty() {
        return;
    }
    let mut is_entry = vec![false; strings.len()];
    entries.iter().for_each(|named| is_entry[named.string as usize] = true);
    for node in 0..nodes.id.len() {
        for edge in nodes.first_edge[node] as usize..nodes.first_edge[node + 1] as usize {
            let name = edges.name[edge];
            if edges.kind[edge] != EdgeKind::Internal || !is_entry[name as usize] {
                continue;
            }
            if let Ok(at) = entries.binary_search_by_key(&name, |named| named.string) {
                let is_table = entries[at].entry.table == nodes.id[node];
                edges.kind[edge] =
                    if is_table { EdgeKind::TableToValue } else { EdgeKind::KeyToValue };
                edges.name[edge] = at as u32;
            }
        }
    }
}

fn narrow(what: &'static str, value: u64) -> Result<u32, Problem> {
    u32::try_from(value).map_err(|_| Problem::OutOfRange { what, value, limit: 1 << 32 })
}

/// Reads a list of numbers, `count` for a row, and hands on each row with its position.
fn rows<R: Read>(
    scanner: &mut Scanner<R>,
    count: usize,
    mut row: impl FnMut(&[u64; FIELDS], u64) -> Result<(), SnapshotError>,
) -> Result<(), SnapshotError> {
    scanner.need(b'[', "a list")?;
    if scanner.take(b']')? {
        return Ok(());
    }
    let mut values = [0; FIELDS];
    loop {
        // White space before a row is no part of its position; the scanner skips it with the first number.
        let position = scanner.position();
        let mut goes_on = false;
        for (index, value) in values[..count].iter_mut().enumerate() {
            *value = scanner.number()?;
            goes_on = scanner.comma(b']')?;
            if !goes_on && index + 1 < count {
                return Err(scanner.expected("another field"));
            }
        }
        row(&values, position)?;
        if !goes_on {
            return Ok(());
        }
    }
}
