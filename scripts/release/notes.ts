import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/binary.ts'
import { project } from './project.ts'

/**
 * Prints the notes of a release: its section of CHANGELOG.md. Exit code 1 if the tag does not match package.json's
 * version, or the section is missing.
 *
 *   bun scripts/release/notes.ts v1.2.3
 */

/** `## [1.2.3] - 2026-11-21`, the format of Keep a Changelog. The date can be missing. */
const heading = /^## \[([^\]]+)\](?:\([^)]*\))?(?: - \d{4}-\d{2}-\d{2})?\s*$/gm
/** Link definitions for headings, at the end of the page. */
const linkLine = /^\[[^\]]+\]: \S+$/gm

/** The section of a version, without its heading. Undefined if it is missing or empty. */
export const notesOf = (changelog: string, version: string): string | undefined => {
  const headings = [...changelog.matchAll(heading)]
  const index = headings.findIndex(([, name]) => name === version)
  const found = headings[index]
  if (found === undefined) return undefined
  const section = changelog.slice(found.index + found[0].length, headings[index + 1]?.index)
  const notes = section.replace(linkLine, '').trim()
  return notes === '' ? undefined : notes
}

/** Why a tag cannot be released; undefined if it can. */
export const reasonAgainst = (tag: string, version: string, changelog: string): string | undefined => {
  if (tag !== `v${version}`)
    return `The tag is ${tag}, but package.json says ${version}. Set the version in package.json, or use the tag v${version}.`
  if (notesOf(changelog, version) === undefined)
    return `CHANGELOG.md has no section [${version}]. Rename [Unreleased] to it, with the date.`
  return undefined
}

if (import.meta.main) {
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8')
  const reason = reasonAgainst(process.argv[2] ?? '', project.version, changelog)
  if (reason === undefined) console.log(notesOf(changelog, project.version))
  else {
    console.error(reason)
    process.exitCode = 1
  }
}
