import { describe, expect, test } from 'bun:test'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { installedVersion } from '../../../src/cli/claude-code/installed-version.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { writeFile, writeNpmClaude, writeProgram } from '../../support/files.ts'

describe('the version of an installed Claude Code comes from its files', () => {
  test('for an npm package, through a link', () => {
    const link = join(temporaryFolder(), 'claude')
    symlinkSync(writeNpmClaude('2.1.332'), link)
    expect(installedVersion(link)).toBe('2.1.332')
  })

  test.each([
    [['.local', 'share', 'claude', 'versions', '2.1.332'], '2.1.332'],
    [['Caskroom', 'claude-code', '2.1.300', 'claude'], '2.1.300'],
    [['bin', 'claude'], undefined],
  ])('%p: %p', (names, version) => {
    expect(installedVersion(writeProgram(join(temporaryFolder(), ...names)))).toBe(version as never)
  })

  test('not for another package, or a missing program', () => {
    const folder = temporaryFolder()
    writeFile(join(folder, 'package.json'), '{"name":"my-claude","version":"9.9.9"}')
    expect(installedVersion(writeProgram(join(folder, 'claude')))).toBeUndefined()
    expect(installedVersion(join(folder, 'nothing'))).toBeUndefined()
  })
})
