import { describe, expect, test } from 'bun:test'
import { EventEmitter } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { createPrompts, type Prompts } from '../../../src/cli/terminal/prompts.ts'
import { key, secrets, secretsIn } from '../../support/canary.ts'
import { simulate } from '../../support/chain.ts'
import { type CliOptions, type CliResult, cli, startCli, temporaryFolder } from '../../support/cli.ts'
import { configPath } from '../../support/files.ts'
import { absentKeychain, lockedKeychain, memoryKeychain } from '../../support/keychain.ts'
import { cliInTerminal, hasTerminals, type Terminal } from '../../support/terminal.ts'

/** The error without a terminal. */
const keyInstructions = `No AI Nexus key. Provide it in one of these ways, the safest first:
  nexus-claude-api config set apiKey   (prompts for the key and stores it)
  export NEXUS_API_KEY=...
  --api-key ...   (other users of this machine can see it)
Or try it without a key: nexus-claude-api start --simulate
`

describe('without a key and a terminal', () => {
  test('the error explains how to set one', async () => {
    expect(await cli(['start'])).toEqual({ code: 2, out: '', err: `error: ${keyInstructions}` })
  })

  test('the error on Windows uses the syntax of its shells', async () => {
    const { err } = await cli(['start'], {}, temporaryFolder(), { platform: 'win32' })
    expect(err).toContain('  $env:NEXUS_API_KEY = \'...\'   (PowerShell)\n  set "NEXUS_API_KEY=..."      (cmd)\n')
  })

  test('a program in a pipe does not prompt', async () => {
    expect(await startCli(['start', '--port', '0']).ended).toEqual({
      code: 2,
      out: '',
      err: `error: ${keyInstructions}`,
    })
  })
})

/** A user who gives these answers in their order, and the questions. */
const scriptedPrompts = (secretAnswers: (string | undefined)[], choices: (string | undefined)[] = []) => {
  const questions: unknown[] = []
  const prompts: Prompts = {
    async secret(question) {
      questions.push(question)
      return secretAnswers.shift()
    },
    async choose(_question, options) {
      questions.push(options.map(({ value }) => value))
      const choice = choices.shift()
      return options.find(({ value }) => value === choice)?.value
    },
  }
  return { prompts, questions }
}

const question = 'Enter your AI Nexus key (hidden), or press Enter to exit'

/** The address is wrong, so that the server exits once it has a key. */
const start = async (world: CliOptions, folder = temporaryFolder()): Promise<CliResult> => {
  const result = await cli(['start', '--port', '0', '--host', '203.0.113.7'], {}, folder, world)
  expect(secretsIn(result.out + result.err)).toEqual([])
  return result
}
const hostError = 'Use an address of this machine: --host.'

describe('without a key, at a terminal', () => {
  test('explains and prompts for the key, and stores it where the user chooses', async () => {
    const folder = temporaryFolder()
    const keychain = memoryKeychain()
    const { prompts, questions } = scriptedPrompts([`${key}\n`], ['keychain'])
    const { err } = await start({ prompts, keychain }, folder)
    expect(err).toStartWith('No AI Nexus key is set. Enter it now, or set it later in one of these ways:\n')
    expect(err).toContain("apiKey is stored in the keychain (entry 'apiKey' of nexus-claude-api).")
    expect(err).toContain(hostError)
    expect(questions).toEqual([question, ['keychain', 'file', 'nowhere']])
    expect([...keychain.held]).toEqual([['apiKey', key]])
  })

  test('offers no keychain if there is none', async () => {
    const folder = temporaryFolder()
    const { prompts, questions } = scriptedPrompts([key], ['file'])
    expect((await start({ prompts, keychain: absentKeychain }, folder)).err).toContain(hostError)
    expect(questions).toEqual([question, ['file', 'nowhere']])
    expect(JSON.parse(readFileSync(configPath(folder), 'utf8'))).toEqual({ apiKey: key })
  })

  test('reports a keychain that refuses, and offers the other places', async () => {
    const { prompts, questions } = scriptedPrompts([key], ['keychain', 'nowhere'])
    const { err } = await start({ prompts, keychain: lockedKeychain })
    // Names no flag that start does not have, and offers no second attempt.
    expect(err).toContain('The keychain did not store it: it is locked.\n')
    expect(err).toContain(hostError)
    expect(questions).toEqual([question, ['keychain', 'file', 'nowhere'], ['file', 'nowhere']])
  })

  test('prompts again after a text that is not a key', async () => {
    const { prompts, questions } = scriptedPrompts([`Bearer ${key}`, key], ['nowhere'])
    expect((await start({ prompts })).err).toContain('The key begins with "Bearer"')
    expect(questions).toEqual([question, question, ['file', 'nowhere']])
  })

  test('Enter alone exits with the explanation, and a cancelled prompt with 130', async () => {
    expect(await start(scriptedPrompts(['']))).toMatchObject({
      code: 2,
      err: expect.stringContaining(keyInstructions) as never,
    })
    expect((await start(scriptedPrompts([undefined]))).code).toBe(130)
    const folder = temporaryFolder()
    expect((await start(scriptedPrompts([key], [undefined]), folder)).code).toBe(130)
  })

  test.each([[['--dry-run']], [['start', '--dry-run', '--verbose']]])('%p does not prompt', async (args) => {
    const { prompts, questions } = scriptedPrompts([key])
    expect((await cli(args, {}, temporaryFolder(), { prompts })).code).toBe(2)
    expect(questions).toEqual([])
  })

  test('does not prompt with a key', async () => {
    const { prompts, questions } = scriptedPrompts([key])
    const args = ['start', '--host', '203.0.113.7', '--port', '0']
    await cli(args, { NEXUS_API_KEY: key }, temporaryFolder(), { prompts })
    await cli([...args, '--simulate'], {}, temporaryFolder(), { prompts })
    expect(questions).toEqual([])
  })
})

const answer = async (url: string): Promise<unknown> => {
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  return response.json()
}

/** The program in a terminal, with a user who types. */
const keyboard = () => {
  const events = new EventEmitter()
  let isRaw = false
  let shown = ''
  const input = Object.assign(events, {
    setRawMode: (to: boolean) => {
      isRaw = to
    },
    resume: () => {},
    pause: () => {},
  })
  const write = (text: string): void => {
    shown += text
  }
  return {
    prompts: createPrompts({ input: () => input, write, isDumb: false }),
    type: (keys: string) => events.emit('data', keys),
    isRaw: () => isRaw,
    shown: () => shown,
  }
}
const places = [
  { value: 'file', label: 'a file' },
  { value: 'nowhere', label: 'nowhere' },
] as const

/** The screen shows neither the typed text nor its length. */
const expectHidden = (terminal: Terminal): void => {
  expect(secretsIn(terminal.screen(), secrets)).toEqual([])
  expect(terminal.screen()).not.toMatch(/[*•▪]{3}/)
}

describe.if(hasTerminals)('at a terminal', () => {
  test('from the prompt to the first response, and again', async () => {
    const { url: endpoint } = simulate({ apiKey: key })
    const terminal = cliInTerminal(['start', '--port', '0', '--endpoint-url', endpoint])
    await terminal.shows(/AI Nexus key \(hidden\)[^:]*: /)
    terminal.types(`x\u0015${key}y\u007f`)
    terminal.types('\r')
    await terminal.shows(/Where should the key be stored\?[\s\S]*1 {2}in [\s\S]*or press Enter for 1: /)
    terminal.types('1\r')
    const [, url = ''] = await terminal.shows(/Address +(http:\S+\d)/)
    expect(await answer(url)).toMatchObject({ content: [{ text: 'You said: Hello' }] })
    terminal.kill('SIGTERM')
    expect(await terminal.ended).toBe(0)
    expectHidden(terminal)
    const path = configPath(terminal.folder)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ apiKey: key })
    expect(statSync(path).mode & 0o777).toBe(0o600)

    const second = cliInTerminal(['start', '--port', '0', '--endpoint-url', endpoint], {}, terminal.folder)
    const [, again = ''] = await second.shows(/Address +(http:\S+\d)/)
    expect(await answer(again)).toMatchObject({ content: [{ text: 'You said: Hello' }] })
    // The terminal has its usual mode: Ctrl-C is a signal.
    second.types('\u0003')
    expect(await second.ended).toBe(0)
    expect(second.screen()).not.toContain('AI Nexus key')
  })

  test('Ctrl-C works as usual after prompts', async () => {
    const terminal = cliInTerminal(['start', '--port', '0'])
    await terminal.shows(/\(hidden\)[^:]*: /)
    terminal.types(`${key}\r`)
    await terminal.shows(/Enter for 1: /)
    terminal.types('2\r')
    const [, url = ''] = await terminal.shows(/Address +(http:\S+\d)/)
    expect((await fetch(`${url}/health`)).status).toBe(200)
    terminal.types('\u0003')
    expect(await terminal.ended).toBe(0)
    expectHidden(terminal)
  })

  test.each([
    ['in one piece', ['1\r']],
    ['in two', ['1', '\r']],
    ['corrected', ['2', '\u007f', '1', '\r']],
    ['after numbers that are not in the list', ['9\r', '0\r', 'x\r', '1x\r', '12\r', '1\r']],
    ['Enter alone', ['\r']],
  ])('accepts a number and Enter as one answer: %s', async (_case, pieces) => {
    const input = keyboard()
    const chosen = input.prompts.choose('Where?', places)
    for (const piece of pieces) input.type(piece)
    expect(await chosen).toBe('file')
    expect(input.isRaw()).toBe(false)
  })

  test.each([
    ['n\r', 'nowhere'],
    ['A File\r', 'file'],
  ] as const)('accepts the beginning of a label: %j', async (typed, expected) => {
    const input = keyboard()
    const chosen = input.prompts.choose('Where?', places)
    input.type(typed)
    expect(await chosen).toBe(expected)
  })

  test('shows text that is typed at a choice, except text that may be a key', async () => {
    const input = keyboard()
    const chosen = input.prompts.choose('Where?', places)
    for (const piece of [key, '\u0015', '3', '\r', '3', '\b', '2', '\r']) input.type(piece)
    expect(await chosen).toBe('nowhere')
    expect(input.shown()).toBe(
      'Where?\n  1  a file\n  2  nowhere\nEnter a number, or press Enter for 1: 3\nEnter a number from 1 to 2, or press Enter for 1: 3\b \b2\n',
    )
  })

  test('the Enter after a number does not answer the next prompt', async () => {
    const terminal = cliInTerminal(['start', '--port', '0'])
    await terminal.shows(/\(hidden\)[^:]*: /)
    terminal.types(`${key}\r`)
    await terminal.shows(/Enter for 1: /)
    terminal.types('2')
    await terminal.shows(/2/)
    expect(terminal.echoes()).toBe(false)
    terminal.types('\r')
    await terminal.shows(/Address/)
    expect(terminal.echoes()).toBe(true)
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const)(
    '%s at a question ends it as always, and leaves the terminal as it was',
    async (signal) => {
      const terminal = cliInTerminal(['config', 'set', 'apiKey'])
      await terminal.shows(/\(hidden\): /)
      expect(terminal.echoes()).toBe(false)
      terminal.kill(signal)
      expect([await terminal.ended, terminal.signal()]).toEqual([null, signal])
      expect(terminal.echoes()).toBe(true)
      expect(terminal.screen()).toEndWith('\u001b[?2004l\r\n')
    },
  )

  test('turns on bracketed paste only while it prompts for a secret', async () => {
    const input = keyboard()
    const typed = input.prompts.secret('Key')
    expect(input.shown()).toBe('\u001b[?2004hKey: ')
    input.type(`${key}\r`)
    expect([await typed, input.shown()]).toEqual([key, '\u001b[?2004hKey: \u001b[?2004l\n'])
  })

  test.each([
    ['Ctrl-C', '\u0003', 130],
    ['Ctrl-D', '\u0004', 130],
    ['Escape', '\u001b', 130],
    ['Enter', '\r', 2],
  ])('%s exits with %p and %p', async (_name, keys, code) => {
    const terminal = cliInTerminal(['start', '--port', '0'])
    await terminal.shows(/\(hidden\)[^:]*: /)
    terminal.types(keys)
    expect(await terminal.ended).toBe(code)
  })

  test('does not prompt on a build machine, even with a terminal', async () => {
    const terminal = cliInTerminal(['start', '--port', '0'], { CI: 'true' })
    expect(await terminal.ended).toBe(2)
    expect(terminal.screen()).toBe(`error: ${keyInstructions}`.replaceAll('\n', '\r\n'))
  })

  test('a dumb terminal gets no control sequences, and CI=false is not a build machine', async () => {
    const terminal = cliInTerminal(['config', 'set', 'apiKey', '--store', 'file'], { TERM: 'dumb', CI: 'false' })
    await terminal.shows(/Enter apiKey \(hidden\): /)
    terminal.types(`${key}\r`)
    expect(await terminal.ended).toBe(0)
    expectHidden(terminal)
    expect(terminal.screen()).not.toContain('\u001b')
  })

  test('does not submit a pasted line break before Enter', async () => {
    const terminal = cliInTerminal(['config', 'set', 'apiKey', '--store', 'file'])
    await terminal.shows(/\(hidden\): /)
    terminal.types(`\u001b[200~${key}\n\u001b[201~`)
    terminal.types('\r')
    expect(await terminal.ended).toBe(0)
    expectHidden(terminal)
    expect(JSON.parse(readFileSync(configPath(terminal.folder), 'utf8'))).toEqual({ apiKey: key })
  })
})
