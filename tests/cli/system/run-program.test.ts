import { describe, expect, test } from 'bun:test'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { outputOf } from '../../../src/cli/system/run-program.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { writeFile, writeProgram } from '../../support/files.ts'

describe('the output of a program', () => {
  const deadlineMs = 10_000
  const program = (script: string): string[] => [process.execPath, '-e', script]

  test('is returned if the program succeeds, with the given environment', async () => {
    expect(
      await outputOf(program('console.log(process.env.WORD)'), { environment: { WORD: 'said' }, deadlineMs }),
    ).toBe('said\n')
  })

  test('is undefined if the program does not exist, fails, or takes too long', async () => {
    expect(await outputOf(['/nowhere/program'], { deadlineMs })).toBeUndefined()
    expect(await outputOf(program('console.log(1); process.exit(3)'), { deadlineMs })).toBeUndefined()
    expect(await outputOf(program('setInterval(() => {}, 1000)'), { deadlineMs: 50 })).toBeUndefined()
  })
})

describe('the output of a program', () => {
  const printed = (path: string, deadlineMs = 5000): Promise<string | undefined> =>
    outputOf([path, '--version'], { environment: {}, deadlineMs })
  const script = (name: string, text: string): string => {
    const path = writeFile(join(temporaryFolder(), name), `#!/bin/sh\n${text}\n`)
    chmodSync(path, 0o755)
    return path
  }

  test('is returned also for a path with special characters of shells', async () => {
    expect(await printed(script('R&D (x86) %PATH% ^/claude', 'echo "1.2.3 $1"'))).toBe('1.2.3 --version\n')
  })

  test('is undefined for a program that fails, is missing, is not executable, or does not end', async () => {
    expect(await printed(script('fails', 'echo 1; exit 3'))).toBeUndefined()
    expect(await printed('/nowhere/claude')).toBeUndefined()
    const half = writeProgram(join(temporaryFolder(), 'half'))
    writeFileSync(half, '\u007fELF')
    expect(await printed(half)).toBeUndefined()
    expect(await printed(script('hangs', 'echo 1; sleep 2 & wait'), 100)).toBeUndefined()
  })
})
