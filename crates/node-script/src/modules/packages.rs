//! What a path or the name of a package stands for: `node_modules`, and `main`, `exports` and `imports` of `package.json`,
//! as Node's [CommonJS](https://nodejs.org/api/modules.html#all-together) and
//! [ECMAScript](https://nodejs.org/api/esm.html#resolution-algorithm) modules are found.

use crate::compile::op::ErrorKind;
use oxc_resolver::{ResolveError, ResolveOptions, Resolver};
use std::path::{Path, PathBuf};

/// Who seeks a module.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Seeker {
    Require,
    Import,
}

/// What a specifier names.
pub(super) enum Target {
    Node(String),
    File(PathBuf),
}

impl Target {
    /// The name or the path.
    pub(super) fn text(self) -> String {
        match self {
            Self::Node(name) => name,
            Self::File(path) => path.to_string_lossy().into_owned(),
        }
    }
}

/// Why nothing was found.
pub(super) enum Missing {
    Module,
    /// The package is there and does not give this, or cannot be read: an error of Node's.
    Refused {
        kind: ErrorKind,
        code: &'static str,
        text: String,
    },
}

impl Seeker {
    /// The file that a specifier in a file, `from`, of a directory names. Nothing is remembered: a program may write modules.
    pub(super) fn find(
        self,
        specifier: &str,
        directory: &Path,
        from: &str,
    ) -> Result<PathBuf, Missing> {
        let names = match self {
            Self::Require => ["node", "require"],
            Self::Import => ["node", "import"],
        };
        let resolver = Resolver::new(ResolveOptions {
            condition_names: names.map(str::to_owned).to_vec(),
            extensions: [".js", ".json", ".node"].map(str::to_owned).to_vec(),
            fully_specified: self == Self::Import,
            node_path: false,
            ..ResolveOptions::default()
        });
        match resolver.resolve(directory, specifier) {
            Ok(found) => Ok(found.into_path_buf()),
            Err(error) => {
                let mut missing = missing(error);
                if let Missing::Refused { code, text, .. } = &mut missing
                    && match *code {
                        "ERR_INVALID_PACKAGE_CONFIG" => false,
                        "ERR_PACKAGE_IMPORT_NOT_DEFINED" => true,
                        _ => self == Self::Import,
                    }
                {
                    text.extend([" imported from ", from]);
                }
                Err(missing)
            }
        }
    }
}

/// The name of a specifier's package.
pub(super) fn package_name(specifier: &str) -> &str {
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    let end = specifier.match_indices('/').nth(parts - 1).map(|(end, _)| end);
    &specifier[..end.unwrap_or(specifier.len())]
}

/// Where a package's file would lie, if the package lies in a `node_modules` around a directory.
pub(super) fn inside_package(specifier: &str, directory: &Path) -> Option<PathBuf> {
    let mut folders = directory.ancestors().map(|folder| folder.join("node_modules"));
    let modules = folders.find(|modules| modules.join(package_name(specifier)).is_dir())?;
    Some(modules.join(specifier))
}

fn missing(error: ResolveError) -> Missing {
    let text = error.to_string();
    let (kind, code, text) = match error {
        ResolveError::PackagePathNotExported { subpath, package_json_path, .. } => {
            let package = package_json_path.display();
            let text = match subpath.as_str() {
                "." => format!("No \"exports\" main defined in {package}"),
                _ => format!(
                    "Package subpath '{subpath}' is not defined by \"exports\" in {package}"
                ),
            };
            (ErrorKind::Error, "ERR_PACKAGE_PATH_NOT_EXPORTED", text)
        }
        ResolveError::PackageImportNotDefined(specifier, package) => {
            let package = package.display();
            let text = format!(
                "Package import specifier \"{specifier}\" is not defined in package {package}"
            );
            (ErrorKind::TypeError, "ERR_PACKAGE_IMPORT_NOT_DEFINED", text)
        }
        ResolveError::InvalidPackageTarget(..) => {
            (ErrorKind::Error, "ERR_INVALID_PACKAGE_TARGET", text)
        }
        ResolveError::InvalidModuleSpecifier(..) => {
            (ErrorKind::TypeError, "ERR_INVALID_MODULE_SPECIFIER", text)
        }
        ResolveError::InvalidPackageConfig(package) => {
            let text = format!(
                "Invalid package config {}. \"exports\" cannot contain some keys starting with '.' and some not. The exports object must either be an object of package subpath keys or an object of main entry condition name keys only.",
                package.display()
            );
            (ErrorKind::Error, "ERR_INVALID_PACKAGE_CONFIG", text)
        }
        ResolveError::InvalidPackageConfigDefault(_)
        | ResolveError::InvalidPackageConfigDirectory(_) => {
            (ErrorKind::Error, "ERR_INVALID_PACKAGE_CONFIG", text)
        }
        ResolveError::Json(error) => {
            let text =
                format!("Invalid package config {}.\n{}", error.path.display(), error.message);
            (ErrorKind::Error, "ERR_INVALID_PACKAGE_CONFIG", text)
        }
        _ => return Missing::Module,
    };
    Missing::Refused { kind, code, text }
}

/// The type that a `package.json` says its files are of.
pub(super) fn read_type(package: &Path) -> Option<String> {
    let package: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(package).ok()?).ok()?;
    Some(package.get("type")?.as_str()?.to_owned())
}

/// The `package.json` that a file belongs to.
pub(super) fn nearest_package(path: &Path) -> Option<PathBuf> {
    path.ancestors()
        .skip(1)
        .take_while(|folder| !folder.ends_with("node_modules"))
        .map(|folder| folder.join("package.json"))
        .find(|package| package.is_file())
}
