//! The head of a snapshot: which field is where. V8 promises no stability, so all offsets are the file's own.

use super::error::Problem;
use super::kinds::{EdgeKind, NodeKind};
use serde::Deserialize;
use serde_json::Value;

/// The most fields that a node, edge or location may have. V8's have seven.
pub const FIELDS: usize = 32;

#[derive(Deserialize)]
pub struct Head {
    meta: Meta,
    #[serde(default)]
    pub node_count: u64,
    #[serde(default)]
    pub edge_count: u64,
    /// Memory outside the heap that no node stands for. From Node 24 on.
    #[serde(default)]
    pub extra_native_bytes: u64,
}

#[derive(Deserialize)]
struct Meta {
    node_fields: Vec<String>,
    node_types: Vec<Value>,
    edge_fields: Vec<String>,
    edge_types: Vec<Value>,
    #[serde(default)]
    location_fields: Vec<String>,
}

/// Where a node's fields are, and what the numbers of kinds mean.
pub struct NodeFields {
    pub count: usize,
    pub kind: usize,
    pub name: usize,
    pub id: usize,
    pub self_size: usize,
    pub edge_count: usize,
    pub detachedness: Option<usize>,
    pub kinds: Vec<NodeKind>,
}

/// Where an edge's fields are.
pub struct EdgeFields {
    pub count: usize,
    pub kind: usize,
    pub name: usize,
    pub to: usize,
    pub kinds: Vec<EdgeKind>,
}

/// Where a location's fields are.
pub struct LocationFields {
    pub count: usize,
    pub node: usize,
    pub script: usize,
    pub line: usize,
    pub column: usize,
}

impl Head {
    pub fn nodes(&self) -> Result<NodeFields, Problem> {
        let fields = &self.meta.node_fields;
        let kind = field(fields, "type", "the nodes' field type")?;
        Ok(NodeFields {
            count: count(fields, "fields of nodes")?,
            kind,
            name: field(fields, "name", "the nodes' field name")?,
            id: field(fields, "id", "the nodes' field id")?,
            self_size: field(fields, "self_size", "the nodes' field self_size")?,
            edge_count: field(fields, "edge_count", "the nodes' field edge_count")?,
            detachedness: field(fields, "detachedness", "").ok(),
            kinds: names(&self.meta.node_types, kind, "the names of the nodes' types")?
                .map(NodeKind::of_name)
                .collect(),
        })
    }

    pub fn edges(&self) -> Result<EdgeFields, Problem> {
        let fields = &self.meta.edge_fields;
        let kind = field(fields, "type", "the edges' field type")?;
        Ok(EdgeFields {
            count: count(fields, "fields of edges")?,
            kind,
            name: field(fields, "name_or_index", "the edges' field name_or_index")?,
            to: field(fields, "to_node", "the edges' field to_node")?,
            kinds: names(&self.meta.edge_types, kind, "the names of the edges' types")?
                .map(EdgeKind::of_name)
                .collect(),
        })
    }

    pub fn locations(&self) -> Result<LocationFields, Problem> {
        let fields = &self.meta.location_fields;
        Ok(LocationFields {
            count: count(fields, "fields of locations")?,
            node: field(fields, "object_index", "the locations' field object_index")?,
            script: field(fields, "script_id", "the locations' field script_id")?,
            line: field(fields, "line", "the locations' field line")?,
            column: field(fields, "column", "the locations' field column")?,
        })
    }
}

fn field(fields: &[String], name: &str, what: &'static str) -> Result<usize, Problem> {
    fields.iter().position(|field| field == name).ok_or(Problem::Missing(what))
}

fn count(fields: &[String], what: &'static str) -> Result<usize, Problem> {
    if fields.len() > FIELDS { Err(Problem::TooMany(what)) } else { Ok(fields.len()) }
}

fn names<'a>(
    types: &'a [Value],
    at: usize,
    what: &'static str,
) -> Result<impl Iterator<Item = &'a str>, Problem> {
    let Some(Value::Array(names)) = types.get(at) else { return Err(Problem::Missing(what)) };
    if names.len() > 256 {
        return Err(Problem::TooMany("types"));
    }
    Ok(names.iter().map(|name| name.as_str().unwrap_or_default()))
}
