import { describe, expect, test } from 'bun:test'
import { splitRemedy } from '../../../src/cli/doctor/check.ts'
import { clockFinding } from '../../../src/cli/doctor/clock.ts'
import { createReporter } from '../../../src/cli/doctor/report.ts'
import { createSpinner } from '../../../src/cli/doctor/spinner.ts'
import { runMain } from '../../../src/cli/main.ts'
import { proxyPassword } from '../../support/canary.ts'
import { simulate } from '../../support/chain.ts'
import { temporaryFolder, testIo } from '../../support/cli.ts'
import { doctor, doctorReport, withClaude } from '../../support/doctor.ts'

const layout = { columns: 80, useColor: false, home: '/home/anna' }
const result = { id: 'x', title: 'Title', status: 'fail' as const, detail: 'what is wrong' }

describe('the output for users', () => {
  test('prints the report to standard output, the notice to standard error', async () => {
    const { code, out, err } = await doctorReport(['--simulate'], withClaude())
    expect([code, err.split('\n').length]).toEqual([0, 2])
    expect(out).toContain('\nok    Streaming          first token after ')
    expect(out).toEndWith('\nNo problems found.\n')
    expect(err).toContain('9 tiny requests to AI Nexus, simulated')
    // No terminal: no animation, no colors.
    expect(out + err).not.toMatch(/(?!\n)\p{Cc}/u)
  })

  test.each([
    ['everything fine', ['--simulate'], {}],
    ['no key', [], {}],
    ['a wrong key', ['--endpoint-url', 'simulator'], { NEXUS_API_KEY: 'wrong-key-0123456' }],
    ['a wrong option', ['--log-level', 'loud'], {}],
    [
      'a proxy and another service',
      ['--offline'],
      {
        HTTPS_PROXY: `http://user:${proxyPassword}@a.rather.long.name.of.a.proxy.of.a.company.example:3128`,
        CLAUDE_CODE_USE_BEDROCK: '1',
        CLAUDE_CODE_USE_VERTEX: '1',
        NO_PROXY: 'one.example,two.example,three.example,four.example',
      },
    ],
    ['an endpoint with a long name', ['--offline', '--endpoint-url', `https://${'long.'.repeat(8)}example`], {}],
  ])('prints no line longer than the terminal: %s', async (_, args, environment) => {
    const at = args.map((arg) => (arg === 'simulator' ? simulate({ apiKey: 'right' }).url : arg))
    const { out, err } = await doctorReport(
      at.includes('--offline') || at.includes('--simulate') || at.includes('--endpoint-url')
        ? at
        : [...at, '--offline'],
      environment as Record<string, string>,
    )
    for (const line of `${out}${err}`.split('\n')) expect([line, line.length > 80]).toEqual([line, false])
  })

  test('shows an animation on a terminal, on standard error, and clears it', async () => {
    const folder = temporaryFolder()
    let [out, err] = ['', '']
    const code = await runMain(['doctor', '--offline', '--simulate', '--port', '0'], {
      ...testIo({ home: folder, currentDirectory: folder }),
      isTerminal: true,
      isOutTerminal: true,
      out: (text) => {
        out += text
      },
      err: (text) => {
        err += text
      },
    })
    expect(code).toBe(0)
    expect(out).not.toMatch(/(?!\n)\p{Cc}/u)
    expect(err).toEndWith('\r\u001b[2K')
    expect(err).toContain('|     Port')
  })

  test('clears the line of a spinner', () => {
    const written: string[] = []
    const spinner = createSpinner((text) => written.push(text))
    spinner.begin('Name')
    spinner.end()
    expect(written).toEqual(['\r\u001b[2K|     Name', '\r\u001b[2K'])
  })
})

test('reports a check that throws, and the results of the others', async () => {
  const environment = new Proxy<Record<string, string>>(
    {},
    {
      get(_, name) {
        if (name === 'CLAUDE_CODE_USE_BEDROCK') throw new RangeError('secret words')
        return undefined
      },
    },
  )
  const { code, of, said } = await doctor(['--offline', '--simulate'], environment)
  expect(of('claude.environment')).toEqual({
    id: 'claude.environment',
    title: 'Environment',
    status: 'fail',
    detail: 'doctor has an internal error in this check (RangeError); the other checks are valid',
    remedy: expect.stringContaining('to your administrator') as unknown as string,
    data: { name: 'RangeError', stack: expect.stringContaining('claude-checks.ts') as unknown as string },
  })
  expect([code, of('claude.no-proxy').status, of('port').status]).toEqual([1, 'ok', 'info'])
  expect(said).not.toContain('secret words')
})

describe('a line of the report', () => {
  const reporter = createReporter(layout)

  test('has its remedy below it', () => {
    expect(reporter.result({ ...result, remedy: 'do something' })).toBe(
      'FAIL  Title              what is wrong\n                         -> do something\n',
    )
  })

  test('does not wrap commands, and shortens the home folder', () => {
    const command = `run ${'long '.repeat(12)}word`
    expect(reporter.result({ ...result, detail: '/home/anna/x', remedy: `Type\n  ${command}` })).toBe(
      `FAIL  Title              ~/x\n      -> Type\n         ${command}\n`,
    )
  })

  test('starts a long word further left', () => {
    const path = `/${'x'.repeat(69)}`
    expect(reporter.result({ ...result, detail: path })).toBe(`FAIL  Title\n      ${path}\n`)
  })

  test.each([60, 80, 100])('A10 starts the lines of one block in one column: %i columns', (columns) => {
    const narrow = createReporter({ ...layout, columns })
    const remedy = `Install it with\n  ${'a'.repeat(20)} ${'b'.repeat(24)}\nor with\n  short command`
    const shown = narrow.result({ ...result, detail: `at /${'p'.repeat(40)}\nand so on`, remedy })
    const [head = '', ...lines] = shown.trimEnd().split('\n')
    const column = (line: string): number => line.search(/\S/)
    const mark = lines.findIndex((line) => line.includes('-> '))
    const [detail, advice] = [lines.slice(0, mark), lines.slice(mark + 1)]
    expect(new Set(advice.map(column)).size).toBe(1)
    expect(column((lines[mark] ?? '').replace('-> ', '   '))).toBe(column(advice[0] ?? ''))
    if (detail.length > 0) expect(new Set(detail.map(column)).size).toBe(1)
    for (const line of [head, ...lines]) expect(line.length).toBeLessThanOrEqual(columns)
    // Commands to copy are not wrapped.
    expect(shown).toContain(`${'a'.repeat(20)} ${'b'.repeat(24)}\n`)
  })

  test('shows the status without colors, and colors only the status', () => {
    const painted = createReporter({ ...layout, useColor: true }).result(result)
    expect(painted).toContain('FAIL')
    expect(painted).toEndWith('Title              what is wrong\n')
  })

  test('removes control characters from untrusted text', () => {
    expect(reporter.result({ ...result, detail: 'a\u001b[31mb\u202ec\u0007\u009bd\r\ne' })).toBe(
      `FAIL  Title              a [31mb c  d\n${' '.repeat(25)}e\n`,
    )
  })

  test('shows checks that were skipped for one reason on one line', () => {
    const skipped = ['One', 'Two'].map((title) => ({ ...result, title, status: 'skip' as const, detail: 'no key' }))
    expect(reporter.skipped(skipped)).toBe('skip  One, Two (no key)\n')
  })

  test('counts the results in its summary', () => {
    const of = (...statuses: ('ok' | 'warn' | 'fail' | 'skip')[]): string =>
      reporter.summary(statuses.map((status) => ({ ...result, status })))
    expect(of('ok')).toBe('\nNo problems found.\n')
    expect(of('ok', 'skip')).toBe('\nNo problems found. 1 check was skipped.\n')
    expect(of('fail', 'warn', 'warn', 'skip', 'skip')).toBe(
      '\n1 error and 2 warnings: see the lines with -> above. 2 checks were skipped.\n',
    )
  })
})

describe('our own messages', () => {
  test.each([
    ['It is broken. Fix it.', 'It is broken.', 'Fix it.'],
    ['No key. Give one:\n  { "a": 1 }', 'No key.', 'Give one:\n  { "a": 1 }'],
    ['--port must be from 0 to 1.5.', '--port must be from 0 to 1.5.', ''],
    [
      'Nothing answers at x: connection refused. Is it right?',
      'Nothing answers at x: connection refused.',
      'Is it right?',
    ],
  ])('%s', (message, detail, remedy) => {
    expect(splitRemedy(message)).toEqual({ detail, remedy })
  })
})

describe('the clock', () => {
  const there = Date.UTC(2026, 10, 21)
  test.each([
    [0, 'ok', "within 1 s of AI Nexus's clock"],
    [-59_700, 'ok', "within 60 s of AI Nexus's clock"],
    [90_000, 'warn', "90 s ahead of AI Nexus's clock"],
    [-3_600_000, 'warn', "60 minutes behind AI Nexus's clock"],
  ] as const)('%d ms', (skew, status, detail) => {
    expect(clockFinding({ here: there + skew, there }, 'linux')).toMatchObject({ status, detail })
  })

  test('skips the check without a date', () => {
    expect(clockFinding(undefined, 'linux')).toEqual({ status: 'skip', detail: 'no response has a date' })
  })
})
