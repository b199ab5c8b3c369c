//! The modules of one crate, and which of them uses which.
//!
//! A module is a file or an inline `mod`. An edge goes from the module that names a path to the module that
//! defines what the path means: re-exports are followed, so a façade module that only re-exports depends on
//! nothing. Test modules are left out, because a test may name anything. Paths in the arguments of macros are
//! not seen.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ExprLit, Item, Lit, UseTree, Visibility};

/// The number of re-exports after which a path counts as unknown.
const DEPTH: usize = 16;

/// A path from the crate's root; a module's name is one, and the root's is empty.
type Name = Vec<String>;

/// The modules of a crate.
#[derive(Default)]
pub struct Modules(BTreeMap<Name, Module>);

#[derive(Default)]
struct Module {
    /// Names of the items that the module defines.
    items: BTreeSet<String>,
    /// Names that `use` items bring into the module's scope, with the paths that they stand for.
    imports: BTreeMap<String, Import>,
    /// Modules whose names a `use module::*` brings into scope.
    globs: Vec<Name>,
    /// Every path in the module's code, from the crate's root.
    paths: BTreeSet<Name>,
}

struct Import {
    path: Name,
    /// The name is re-exported: a façade does not depend on what it lists.
    reexported: bool,
}

/// Why a crate's modules could not be read.
#[derive(Debug)]
pub enum ReadError {
    Io(PathBuf, io::Error),
    Syntax(PathBuf, syn::Error),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(file, _) => write!(f, "cannot read {}", file.display()),
            Self::Syntax(file, _) => write!(f, "cannot parse {}", file.display()),
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(_, error) => Some(error),
            Self::Syntax(_, error) => Some(error),
        }
    }
}

impl Modules {
    /// Reads a crate's sources from its `src` folder, beginning with `root` (`lib.rs` or `main.rs`).
    ///
    /// # Errors
    /// [`ReadError`] with the file that cannot be read or parsed.
    pub fn read(src: &Path, root: &str) -> Result<Self, ReadError> {
        let mut modules = Self::default();
        let mut files = vec![(Name::new(), src.join(root))];
        while let Some((name, file)) = files.pop() {
            let source = match fs::read_to_string(&file) {
                Ok(source) => source,
                Err(error) => return Err(ReadError::Io(file, error)),
            };
            let parsed = match syn::parse_file(&source) {
                Ok(parsed) => parsed,
                Err(error) => return Err(ReadError::Syntax(file, error)),
            };
            for (child, path) in modules.add(&name, &parsed.items) {
                let file = match path {
                    Some(path) => file.with_file_name(path),
                    None => src.join(child.iter().collect::<PathBuf>()).with_extension("rs"),
                };
                files.push((child, file));
            }
        }
        Ok(modules)
    }

    /// Adds a module and its inline modules; returns the modules that have files of their own, with the path that says
    /// where, if one does.
    fn add(&mut self, name: &Name, items: &[Item]) -> Vec<(Name, Option<String>)> {
        let mut files = Vec::new();
        let mut reader = Reader { name, module: Module::default() };
        for item in items {
            match item {
                Item::Mod(child) if is_test(&child.attrs) => {}
                Item::Mod(child) => {
                    let name = joined(name, &child.ident.to_string());
                    match &child.content {
                        Some((_, items)) => files.extend(self.add(&name, items)),
                        None => files.push((name, path_of(&child.attrs))),
                    }
                }
                item => {
                    reader.module.items.extend(defined(item).map(ToString::to_string));
                    reader.visit_item(item);
                }
            }
        }
        let module = reader.module;
        self.0.insert(name.clone(), module);
        files
    }

    /// The edges between different modules, each once, in order.
    pub fn edges(&self) -> BTreeSet<(String, String)> {
        let mut edges = BTreeSet::new();
        for (name, module) in &self.0 {
            let imports = module.imports.values().filter(|import| !import.reexported);
            for path in module.paths.iter().chain(imports.map(|import| &import.path)) {
                if let Some(used) = self.definer(path, DEPTH)
                    && used != *name
                {
                    edges.insert((shown(name), shown(&used)));
                }
            }
        }
        edges
    }

    /// The module that defines what a path means, if the path leads into the crate.
    fn definer(&self, path: &[String], depth: usize) -> Option<Name> {
        let depth = depth.checked_sub(1)?;
        let known = (0..=path.len()).rev().find(|end| self.0.contains_key(&path[..*end]))?;
        let module = &self.0[&path[..known]];
        let Some((item, rest)) = path[known..].split_first() else {
            return Some(path.to_vec());
        };
        if module.items.contains(item) {
            return Some(path[..known].to_vec());
        }
        if let Some(import) = module.imports.get(item) {
            let target: Name = import.path.iter().chain(rest).cloned().collect();
            return self.definer(&target, depth);
        }
        module.globs.iter().find_map(|glob| {
            let target: Name = glob.iter().chain(&path[known..]).cloned().collect();
            self.definer(&target, depth)
        })
    }
}

/// Collects what a module names.
struct Reader<'n> {
    name: &'n Name,
    module: Module,
}

impl Reader<'_> {
    /// A path from the crate's root, if it begins with `crate`, `self` or `super`.
    fn absolute(&self, segments: &[String]) -> Option<Name> {
        let mut at = match segments.first()?.as_str() {
            "crate" => Name::new(),
            "self" => self.name.clone(),
            "super" => self.name[..self.name.len().checked_sub(1)?].to_vec(),
            _ => return None,
        };
        for segment in &segments[1..] {
            match segment.as_str() {
                "super" => drop(at.pop()?),
                "self" => {}
                _ => at.push(segment.clone()),
            }
        }
        Some(at)
    }

    fn add_use(&mut self, prefix: &mut Vec<String>, tree: &UseTree, reexported: bool) {
        match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.add_use(prefix, &path.tree, reexported);
                prefix.pop();
            }
            UseTree::Name(name) => {
                let name = name.ident.to_string();
                self.import(prefix, &name, &name, reexported);
            }
            UseTree::Rename(rename) => {
                let (name, alias) = (rename.ident.to_string(), rename.rename.to_string());
                self.import(prefix, &name, &alias, reexported);
            }
            UseTree::Glob(_) => {
                let module = self.absolute(prefix).or_else(|| self.child(prefix));
                self.module.globs.extend(module);
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.add_use(prefix, tree, reexported));
            }
        }
    }

    fn import(&mut self, prefix: &[String], name: &str, alias: &str, reexported: bool) {
        let path = if name == "self" { prefix.to_vec() } else { joined(prefix, name) };
        let alias = if alias == "self" { path.last().cloned() } else { Some(alias.to_owned()) };
        if let (Some(alias), Some(path)) =
            (alias, self.absolute(&path).or_else(|| self.child(&path)))
        {
            self.module.imports.insert(alias, Import { path, reexported });
        }
    }

    /// A path that begins with a child module's name: only the lookup in [`Modules`] tells it from a crate's.
    fn child(&self, path: &[String]) -> Option<Name> {
        let first = path.first()?;
        let external = ["std", "core", "alloc"].contains(&first.as_str());
        (!external).then(|| self.name.iter().chain(path).cloned().collect())
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let reexported = !matches!(item.vis, Visibility::Inherited);
        self.add_use(&mut Vec::new(), &item.tree, reexported);
    }

    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        if let Some(path) = self.absolute(&segments) {
            self.module.paths.insert(path);
        } else if segments.len() > 1
            && let Some(path) = self.child(&segments)
        {
            self.module.paths.insert(path);
        }
        visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        // The paths of a module inside a function count as its surroundings'.
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }
}

/// The name that an item defines in its module.
fn defined(item: &Item) -> Option<&syn::Ident> {
    Some(match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    })
}

/// What a `#[path = ".."]` says.
fn path_of(attributes: &[Attribute]) -> Option<String> {
    let path = attributes.iter().find(|attribute| attribute.path().is_ident("path"))?;
    match &path.meta.require_name_value().ok()?.value {
        Expr::Lit(ExprLit { lit: Lit::Str(path), .. }) => Some(path.value()),
        _ => None,
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
    })
}

fn joined(path: &[String], name: &str) -> Name {
    path.iter().cloned().chain([name.to_owned()]).collect()
}

fn shown(name: &[String]) -> String {
    if name.is_empty() { "crate".into() } else { name.join("::") }
}

#[cfg(test)]
mod tests {
    use super::Modules;

    fn edges(source: &str) -> Vec<(String, String)> {
        let file = syn::parse_file(source).expect("a program");
        let mut modules = Modules::default();
        assert!(modules.add(&Vec::new(), &file.items).is_empty());
        modules.edges().into_iter().collect()
    }

    fn edge(from: &str, to: &str) -> (String, String) {
        (from.into(), to.into())
    }

    #[test]
    fn a_path_through_a_re_export_leads_to_where_the_thing_is() {
        let source =
            "mod cell { pub struct Cell; } pub use cell::Cell; mod user { use crate::Cell; }";
        assert_eq!(edges(source), [edge("user", "cell")]);
    }

    #[test]
    fn a_path_in_code_counts_as_an_import_does() {
        let source = "mod cell { pub fn new() {} } mod user { fn f() { super::cell::new() } }";
        assert_eq!(edges(source), [edge("user", "cell")]);
    }

    #[test]
    fn a_glob_import_leads_to_the_module_that_it_names() {
        let source = "mod cell { pub use self::deep::*; mod deep { pub struct Cell; } }
            mod user { fn f(_: crate::cell::Cell) {} }";
        assert_eq!(edges(source), [edge("user", "cell::deep")]);
    }

    #[test]
    fn visibility_is_no_use_and_neither_are_tests_and_other_crates() {
        let source = "mod cell { pub(crate) struct Cell; use std::io; }
            mod user { #[cfg(test)] mod tests { use crate::cell::Cell; } use slab::Slab; }";
        assert_eq!(edges(source), []);
    }
}
