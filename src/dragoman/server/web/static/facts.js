// What the reader should know of a translation, in a few words.
import { unsaid } from "./glossary.js";
import { nameOf, word } from "./words.js";

/** Of what was `found` for a text with these `terms`. */
export function facts(found, terms) {
  const told = [];
  if (found.flags.includes("unsure-language")) told.push(word("fact.unsure-language"));
  if (found.flags.includes("terms-unused")) told.push(word("fact.terms-unused"));
  if (found.flags.includes("term-unsaid")) {
    told.push(word("fact.term-unsaid", { terms: unsaid(terms, found.text).join(", ") }));
  }
  if (found.flags.includes("untranslated")) told.push(word("fact.untranslated"));
  if (found.flags.includes("from-memory")) told.push(word("fact.memory"));
  if (found.via.length) told.push(word("fact.via", { languages: found.via.map(nameOf).join(", ") }));
  return told;
}
