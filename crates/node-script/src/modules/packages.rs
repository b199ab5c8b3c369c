//! Files of `package.json`: which one a file belongs to, and what it says.

use crate::compile::op::ErrorKind;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// What a specifier names.
pub(super) enum Target {
    Node(String),
    File(PathBuf),
    /// A URL that has the module in it.
    Data(String),
}

impl Target {
    /// The name or the path.
    pub(super) fn text(self) -> String {
        match self {
            Self::Node(name) => name,
            Self::File(path) => path.to_string_lossy().into_owned(),
            Self::Data(url) => url,
        }
    }
}

/// Why nothing was found.
pub(super) enum Missing {
    /// A module that is required, by this name or path.
    Module(String),
    /// A `package.json` that is no JSON.
    Broken(PathBuf),
    /// What a package gives to `require` is no file's path. Of a `main`, the `package.json` and what was required.
    Target { text: String, package: Option<(String, String)> },
    /// The package is there and does not give this: an error of Node's. Of a file that is not there, its URL.
    Refused { kind: ErrorKind, code: &'static str, text: String, url: Option<String> },
}

impl Missing {
    pub(super) fn error(code: &'static str, text: String) -> Self {
        Self::Refused { kind: ErrorKind::Error, code, text, url: None }
    }

    pub(super) fn type_error(code: &'static str, text: String) -> Self {
        Self::Refused { kind: ErrorKind::TypeError, code, text, url: None }
    }

    /// The code of an error of Node's.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Refused { code, .. } => code,
            _ => "",
        }
    }
}

/// What a `package.json` says.
#[derive(Debug)]
pub(super) struct Package {
    /// Where it is.
    pub path: PathBuf,
    pub name: Option<String>,
    pub main: Option<String>,
    pub kind: Option<String>,
    /// `exports` and `imports`, if they are there and not null.
    pub exports: Option<Value>,
    pub imports: Option<Value>,
}

impl Package {
    fn of(path: PathBuf, value: &Value) -> Self {
        let text = |name: &str| Some(value.get(name)?.as_str()?.to_owned());
        let any = |name: &str| value.get(name).filter(|value| !value.is_null()).cloned();
        Self {
            name: text("name"),
            main: text("main").filter(|main| !main.is_empty()),
            kind: text("type").filter(|kind| kind == "module" || kind == "commonjs"),
            exports: any("exports"),
            imports: any("imports").filter(Value::is_object),
            path,
        }
    }

    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }
}

/// The files of `package.json` that were read: each is read once, as by Node.
#[derive(Debug, Default)]
pub(crate) struct Packages(RefCell<HashMap<PathBuf, Rc<Package>>>);

impl Packages {
    /// The package of a folder, if it is one.
    pub(super) fn read(&self, folder: &Path) -> Result<Option<Rc<Package>>, Missing> {
        let path = folder.join("package.json");
        if let Some(known) = self.0.borrow().get(&path) {
            return Ok(Some(known.clone()));
        }
        let Ok(bytes) = std::fs::read(&path) else { return Ok(None) };
        let text = String::from_utf8_lossy(&bytes);
        let Ok(value) = serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(&text)) else {
            return Err(Missing::Broken(path));
        };
        let package = Rc::new(Package::of(path.clone(), &value));
        self.0.borrow_mut().insert(path, package.clone());
        Ok(Some(package))
    }

    /// The package that a file belongs to.
    pub(super) fn around(&self, file: &Path) -> Result<Option<Rc<Package>>, Missing> {
        for folder in file.ancestors().skip(1) {
            if folder.ends_with("node_modules") {
                break;
            }
            if let Some(package) = self.read(folder)? {
                return Ok(Some(package));
            }
        }
        Ok(None)
    }
}

/// The folders in which packages around a folder are sought.
pub(super) fn module_folders(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let around = folder.ancestors().filter(|folder| !folder.ends_with("node_modules"));
    around.map(|folder| folder.join("node_modules"))
}

/// The `package.json` that a file belongs to.
pub(super) fn nearest_package(path: &Path) -> Option<PathBuf> {
    path.ancestors()
        .skip(1)
        .take_while(|folder| !folder.ends_with("node_modules"))
        .map(|folder| folder.join("package.json"))
        .find(|package| package.is_file())
}
