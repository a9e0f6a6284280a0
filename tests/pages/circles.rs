//! No two modules of a crate use each other, not even by way of others. Only a module and the modules below it may.
//!
//! A module uses another one if it names the other one or an item of it. A name that a module only hands on (`pub use`)
//! leads to the module that has the item.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, iter};

use syn::visit::{self, Visit};
use syn::{Attribute, UseTree, Visibility};

/// The path of a module, from the root of its crate.
type ModulePath = Vec<String>;

/// A crate: its modules with the paths that they name.
struct Crate(BTreeMap<ModulePath, Module>);

#[derive(Default)]
struct Module {
    /// The names that `use` brings, with their paths, and whether they are handed on.
    imports: Vec<(String, Vec<String>, bool)>,
    /// All other paths, such as `child::function`.
    paths: Vec<Vec<String>>,
}

impl Crate {
    /// Reads the source code in a folder.
    fn read(folder: &Path) -> Self {
        let mut found = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(above) = folders.pop() {
            for entry in fs::read_dir(above).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "rs") {
                    let relative = path.strip_prefix(folder).unwrap().with_extension("");
                    let mut module: ModulePath =
                        relative.iter().map(|name| name.to_str().unwrap().to_owned()).collect();
                    if module.last().is_some_and(|name| ["lib", "main", "mod"].contains(&name.as_str())) {
                        module.pop();
                    }
                    let mut names = Module::default();
                    names.visit_file(&syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap());
                    found.insert(module, names);
                }
            }
        }
        Self(found)
    }

    /// The module that a path in `from` leads to. `None` if it leads out of the crate.
    fn resolved(&self, from: &ModulePath, path: &[String]) -> Option<ModulePath> {
        let first = path.first()?;
        let (mut module, mut rest) = match first.as_str() {
            "crate" => (Vec::new(), &path[1..]),
            "self" => (from.clone(), &path[1..]),
            "super" => (from.clone(), path),
            _ if self.0.contains_key(&joined(from, first)) => (from.clone(), path),
            _ => return None,
        };
        while let Some((name, after)) = rest.split_first() {
            if name == "super" {
                module.pop();
            } else if self.0.contains_key(&joined(&module, name)) {
                module.push(name.clone());
            } else {
                let handed_on =
                    self.0[&module].imports.iter().find(|(own, _, is_public)| *is_public && own == name);
                return match handed_on {
                    Some((_, path, _)) => self.resolved(&module, path),
                    None => Some(module),
                };
            }
            rest = after;
        }
        Some(module)
    }

    /// The modules that a module uses, without those that it is in.
    fn used(&self, from: &ModulePath) -> BTreeSet<ModulePath> {
        let module = &self.0[from];
        let imported = module.imports.iter().filter(|(_, _, is_public)| !is_public).map(|(_, path, _)| path);
        let used = imported.chain(&module.paths).filter_map(|path| self.resolved(from, path));
        used.filter(|module| !from.starts_with(module)).collect()
    }

    /// A circle of modules, each of which uses the next one.
    fn circle(&self) -> Option<Vec<ModulePath>> {
        // Modules from which no circle can be reached are taken away, until only circles and what leads to them is left.
        let mut left: BTreeMap<_, _> =
            self.0.keys().map(|module| (module.clone(), self.used(module))).collect();
        let is_left = |left: &BTreeMap<ModulePath, BTreeSet<ModulePath>>, used: &BTreeSet<ModulePath>| {
            used.iter().any(|module| left.contains_key(module))
        };
        while let Some(end) =
            left.iter().find_map(|(module, used)| (!is_left(&left, used)).then(|| module.clone()))
        {
            left.remove(&end);
        }
        let next = |module: &ModulePath| left[module].iter().find(|used| left.contains_key(*used)).cloned();
        let walk: Vec<_> = iter::successors(left.keys().next().cloned(), next).take(left.len() + 1).collect();
        let last = walk.last()?;
        let begin = walk[..walk.len() - 1].iter().rposition(|module| module == last)?;
        Some(walk[begin..].to_vec())
    }
}

fn joined(module: &ModulePath, name: &str) -> ModulePath {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

impl Module {
    fn add_imports(&mut self, above: &[String], tree: &UseTree, is_public: bool) {
        let path = |name: &dyn ToString| above.iter().cloned().chain([name.to_string()]).collect::<Vec<_>>();
        match tree {
            UseTree::Path(tree) => self.add_imports(&path(&tree.ident), &tree.tree, is_public),
            UseTree::Name(tree) if tree.ident == "self" => {
                self.imports.push((above.last().unwrap().clone(), above.to_vec(), is_public));
            }
            UseTree::Name(tree) => self.imports.push((tree.ident.to_string(), path(&tree.ident), is_public)),
            UseTree::Rename(tree) => {
                self.imports.push((tree.rename.to_string(), path(&tree.ident), is_public))
            }
            UseTree::Glob(_) => self.imports.push(("*".to_owned(), above.to_vec(), is_public)),
            UseTree::Group(tree) => {
                tree.items.iter().for_each(|tree| self.add_imports(above, tree, is_public))
            }
        }
    }
}

/// Whether an item is only for tests or documentation, which may name everything.
fn is_left_out(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|name| name.is_ident("test") || name.is_ident("doc"))
    })
}

impl<'ast> Visit<'ast> for Module {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_left_out(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_left_out(&item.attrs) {
            self.add_imports(&[], &item.tree, !matches!(item.vis, Visibility::Inherited));
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            self.paths.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }
}

#[test]
fn no_modules_use_each_other() {
    for name in
        ["contact", "contact-bindings", "contact-capi", "contact-python", "contact-testkit", "convert"]
    {
        let folder = testkit::repository().join(format!("crates/deskpro-{name}/src"));
        let modules = Crate::read(&folder);
        let arrows: usize = modules.0.keys().map(|module| modules.used(module).len()).sum();
        assert!(arrows > 0, "{name}: only {arrows} uses are seen");
        let circle =
            modules.circle().map(|circle| circle.iter().map(|module| module.join("/")).collect::<Vec<_>>());
        assert_eq!(circle, None, "deskpro-{name}: expected no modules that use each other");
    }
}
