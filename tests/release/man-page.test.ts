import { describe, expect, test } from 'bun:test'
import { manPage } from '../../scripts/release/man-page.ts'
import { project } from '../../scripts/release/project.ts'
import { plain, prose } from '../../scripts/release/roff.ts'
import { catalogue } from '../../src/cli/commands/commands.ts'
import { flagsOf } from '../../src/cli/parse/arguments.ts'
import { type Setting, settings } from '../../src/config/settings/settings.ts'

const page = manPage(catalogue, { ...project, date: 1_700_000_000 })
const groff = Bun.which('groff')

describe('what roff would take for its own', () => {
  test('is written as it is to be read', () => {
    expect(plain('--port -1 \\n ~/a \'x\' "y" $(z) ^ `')).toBe(
      String.raw`\-\-port \-1 \en \(ti/a \(aqx\(aq \(dqy\(dq $(z) \(ha \(ga`,
    )
    expect(plain('key nxs-…')).toBe(String.raw`key nxs\-\[u2026]`)
  })

  test('at the beginning of a line is no command', () => {
    expect([plain('.env'), plain("'tis"), plain('a\n.b')]).toEqual([String.raw`\&.env`, String.raw`\(aqtis`, 'a .b'])
  })

  test('code is bold', () => {
    expect(prose('Say `--dev`, or not.')).toBe(String.raw`Say \fB\-\-dev\fR, or not.`)
  })
})

describe('the manual page', () => {
  test('has every command with its flags, every variable and exit code', () => {
    for (const { name, args } of catalogue.commands.filter(({ isHidden }) => isHidden !== true)) {
      expect(page).toContain(`.SS ${plain(name)}\n`)
      for (const [flag] of flagsOf(args)) expect(page).toContain(plain(`--${flag}`))
    }
    for (const { environment } of settings as readonly Setting[])
      for (const name of environment) expect(page).toContain(plain(name))
    for (const code of ['0', '1', '2', '130']) expect(page).toContain(`.TP\n\\fB${code}\\fR\n`)
  })

  test('has only commands that are known at the beginning of its lines', () => {
    const commands = page.split('\n').flatMap((line) => /^[.'].*?(?= |$)/.exec(line)?.[0] ?? [])
    expect([...new Set(commands)].sort()).toEqual(['.PP', '.RE', '.RS', '.SH', '.SS', '.TH', '.TP', '.fi', '.nf'])
  })

  test.if(groff !== null)('is typeset without a warning', () => {
    const { stdout, stderr } = Bun.spawnSync([groff ?? '', '-Tutf8', '-man', '-ww'], { stdin: Buffer.from(page) })
    expect(stderr.toString()).toBe('')
    expect(stdout.toString()).toContain('User Commands')
  })
})
