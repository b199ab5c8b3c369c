//! Deriving `Slot`: each variant is tried in turn.

use crate::substitute::Parameters;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, Result};

/// The constants that stand for variants without fields.
const CONSTANTS: [&str; 3] = ["Undefined", "Null", "Hole"];

pub fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        let message = "only an enum derives Slot; a struct derives Record, and its Gc is a slot";
        return Err(Error::new_spanned(input, message));
    };
    let parameters = Parameters::of(input)?;
    if let Some(parameter) = input.generics.type_params().next() {
        return Err(Error::new_spanned(parameter, "a slot has no type parameters"));
    }
    let name = &input.ident;
    let mut constants = CONSTANTS.iter();
    let (mut into, mut from) = (Vec::new(), Vec::new());
    for variant in &data.variants {
        let ident = &variant.ident;
        match &variant.fields {
            Fields::Unit => {
                let Some(constant) = constants.next() else {
                    let message = "a slot has at most three variants without a field";
                    return Err(Error::new_spanned(variant, message));
                };
                let constant = syn::Ident::new(constant, ident.span());
                into.push(quote!(#name::#ident => ::heap_model::Value::#constant,));
                from.push(quote! {
                    if let ::heap_model::Value::#constant = value {
                        return ::core::option::Option::Some(#name::#ident);
                    }
                });
            }
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                let ty = parameters.at(&fields.unnamed[0].ty, "'static");
                into.push(quote! {
                    #name::#ident(value) => ::core::convert::Into::into(value),
                });
                from.push(quote! {
                    if let ::core::option::Option::Some(found) =
                        <#ty as ::heap_model::typed::FromValue>::from_value(value, scope)
                    {
                        return ::core::option::Option::Some(#name::#ident(found));
                    }
                });
            }
            _ => {
                let message = "a variant of a slot has one field without a name, or none";
                return Err(Error::new_spanned(variant, message));
            }
        }
    }
    let (own, of_value, at) = match &parameters.lifetime {
        Some(lifetime) => (quote!(<#lifetime>), quote!(<#lifetime>), quote!(<'t>)),
        None => (quote!(), quote!(<'_>), quote!()),
    };
    let elided = parameters.lifetime.as_ref().map(|_| quote!(<'_>));
    Ok(quote! {
        const _: () = {
            use ::heap_model::typed::{FromValue, Union};
            use ::heap_model::{Scope, Value};

            #[automatically_derived]
            impl #own ::core::convert::From<#name #own> for Value #of_value {
                #[inline]
                fn from(value: #name #own) -> Self {
                    Union::into_value(value)
                }
            }

            #[automatically_derived]
            impl FromValue for #name #elided {
                type At<'t> = #name #at;

                #[inline]
                fn from_value<'t>(
                    value: Value<'t>,
                    scope: &Scope<'_>,
                ) -> ::core::option::Option<#name #at> {
                    <Self as Union>::from_value(value, scope)
                }
            }

            #[automatically_derived]
            impl Union for #name #elided {
                type At<'t> = #name #at;

                #[inline]
                fn into_value<'v>(self) -> Value<'v>
                where
                    Self: 'v,
                {
                    match self { #(#into)* }
                }

                #[inline]
                fn from_value<'t>(
                    value: Value<'t>,
                    scope: &Scope<'_>,
                ) -> ::core::option::Option<#name #at> {
                    #(#from)*
                    ::core::option::Option::None
                }
            }
        };
    })
}
