import { describe, expect, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { findClaude } from '../../../src/cli/claude-code/claude-program.ts'
import { newestTestedClaude } from '../../../src/cli/claude-code/tested-versions.ts'
import type { Machine } from '../../../src/config/paths.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { doctor, withClaude } from '../../support/doctor.ts'
import { writeFile, writeProgram } from '../../support/files.ts'

const machineAt = (folder: string, environment: Machine['environment'] = {}, platform = 'linux'): Machine => ({
  platform,
  home: folder,
  currentDirectory: join(folder, 'project'),
  environment,
})

describe('the claude on this machine', () => {
  test('is the first on PATH, then the one in the folders of its installer', () => {
    const folder = temporaryFolder()
    const [first, second] = ['a', 'b'].map((name) => join(folder, name)) as [string, string]
    expect(findClaude(machineAt(folder, { PATH: `${first}:${second}` }))).toBeUndefined()
    const old = writeProgram(join(folder, '.claude', 'local', 'claude'))
    expect(findClaude(machineAt(folder))).toEqual({ path: old })
    const installed = writeProgram(join(folder, '.local', 'bin', 'claude'))
    expect(findClaude(machineAt(folder))).toEqual({ path: installed })
    const onPath = writeProgram(join(second, 'claude'))
    expect(findClaude(machineAt(folder, { PATH: `${first}:${second}` }))).toEqual({ path: onPath })
  })

  test('is an executable program, and never in a relative folder', () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'a', 'claude'), { recursive: true })
    writeFile(join(folder, 'b', 'claude'), 'no program')
    writeProgram(join(folder, 'project', 'claude'))
    expect(findClaude(machineAt(folder, { PATH: `${folder}/a:${folder}/b:.::project` }))).toBeUndefined()
  })

  test('on Windows has an extension of PATHEXT, in a variable of any case', () => {
    const windows = { platform: 'win32', home: String.raw`C:\Users\anna`, currentDirectory: 'C:\\' }
    const there = (path: string) => (candidate: string) => candidate === path
    const environment = { Path: String.raw`C:\tools;"C:\Program Files\nodejs"`, PATHEXT: '.COM;.EXE;.CMD' }
    for (const path of [
      String.raw`C:\tools\claude.exe`,
      String.raw`C:\Program Files\nodejs\claude.cmd`,
      String.raw`C:\Users\anna\.local\bin\claude.exe`,
    ])
      expect(findClaude({ ...windows, environment }, there(path))).toEqual({ path })
    const bare = { ...windows, environment: {} }
    expect(findClaude(bare, there(String.raw`C:\Users\anna\.local\bin\claude.cmd`))?.path).toEndWith('claude.cmd')
    expect(findClaude(bare, there(String.raw`C:\Users\anna\.local\bin\claude`))).toBeUndefined()
  })

  test('is shown by doctor with its version, or with commands that install it', async () => {
    const { PATH, program } = withClaude()
    expect((await doctor(['--offline'], { PATH })).of('claude.program')).toEqual({
      id: 'claude.program',
      title: 'Program',
      status: 'ok',
      detail: `2.1.329 (${program})`,
      data: { path: program, version: '2.1.329', newestTested: newestTestedClaude },
    })
    expect((await doctor(['--offline'])).of('claude.program')).toMatchObject({
      status: 'warn',
      remedy: expect.stringContaining('curl -fsSL https://claude.ai/install.sh | bash'),
    })
    expect((await doctor(['--offline'], withClaude('exit 3'))).of('claude.program')).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('does not print its version'),
    })
  })
})
