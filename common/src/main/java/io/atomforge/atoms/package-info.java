/**
 * Atoms: small hand-written functions with types, value domains and words.
 *
 * <p>An {@link io.atomforge.atoms.Atom} is one Python function with what a chain needs to know of
 * it: {@link io.atomforge.atoms.Type} and {@link io.atomforge.atoms.Domain} of its parameters and
 * result, an English and a Chinese clause, and examples. {@link io.atomforge.atoms.AtomCatalog}
 * reads them from YAML, one file per topic; {@link io.atomforge.atoms.InputGenerator} draws inputs
 * from a domain. Values are JSON in the sandbox's encoding.
 */
package io.atomforge.atoms;
