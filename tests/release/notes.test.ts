import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { notesOf, reasonAgainst } from '../../scripts/release/notes.ts'
import { project } from '../../scripts/release/project.ts'

const changelog = `# Changelog

## [Unreleased]

## [1.2.3] - 2026-11-21

### Added

- One.

## [1.2.2](https://x.example) - 2026-11-01

- Two.

## [1.2.0]

[1.2.0]: https://x.example
`

describe("a release's notes", () => {
  test('are the section of its version only', () => {
    expect(notesOf(changelog, '1.2.3')).toBe('### Added\n\n- One.')
    expect(notesOf(changelog, '1.2.2')).toBe('- Two.')
  })

  test('do not exist for a missing or empty section', () => {
    for (const version of ['1.2.0', '1.2', '2.0.0', 'Unreleased', '.*'])
      expect(notesOf(changelog, version)).toBeUndefined()
  })

  test('a tag can be released if package.json and the changelog have its version', () => {
    expect(reasonAgainst('v1.2.3', '1.2.3', changelog)).toBeUndefined()
    expect(reasonAgainst('v1.2.4', '1.2.3', changelog)).toContain('package.json says 1.2.3')
    expect(reasonAgainst('1.2.3', '1.2.3', changelog)).toContain('tag v1.2.3')
    expect(reasonAgainst('v1.2.0', '1.2.0', changelog)).toContain('no section [1.2.0]')
  })

  test('our own changelog has notes under [Unreleased] or the current version', () => {
    const own = readFileSync(join(import.meta.dir, '..', '..', 'CHANGELOG.md'), 'utf8')
    expect(notesOf(own, 'Unreleased') ?? notesOf(own, project.version)).toStartWith('### ')
  })
})
