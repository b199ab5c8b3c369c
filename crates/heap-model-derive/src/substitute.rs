//! A type with another lifetime in the place of its scope's.

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    DeriveInput, Error, GenericParam, Generics, Ident, Lifetime, Result, Type, TypeParam,
    TypeParamBound, WherePredicate, parse_quote,
};

/// What the parameters of a type are to the heap.
pub struct Parameters {
    /// The scope's.
    pub lifetime: Option<Lifetime>,
    /// Those that stand for plain values.
    pub plain: Vec<Ident>,
    /// Those that stand for records: they are bounded by `Record`.
    pub records: Vec<Ident>,
}

impl Parameters {
    /// The parameters of a type.
    pub fn of(input: &DeriveInput) -> Result<Self> {
        let mut found = Self { lifetime: None, plain: Vec::new(), records: Vec::new() };
        for parameter in &input.generics.params {
            match parameter {
                GenericParam::Lifetime(parameter) if found.lifetime.is_some() => {
                    let message = "there is at most one lifetime, which is the scope's";
                    return Err(Error::new_spanned(parameter, message));
                }
                GenericParam::Lifetime(parameter) => {
                    found.lifetime = Some(parameter.lifetime.clone());
                }
                GenericParam::Type(parameter) => {
                    let is_record = stands_for_record(parameter, &input.generics);
                    let kind = if is_record { &mut found.records } else { &mut found.plain };
                    kind.push(parameter.ident.clone());
                }
                GenericParam::Const(_) => {}
            }
        }
        Ok(found)
    }

    /// Whether a type names the scope's lifetime.
    pub fn names_lifetime(&self, ty: &Type) -> bool {
        self.lifetime.as_ref().is_some_and(|lifetime| {
            let mut search = Search { lifetime: Some(lifetime), names: &[], found: false };
            search.visit_type(ty);
            search.found
        })
    }

    /// Whether a type names a type parameter.
    pub fn names_plain(&self, ty: &Type) -> bool {
        let mut search = Search { lifetime: None, names: &self.plain, found: false };
        search.visit_type(ty);
        search.found
    }

    /// Whether a type names any type parameter.
    pub fn names_type(&self, ty: &Type) -> bool {
        let mut search = Search { lifetime: None, names: &self.records, found: false };
        search.visit_type(ty);
        search.found || self.names_plain(ty)
    }

    /// The type with another lifetime, such as `'t`, and what stands for a record with it, too.
    pub fn at(&self, ty: &Type, lifetime: &str) -> Type {
        let lifetime = Lifetime::new(lifetime, Span::call_site());
        let record = |name: &Ident| -> Type {
            parse_quote!(<#name as ::heap_model::typed::Record>::At<#lifetime>)
        };
        self.replaced(ty, &lifetime, Some(&record))
    }

    /// The type by which a heap knows it.
    pub fn id(&self, ty: &Type) -> Type {
        let lifetime = Lifetime::new("'static", Span::call_site());
        let record =
            |name: &Ident| -> Type { parse_quote!(<#name as ::heap_model::typed::Record>::Id) };
        self.replaced(ty, &lifetime, Some(&record))
    }

    /// The type with the lifetime `'static`, and what stands for a record as it is.
    pub fn fixed(&self, ty: &Type) -> Type {
        self.replaced(ty, &Lifetime::new("'static", Span::call_site()), None)
    }

    fn replaced(&self, ty: &Type, to: &Lifetime, record: Option<&dyn Fn(&Ident) -> Type>) -> Type {
        let mut ty = ty.clone();
        Replace { parameters: self, to, record }.visit_type_mut(&mut ty);
        ty
    }
}

/// Whether a type parameter is bounded by `Record`.
fn stands_for_record(parameter: &TypeParam, generics: &Generics) -> bool {
    let is_record = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => {
            bound.path.segments.last().is_some_and(|segment| segment.ident == "Record")
        }
        _ => false,
    };
    let bounded = |predicate: &WherePredicate| match predicate {
        WherePredicate::Type(predicate) => {
            let names =
                |ty: &Type| matches!(ty, Type::Path(ty) if ty.path.is_ident(&parameter.ident));
            names(&predicate.bounded_ty) && predicate.bounds.iter().any(is_record)
        }
        _ => false,
    };
    parameter.bounds.iter().any(is_record)
        || generics.where_clause.iter().flat_map(|clause| &clause.predicates).any(bounded)
}

struct Search<'p> {
    lifetime: Option<&'p Lifetime>,
    names: &'p [Ident],
    found: bool,
}

impl Visit<'_> for Search<'_> {
    fn visit_lifetime(&mut self, lifetime: &Lifetime) {
        self.found |= self.lifetime == Some(lifetime);
    }

    fn visit_ident(&mut self, ident: &Ident) {
        self.found |= self.names.contains(ident);
        visit::visit_ident(self, ident);
    }
}

struct Replace<'p> {
    parameters: &'p Parameters,
    to: &'p Lifetime,
    record: Option<&'p dyn Fn(&Ident) -> Type>,
}

impl VisitMut for Replace<'_> {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if self.parameters.lifetime.as_ref() == Some(lifetime) {
            *lifetime = self.to.clone();
        }
    }

    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let (Type::Path(path), Some(record)) = (&*ty, self.record)
            && let Some(name) = path.path.get_ident()
            && self.parameters.records.contains(name)
        {
            *ty = record(name);
        } else {
            visit_mut::visit_type_mut(self, ty);
        }
    }
}
