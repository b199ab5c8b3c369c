//! What a specifier stands for: a file, as Node's [CommonJS](https://nodejs.org/api/modules.html#all-together) and
//! [ECMAScript](https://nodejs.org/api/esm.html#resolution-algorithm) modules are found.

use super::packages::{Missing, Package, Packages, Target, module_folders};
use super::targets::{Aim, Asker, decoded, file_url, has_escaped_separator, normal};
use crate::compile::op::ErrorKind;
use std::path::{Path, PathBuf};

const NOT_FOUND: &str = "ERR_MODULE_NOT_FOUND";
const EXTENSIONS: [&str; 3] = [".js", ".json", ".node"];

/// What finds modules: a program may write some, so only what was read of packages is remembered.
#[derive(Clone, Copy)]
pub(super) struct Resolver<'a> {
    pub packages: &'a Packages,
    pub is_builtin: &'a dyn Fn(&str) -> bool,
    /// The program's working directory.
    pub directory: &'a Path,
    /// `require` loads ECMAScript modules: packages may have some for that.
    pub requires_modules: bool,
}

impl Resolver<'_> {
    fn conditions(&self, of: &str) -> &'static [&'static str] {
        match (of, self.requires_modules) {
            ("require", true) => &["node", "require", "module-sync"],
            ("require", false) => &["node", "require"],
            (_, true) => &["node", "import", "module-sync"],
            (_, false) => &["node", "import"],
        }
    }
}

// -- CommonJS ---------------------------------------------------------------------------------------------------------

impl Resolver<'_> {
    /// The file that a name which a file in a folder requires stands for.
    pub(super) fn require(
        &self,
        request: &str,
        folder: &Path,
        from: &str,
    ) -> Result<PathBuf, Missing> {
        let conditions = self.conditions("require");
        let outside = Asker { conditions, from: None };
        let inside = Asker { conditions, from: Some(from) };
        let missing = || Missing::Module(request.to_owned());
        let is_path = is_relative(request) || request.starts_with('/');
        if is_path {
            return self.required_path(folder, request)?.ok_or_else(missing);
        }
        let around = self.packages.around(&folder.join("file"))?;
        if request.starts_with('#')
            && let Some(package) = around.as_deref().filter(|package| package.imports.is_some())
        {
            return match inside.import(Some(package), request)? {
                Aim::Path(path) => self.required_target(&path, None),
                Aim::Name(name)
                    if (self.is_builtin)(name.strip_prefix("node:").unwrap_or(&name)) =>
                {
                    let text = "The URL must be of scheme file".to_owned();
                    Err(Missing::type_error("ERR_INVALID_URL_SCHEME", text))
                }
                Aim::Name(name) => match self.package_file(&name, &package.path, inside) {
                    Err(error) if error.code() == NOT_FOUND => Err(missing()),
                    found => self.required_target(&found?, None),
                },
            };
        }
        if let Some(package) = around.as_deref()
            && let Some(subpath) = own_subpath(package, request)
        {
            let Aim::Path(path) = inside.export(package, &subpath)? else { return Err(missing()) };
            return self.required_target(&path, None);
        }
        for modules in module_folders(folder) {
            if !modules.is_dir() {
                continue;
            }
            if let Some((name, rest)) = package_parts(request)
                && let Some(package) = self.packages.read(&modules.join(name))?
                && package.exports.is_some()
            {
                let Aim::Path(path) = outside.export(&package, &format!(".{rest}"))? else {
                    return Err(missing());
                };
                return self.required_target(&path, None);
            }
            if let Some(found) = self.required_path(&modules, request)? {
                return Ok(found);
            }
        }
        Err(missing())
    }

    /// The file that a target of `exports` is, as `require` takes it: without extensions.
    fn required_target(&self, path: &str, from: Option<&str>) -> Result<PathBuf, Missing> {
        if has_escaped_separator(path) {
            return Err(escaped(&format!("file://{path}"), from));
        }
        let file = normal(Path::new(&decoded(path)));
        let text = || format!("Cannot find module '{}'", file.display());
        let missing = || Missing::Target { text: text(), package: None };
        real_file(&file).ok_or_else(missing)
    }

    fn required_path(&self, folder: &Path, request: &str) -> Result<Option<PathBuf>, Missing> {
        let whole = normal(&folder.join(request));
        let ends = ["/", "/.", "/.."].iter().any(|end| request.ends_with(end));
        let of_folder = ends || request == "." || request == "..";
        if !of_folder && let Some(found) = real_file(&whole).or_else(|| with_extension(&whole)) {
            return Ok(Some(found));
        }
        if !whole.is_dir() {
            return Ok(None);
        }
        let index = || with_extension(&whole.join("index"));
        let package = self.packages.read(&whole)?;
        let Some(main) = package.as_deref().and_then(|package| package.main.as_deref()) else {
            return Ok(index());
        };
        let file = normal(&whole.join(main));
        let found = real_file(&file)
            .or_else(|| with_extension(&file))
            .or_else(|| with_extension(&file.join("index")))
            .or_else(index);
        found.map(Some).ok_or_else(|| {
            let text = format!(
                "Cannot find module '{}'. Please verify that the package.json has a valid \"main\" entry",
                file.display()
            );
            let package = whole.join("package.json").to_string_lossy().into_owned();
            Missing::Target { text, package: Some((package, request.to_owned())) }
        })
    }
}

/// The file of a path, without links.
fn real_file(path: &Path) -> Option<PathBuf> {
    path.is_file().then(|| path.canonicalize().unwrap_or_else(|_| path.to_owned()))
}

fn with_extension(path: &Path) -> Option<PathBuf> {
    EXTENSIONS.iter().find_map(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        real_file(Path::new(&name))
    })
}

// -- ECMAScript -------------------------------------------------------------------------------------------------------

impl Resolver<'_> {
    /// The file or the module of Node's that a specifier which a file imports stands for.
    pub(super) fn import(&self, specifier: &str, from: &Path) -> Result<Target, Missing> {
        let shown = from.to_string_lossy();
        let asker = Asker { conditions: self.conditions("import"), from: Some(&shown) };
        let path = if let Some(path) = specifier.strip_prefix("file://") {
            without_query(path).to_owned()
        } else if is_relative(specifier) || specifier.starts_with('/') {
            let folder = from.parent().unwrap_or(Path::new("/"));
            let path = without_query(specifier);
            let ends = ["/", "/.", "/.."].iter().any(|end| path.ends_with(end));
            let end = if ends || path == "." || path == ".." { "/" } else { "" };
            let whole = normal(&folder.join(path)).display().to_string();
            if whole == "/" { whole } else { whole + end }
        } else if specifier.starts_with('#') {
            let package = self.packages.around(from)?;
            match asker.import(package.as_deref(), specifier)? {
                Aim::Path(path) => path,
                Aim::Name(name) => {
                    let bare = name.strip_prefix("node:").unwrap_or(&name);
                    if (self.is_builtin)(bare) {
                        return Ok(Target::Node(bare.to_owned()));
                    }
                    let base =
                        package.map_or_else(|| from.to_owned(), |package| package.path.clone());
                    self.package_file(&name, &base, asker)?
                }
            }
        } else {
            self.package_file(specifier, from, asker)?
        };
        self.imported_file(&path, &shown)
            .map_err(|missing| self.with_hint(missing, specifier, from))
    }

    /// The file that a path is, and no other.
    fn imported_file(&self, path: &str, from: &str) -> Result<Target, Missing> {
        if has_escaped_separator(path) {
            return Err(escaped(path, Some(from)));
        }
        let path = decoded(path);
        let normal = normal(Path::new(&path));
        if normal.is_dir() || path.ends_with('/') && normal.exists() {
            let text = format!(
                "Directory import '{path}' is not supported resolving ES modules imported from {from}"
            );
            return Err(not_there("ERR_UNSUPPORTED_DIR_IMPORT", text, &path));
        }
        let end = if path.ends_with('/') { "/" } else { "" };
        real_file(&normal).map(Target::File).ok_or_else(|| {
            let text =
                format!("Cannot find module '{}{end}' imported from {from}", normal.display());
            not_there(NOT_FOUND, text, &format!("{}{end}", normal.display()))
        })
    }

    /// The path of a package's file, which may not be there.
    fn package_file(
        &self,
        specifier: &str,
        from: &Path,
        asker: Asker<'_>,
    ) -> Result<String, Missing> {
        let slash = specifier.find('/');
        let scoped = specifier.starts_with('@');
        let end = match slash {
            Some(at) if scoped => specifier[at + 1..].find('/').map(|next| at + 1 + next),
            other => other,
        };
        let (name, rest) = specifier.split_at(end.unwrap_or(specifier.len()));
        if scoped && slash.is_none() || name.starts_with('.') || name.contains(['%', '\\']) {
            let text = format!(
                "Invalid module \"{specifier}\" is not a valid package name imported from {}",
                asker.from.unwrap_or_default()
            );
            return Err(Missing::type_error("ERR_INVALID_MODULE_SPECIFIER", text));
        }
        let subpath = format!(".{rest}");
        let path = |aim: Aim| match aim {
            Aim::Path(path) | Aim::Name(path) => path,
        };
        if let Some(package) = self.packages.around(from)?.as_deref()
            && package.exports.is_some()
            && package.name.as_deref() == Some(name)
        {
            return asker.export(package, &subpath).map(path);
        }
        for modules in module_folders(from.parent().unwrap_or(Path::new("/"))) {
            let folder = modules.join(name);
            if !folder.is_dir() {
                continue;
            }
            let package = self.packages.read(&folder)?;
            if let Some(package) = package.as_deref().filter(|package| package.exports.is_some()) {
                return asker.export(package, &subpath).map(path);
            }
            if rest.is_empty() {
                let main = package.as_deref().and_then(|package| package.main.as_deref());
                return self.main_of(&folder, main, asker);
            }
            return Ok(format!("{}{rest}", folder.display()));
        }
        let from = asker.from.unwrap_or_default();
        let text = format!("Cannot find package '{name}' imported from {from}");
        Err(Missing::error(NOT_FOUND, text))
    }

    /// The main file of a package without `exports`.
    fn main_of(
        &self,
        folder: &Path,
        main: Option<&str>,
        asker: Asker<'_>,
    ) -> Result<String, Missing> {
        let indexes = EXTENSIONS.iter().map(|end| folder.join(format!("index{end}")));
        let mains = main.into_iter().flat_map(|main| {
            let ends = ["", ".js", ".json", ".node", "/index.js", "/index.json", "/index.node"];
            ends.into_iter().map(move |end| folder.join(format!("{main}{end}")))
        });
        match mains.chain(indexes).find(|file| file.is_file()) {
            Some(file) => Ok(normal(&file).display().to_string()),
            None => {
                let (file, from) = (main.unwrap_or("index.js"), asker.from.unwrap_or_default());
                let text = format!(
                    "Cannot find package '{}/{file}' imported from {from}",
                    folder.display()
                );
                Err(Missing::error(NOT_FOUND, text))
            }
        }
    }

    /// Adds what `require` would have found to an error.
    fn with_hint(&self, missing: Missing, specifier: &str, from: &Path) -> Missing {
        let Missing::Refused { kind, code, text, url } = missing else { return missing };
        let known = matches!(code, NOT_FOUND | "ERR_UNSUPPORTED_DIR_IMPORT");
        let url = url.map(|url| url + query(specifier));
        let folder = from.parent().unwrap_or(Path::new("/"));
        // Node asks for a path from the working directory.
        let around = if is_relative(specifier) { self.directory } else { folder };
        let found = self.require(specifier, around, &from.to_string_lossy());
        let (true, Ok(found)) = (known, found) else {
            return Missing::Refused { kind, code, text, url };
        };
        let found = found.display().to_string();
        let shown = if is_relative(specifier) {
            relative(folder, Path::new(&found))
        } else {
            let name = &specifier[..specifier.find('/').unwrap_or(specifier.len())];
            found.find(name).map_or(found.clone(), |at| found[at..].to_owned())
        };
        if shown == specifier {
            return Missing::Refused { kind, code, text, url };
        }
        let text = format!("{text}\nDid you mean to import {}?", serde_json::Value::from(shown));
        Missing::Refused { kind, code, text, url }
    }
}

/// The error of a file that is not there.
fn not_there(code: &'static str, text: String, path: &str) -> Missing {
    let end = if path.ends_with('/') && path.len() > 1 { "/" } else { "" };
    let url = Some(file_url(Path::new(path)) + end);
    Missing::Refused { kind: ErrorKind::Error, code, text, url }
}

fn escaped(path: &str, from: Option<&str>) -> Missing {
    let from = from.map_or(String::new(), |from| format!(" imported from {from}"));
    let text = format!(
        "Invalid module \"{path}\" must not include encoded \"/\" or \"\\\" characters{from}"
    );
    Missing::type_error("ERR_INVALID_MODULE_SPECIFIER", text)
}

/// The path from a folder to a file.
fn relative(folder: &Path, file: &Path) -> String {
    let mut up = String::new();
    for around in folder.ancestors() {
        if let Ok(inside) = file.strip_prefix(around) {
            let begin = if up.is_empty() { "./" } else { &up };
            return format!("{begin}{}", inside.display());
        }
        up.push_str("../");
    }
    file.display().to_string()
}

/// What is behind a path in a specifier: each query is a module of its own.
pub(super) fn query(specifier: &str) -> &str {
    let is_url =
        is_relative(specifier) || specifier.starts_with('/') || specifier.starts_with("file://");
    if is_url { &specifier[without_query(specifier).len()..] } else { "" }
}

/// Whether a specifier is a path from where it stands.
fn is_relative(specifier: &str) -> bool {
    let rest = specifier.strip_prefix("..").or_else(|| specifier.strip_prefix('.'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn without_query(path: &str) -> &str {
    path.split(['?', '#']).next().unwrap_or(path)
}

/// A package's name and what is behind it, as `require` takes them apart.
fn package_parts(request: &str) -> Option<(&str, &str)> {
    let scope = match request.strip_prefix('@') {
        Some(rest) => 2 + rest.find('/')?,
        None => 0,
    };
    let inner = &request[scope..];
    let end = scope + inner.find('/').unwrap_or(inner.len());
    let valid = !inner.starts_with(['.', '/']) && !inner.is_empty();
    let valid = valid && !request[..end].contains(['%', '\\']);
    valid.then(|| request.split_at(end))
}

/// The path inside of a package that its own name stands for.
fn own_subpath(package: &Package, request: &str) -> Option<String> {
    package.exports.as_ref()?;
    let rest = request.strip_prefix(package.name.as_deref()?)?;
    (rest.is_empty() || rest.starts_with('/')).then(|| format!(".{rest}"))
}
