//! Writes snapshots in V8's format, from any source of nodes and edges.
//!
//! The format has all nodes, then all edges in the order of their nodes, then all strings. So a source is gone through
//! twice, and only the strings' text is kept meanwhile: each text once.

use super::columns::Location;
use super::intern::Interner;
use super::kinds::{EdgeKind, NodeKind};
use core::fmt;
use std::io::{self, Write};

/// The numbers in a node, and in an edge.
const NODE_FIELDS: u64 = 7;

/// A node to be written.
#[derive(Clone, Copy, Debug)]
pub struct NewNode<'a> {
    /// What it is.
    pub kind: NodeKind,
    /// The constructor's name of an object, a function's name, a string's text.
    pub name: &'a str,
    /// A number that no other node has. V8's are odd for what JavaScript sees.
    pub id: u32,
    /// Its size in bytes.
    pub self_size: u64,
    /// How many edges it has.
    pub edges: u32,
}

/// An edge's name, to be written.
#[derive(Clone, Copy, Debug)]
pub enum NewName<'a> {
    /// A name; an element or a hidden edge has none.
    Name(&'a str),
    /// A number, of an element or a hidden edge.
    Index(u32),
}

/// Why a snapshot could not be written.
#[derive(Debug)]
#[non_exhaustive]
pub enum WriteError {
    /// The writer refused.
    Io(io::Error),
    /// There were more or fewer nodes than were announced.
    Nodes {
        /// How many were announced.
        announced: u32,
        /// How many came.
        came: u32,
    },
    /// There were more or fewer edges than the nodes said.
    Edges {
        /// How many the nodes said.
        announced: u32,
        /// How many came.
        came: u32,
    },
    /// An edge leads to a node that is not there.
    NoSuchNode(u32),
    /// An edge of a kind that has a name got a number, or the other way round.
    WrongName(EdgeKind),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(_) => f.write_str("the snapshot could not be written"),
            Self::Nodes { announced, came } => {
                write!(f, "{announced} nodes were announced, but {came} came")
            }
            Self::Edges { announced, came } => {
                write!(f, "the nodes have {announced} edges, but {came} came")
            }
            Self::NoSuchNode(node) => write!(f, "an edge leads to node {node}, which is not there"),
            Self::WrongName(kind) => {
                write!(f, "an edge of kind {} has the wrong sort of name", kind.name())
            }
        }
    }
}

impl core::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Writes a snapshot's nodes; [`edges`](Self::edges) goes on with its edges.
///
/// What it writes opens in Chrome DevTools and memlab. It keeps each distinct name once, with some 20 bytes beside its
/// text, and nothing of nodes and edges.
///
/// ```
/// use mem_report::heapsnapshot::{EdgeKind, NewName, NewNode, NodeKind, Reader, Writer};
///
/// let mut file = Vec::new();
/// let mut nodes = Writer::new(&mut file, 2, 1)?;
/// let root = NewNode { kind: NodeKind::Synthetic, name: "", id: 1, self_size: 0, edges: 1 };
/// nodes.node(root)?;
/// nodes.node(NewNode { kind: NodeKind::Object, name: "Cache", id: 3, self_size: 16, edges: 0 })?;
/// let mut edges = nodes.edges()?;
/// edges.edge(EdgeKind::Property, NewName::Name("cache"), 1)?;
/// edges.finish()?;
/// let snapshot = Reader::new().read(&file[..])?;
/// assert_eq!(snapshot.node(1).map(|node| node.name()), Some("Cache"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Writer<W> {
    out: Output<W>,
    announced_nodes: u32,
    nodes: u32,
    announced_edges: u64,
}

/// Writes a snapshot's edges, in the order of their nodes.
#[derive(Debug)]
pub struct EdgeWriter<W> {
    out: Output<W>,
    nodes: u32,
    announced: u64,
    edges: u64,
    locations: Vec<(u32, Location)>,
}

#[derive(Debug)]
struct Output<W> {
    to: W,
    texts: Interner,
}

impl<W: Write> Writer<W> {
    /// Starts a snapshot with these numbers of nodes and edges, the first of which is the root. `to` gets many small writes: a
    /// file needs a buffer.
    ///
    /// # Errors
    /// What `to` refuses.
    pub fn new(mut to: W, nodes: u32, edges: u32) -> Result<Self, WriteError> {
        let kinds = NodeKind::ALL.map(NodeKind::name);
        let kinds = serde_json::to_string(&kinds).map_err(io::Error::from)?;
        write!(
            to,
            concat!(
                r#"{{"snapshot":{{"meta":{{"node_fields":["type","name","id","self_size","edge_count","trace_node_id","#,
                r#""detachedness"],"node_types":[{kinds},"string","number","number","number","number","number"],"#,
                r#""edge_fields":["type","name_or_index","to_node"],"edge_types":[["context","element","property","#,
                r#""internal","hidden","shortcut","weak"],"string_or_number","node"],"trace_function_info_fields":"#,
                r#"["function_id","name","script_name","script_id","line","column"],"trace_node_fields":["id","#,
                r#""function_info_index","count","size","children"],"sample_fields":["timestamp_us","last_assigned_id"],"#,
                r#""location_fields":["object_index","script_id","line","column"]}},"node_count":{nodes},"edge_count":{edges},"#,
                r#""trace_function_count":0}},"#
            ),
            kinds = kinds,
            nodes = nodes,
            edges = edges
        )?;
        to.write_all(b"\n\"nodes\":[")?;
        let out = Output { to, texts: Interner::default() };
        Ok(Self { out, announced_nodes: nodes, nodes: 0, announced_edges: 0 })
    }

    /// Writes the next node.
    ///
    /// # Errors
    /// What the writer refuses.
    pub fn node(&mut self, node: NewNode<'_>) -> Result<(), WriteError> {
        let name = self.out.texts.intern(node.name);
        let kind = match node.kind {
            NodeKind::Other => NodeKind::Hidden,
            kind => kind,
        };
        let NewNode { id, self_size, edges, .. } = node;
        let comma = if self.nodes == 0 { "" } else { "," };
        writeln!(self.out.to, "{comma}{},{name},{id},{self_size},{edges},0,0", kind as u8)?;
        self.nodes += 1;
        self.announced_edges += u64::from(edges);
        Ok(())
    }

    /// Goes on with the edges.
    ///
    /// # Errors
    /// [`WriteError::Nodes`] if other than the announced nodes came; what the writer refuses.
    pub fn edges(mut self) -> Result<EdgeWriter<W>, WriteError> {
        if self.nodes != self.announced_nodes {
            return Err(WriteError::Nodes { announced: self.announced_nodes, came: self.nodes });
        }
        self.out.to.write_all(b"],\n\"edges\":[")?;
        Ok(EdgeWriter {
            out: self.out,
            nodes: self.nodes,
            announced: self.announced_edges,
            edges: 0,
            locations: Vec::new(),
        })
    }
}

impl<W: Write> EdgeWriter<W> {
    /// Writes the next edge, to the node with this place.
    ///
    /// # Errors
    /// [`WriteError::NoSuchNode`], [`WriteError::WrongName`]; what the writer refuses.
    pub fn edge(&mut self, kind: EdgeKind, name: NewName<'_>, to: u32) -> Result<(), WriteError> {
        if to >= self.nodes {
            return Err(WriteError::NoSuchNode(to));
        }
        let number = match kind {
            EdgeKind::KeyToValue | EdgeKind::TableToValue => EdgeKind::Internal,
            EdgeKind::Other => EdgeKind::Hidden,
            kind => kind,
        };
        let name = match name {
            NewName::Name(name) if !number.is_numbered() => self.out.texts.intern(name),
            NewName::Index(index) if number.is_numbered() => index,
            _ => return Err(WriteError::WrongName(kind)),
        };
        let comma = if self.edges == 0 { "" } else { "," };
        let to = u64::from(to) * NODE_FIELDS;
        writeln!(self.out.to, "{comma}{},{name},{to}", number as u8)?;
        self.edges += 1;
        Ok(())
    }

    /// Remembers where a node's function is; 16 bytes each.
    pub fn location(&mut self, node: u32, location: Location) {
        self.locations.push((node, location));
    }

    /// Writes the locations and strings, and ends the snapshot.
    ///
    /// # Errors
    /// [`WriteError::Edges`] if other edges than the nodes announced came; what the writer refuses.
    pub fn finish(self) -> Result<W, WriteError> {
        if self.edges != self.announced {
            let [announced, came] = [self.announced, self.edges].map(|count| count as u32);
            return Err(WriteError::Edges { announced, came });
        }
        let Output { mut to, texts } = self.out;
        to.write_all(b"],\n\"trace_function_infos\":[],\n\"trace_tree\":[],\n\"samples\":[],\n\"locations\":[")?;
        for (at, (node, location)) in self.locations.iter().enumerate() {
            let Location { script, line, column } = location;
            let comma = if at == 0 { "" } else { "," };
            writeln!(to, "{comma}{},{script},{line},{column}", u64::from(*node) * NODE_FIELDS)?;
        }
        to.write_all(b"],\n\"strings\":[")?;
        for (at, text) in texts.iter().enumerate() {
            to.write_all(if at == 0 { b"" } else { b",\n" })?;
            serde_json::to_writer(&mut to, text).map_err(io::Error::from)?;
        }
        to.write_all(b"]}\n")?;
        to.flush()?;
        Ok(to)
    }
}
