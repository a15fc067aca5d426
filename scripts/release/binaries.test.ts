import { describe, expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/binary.ts'
import { windowsVersion } from './build-program.ts'
import { readCodeSignature } from './macho.ts'
import { readExecutable } from './pe.ts'
import { project, targetsFolder } from './project.ts'
import { programName, type Target, targets } from './targets.ts'

/**
 * Checks programs for other systems without running them. Skips programs that were not built:
 * `bun scripts/build.ts --target darwin-arm64 --target darwin-x64 --target windows-x64`, or `--all`.
 */

const pathOf = (target: Target): string => join(targetsFolder, target.id, programName(target, project.name))
const built = (os: Target['os']): Target[] => targets.filter((target) => target.os === os && existsSync(pathOf(target)))
const named = (list: readonly Target[]): [string, Target][] => list.map((target) => [target.id, target])

const forApple = named(built('darwin'))
const forWindows = named(built('win32'))

/** Whether a Mac has signed the programs again, as it does before a release. */
const isSignedAgain = process.env['DARWIN_SIGNED'] === '1'

describe.skipIf(forApple.length === 0)('for macOS', () => {
  test.each(forApple)('%s is for its processor, and contains its name and version', (id, target) => {
    const file = readFileSync(pathOf(target))
    expect([readCodeSignature(file)?.arch, file.includes(`"${id}"`)]).toEqual([target.arch, true])
  })

  test.each(forApple.filter(([, { arch }]) => arch === 'arm64'))('%s has a valid signature', (_, target) => {
    expect(readCodeSignature(readFileSync(pathOf(target)))).toMatchObject({ isAdHoc: true, faults: [] })
  })

  // Bun 1.4.5 changes the program after signing it, and macOS kills it at its start. So a Mac signs it again before a
  // release. When this test fails because Bun has fixed that, remove the second signature.
  test.each(forApple.filter(([, { arch }]) => arch === 'x64'))(
    '%s is signed again on a Mac, or has an invalid signature',
    (_, target) => {
      const signature = readCodeSignature(readFileSync(pathOf(target)))
      expect(signature?.faults.length === 0).toBe(isSignedAgain)
    },
  )

  test.each(forApple)('check-signature.ts reports the same for %s', (_, target) => {
    const faults = readCodeSignature(readFileSync(pathOf(target)))?.faults ?? []
    const script = join(root, 'scripts', 'release', 'check-signature.ts')
    const { exitCode } = Bun.spawnSync([process.execPath, script, pathOf(target)], { stdout: 'ignore' })
    expect(exitCode).toBe(faults.length === 0 ? 0 : 1)
  })
})

describe.skipIf(forWindows.length === 0)('for Windows', () => {
  test.each(forWindows)('%s is an unsigned console program for its processor, with an icon', (id, target) => {
    const file = readFileSync(pathOf(target))
    expect(readExecutable(file)).toEqual({
      arch: target.arch,
      subsystem: 'console',
      hasResources: true,
      isSigned: false,
    })
    expect([file.includes(`"${id}"`), file.includes(`"${project.version}"`)]).toEqual([true, true])
  })

  // Bun writes the details only on Windows; elsewhere the program has Bun's own.
  test.skipIf(process.platform !== 'win32').each(forWindows)('%s has its title and version', (_, target) => {
    const file = readFileSync(pathOf(target))
    expect(file.includes(Buffer.from(project.description, 'utf16le'))).toBe(true)
    expect(file.includes(Buffer.from(windowsVersion, 'utf16le'))).toBe(true)
  })
})
