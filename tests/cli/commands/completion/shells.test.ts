import { describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterTest } from '../../../support/cleanup.ts'
import { entry, temporaryFolder } from '../../../support/cli.ts'

/** Runs the scripts in their shells, with the real program. Tests of a missing shell are skipped. */

/** A home with the program on its PATH, and a file to complete. */
const createHome = () => {
  const folder = temporaryFolder()
  const bin = join(folder, 'bin')
  const program = join(bin, 'nexus-claude-api')
  mkdirSync(bin)
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${entry}' "$@"\n`)
  chmodSync(program, 0o755)
  writeFileSync(join(folder, 'settings.json'), '{}')
  return { cwd: folder, env: { HOME: folder, PATH: `${bin}:${process.env['PATH']}`, TERM: 'dumb', LC_ALL: 'C.UTF-8' } }
}

const run = async (...command: string[]): Promise<{ code: number; out: string; err: string }> => {
  const child = Bun.spawn(command, { ...createHome(), stdout: 'pipe', stderr: 'pipe', stdin: 'ignore' })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { code: await child.exited, out, err }
}

/** A shell in a new terminal. */
const openShell = (...command: string[]) => {
  const decoder = new TextDecoder()
  let screen = ''
  let changed = Promise.withResolvers<void>()
  const home = createHome()
  const child = Bun.spawn(command, {
    ...home,
    terminal: {
      cols: 120,
      rows: 40,
      data(_terminal, bytes) {
        screen += decoder.decode(bytes, { stream: true })
        changed.resolve()
        changed = Promise.withResolvers()
      },
    },
  })
  afterTest(() => {
    child.kill('SIGKILL')
    child.terminal?.close()
  })
  return {
    folder: home.cwd,
    /** Types keys, and waits until the terminal shows the text; the test's timeout limits the wait. */
    async types(keys: string, shown: string): Promise<void> {
      screen = ''
      child.terminal?.write(keys)
      while (!Bun.stripANSI(screen).replaceAll('\r', '').includes(shown)) await changed.promise
    },
  }
}

/** Enough for a dozen runs of the program, one after the other, on a busy machine. */
const limitMs = 30_000

const clearLine = '\u0015'

/** The text before Tab, and the completed line. */
const lines: readonly (readonly [typed: string, completed: string])[] = [
  ['sim', 'simulate '],
  ['start --log-form', 'start --log-format '],
  ['start --log-format=te', 'start --log-format=text '],
  ['start --log-format te', 'start --log-format text '],
  ['start --model claude-o', 'start --model claude-opus-4-6 '],
  ['start --config set', 'start --config settings.json '],
  ['start --config=set', 'start --config=settings.json '],
  ['start --config "two words" --dry', 'start --config "two words" --dry-run '],
  [
    'start --host $(touch evil) --port=$(touch evil)= --dry',
    'start --host $(touch evil) --port=$(touch evil)= --dry-run ',
  ],
]

/** Types all lines in a shell and checks the completed lines; `begin` prepares the shell. */
const completeLines = async (shell: readonly string[], begin: string): Promise<void> => {
  const { types, folder } = openShell(...shell)
  await types(`${begin}; echo REA""DY\n`, 'READY')
  for (const [typed, completed] of lines)
    await types(`${clearLine}nexus-claude-api ${typed}\t`, `nexus-claude-api ${completed}`)
  // A second Tab lists the candidates.
  await types(`${clearLine}nexus-claude-api start --log-f\t\t`, '--log-file')
  expect(existsSync(join(folder, 'evil'))).toBe(false)
}

describe.skipIf(Bun.which('bash') === null)('bash, without the bash-completion package', () => {
  test(
    'completes commands, flags, values and files, and evaluates nothing',
    async () => {
      await completeLines(['bash', '--norc', '--noprofile', '-i'], 'eval "$(nexus-claude-api completion bash)"')
    },
    limitMs,
  )

  test('loads the script twice and with strict options, without output', async () => {
    const script = `set -eu
eval "$(nexus-claude-api completion bash)"
eval "$(nexus-claude-api completion bash)"
COMP_LINE='nexus-claude-api models cl' COMP_POINT=22 COMP_WORDS=(nexus-claude-api models o) COMP_CWORD=2
_nexus_claude_api
printf '%s\\n' "\${COMPREPLY[@]}"`
    expect(await run('bash', '--norc', '-c', script)).toEqual({ code: 0, out: 'models\n', err: '' })
  })

  test('shows no error in the prompt if the program is missing', async () => {
    const script = `eval "$(nexus-claude-api completion bash)"; PATH=/nowhere
COMP_LINE='nexus-claude-api ' COMP_POINT=17 COMP_WORDS=(nexus-claude-api '') COMP_CWORD=1
_nexus_claude_api; echo "\${#COMPREPLY[@]}"`
    expect(await run('bash', '--norc', '-c', script)).toEqual({ code: 0, out: '0\n', err: '' })
  })
})

describe.skipIf(Bun.which('zsh') === null)('zsh', () => {
  const begin = 'autoload -Uz compinit; compinit -u -D; bindkey "^I" complete-word'

  test(
    'completes commands, flags, values and files, and evaluates nothing',
    async () => {
      await completeLines(['zsh', '-f', '-i'], `${begin}; eval "$(nexus-claude-api completion zsh)"`)
    },
    limitMs,
  )

  test('shows the description of a flag', async () => {
    const { types } = openShell('zsh', '-f', '-i')
    await types(`${begin}; eval "$(nexus-claude-api completion zsh)"; echo REA""DY\n`, 'READY')
    await types('nexus-claude-api start --log-f\t', '--log-format  -- Write the log in this format')
  })

  test('also loads the script as a file', async () => {
    const { types } = openShell('zsh', '-f', '-i')
    const file = 'nexus-claude-api completion zsh > _nexus-claude-api; fpath+=($PWD)'
    await types(`${file}; ${begin}; echo REA""DY\n`, 'READY')
    await types('nexus-claude-api sim\t', 'nexus-claude-api simulate ')
  })

  test('explains what to do without compinit', async () => {
    const { code, err } = await run('zsh', '-f', '-c', 'eval "$(nexus-claude-api completion zsh)"')
    expect([code, err]).toEqual([0, expect.stringContaining('autoload -Uz compinit && compinit') as never])
  })
})

describe.skipIf(Bun.which('fish') === null)('fish', () => {
  test(
    'completes commands, flags, values and files, and evaluates nothing',
    async () => {
      const script = `nexus-claude-api completion fish | source
for line in $argv; echo "> $line"; complete -C "nexus-claude-api $line"; end
test -e evil; and echo evil; true`
      const typed = [
        'sim',
        'start --log-form',
        'start --log-format=te',
        'start --log-format te',
        'start --config set',
        'start --config=set',
        'start --config "two words" --dry',
        'start --log-format=(touch evil)=',
        'nonsense x',
      ]
      const { code, out, err } = await run('fish', '--no-config', '-c', script, ...typed)
      expect([code, err]).toEqual([0, ''])
      expect(out).toBe(`> sim
simulate\tRun a simulated AI Nexus, to try things without a key
> start --log-form
--log-format\tWrite the log in this format
> start --log-format=te
--log-format=text
> start --log-format te
text
> start --config set
settings.json
> start --config=set
--config=settings.json
> start --config "two words" --dry
--dry-run\tCheck and print the configuration, then exit
> start --log-format=(touch evil)=
> nonsense x
`)
    },
    limitMs,
  )
})
