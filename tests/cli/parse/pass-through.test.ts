import { describe, expect, test } from 'bun:test'
import { claudeCommand } from '../../../src/cli/commands/claude.ts'
import { parseArguments } from '../../../src/cli/parse/arguments.ts'
import { cli } from '../../support/cli.ts'

const parse = (...rawArgs: string[]) => {
  const { flags, rest } = parseArguments(claudeCommand, rawArgs)
  return [{ ...flags }, [...rest]]
}

const refusal = (...rawArgs: string[]): string => {
  try {
    parse(...rawArgs)
  } catch (error) {
    return String(error instanceof Error && error.message)
  }
  throw new Error('it was accepted')
}

describe('claude passes on arguments that are not ours, without --', () => {
  test.each<[string[], Record<string, string | true>, string[]]>([
    [[], {}, []],
    [['-p', 'hi'], {}, ['-p', 'hi']],
    [['--continue'], {}, ['--continue']],
    [['-c'], {}, ['-c']],
    [['fix this'], {}, ['fix this']],
    [['--resume', 'abc'], {}, ['--resume', 'abc']],
    [['mcp', 'add', 'x', '--', 'npx', 'y'], {}, ['mcp', 'add', 'x', '--', 'npx', 'y']],
    [['gateway', '--config', 'gateway.yaml'], {}, ['gateway', '--config', 'gateway.yaml']],
    [['--simulate', '-p', 'hi'], { simulate: true }, ['-p', 'hi']],
    [['--model', 'opus', 'fix this'], { model: 'opus' }, ['fix this']],
    [['--model=opus', '--continue'], { model: 'opus' }, ['--continue']],
    [['-p', 'hi', '--model', 'opus', '--verbose'], {}, ['-p', 'hi', '--model', 'opus', '--verbose']],
    [['--simulate', '--', '--simulate'], { simulate: true }, ['--simulate']],
    [['--', '--model', 'opus'], {}, ['--model', 'opus']],
    [['--', '--prot', '1'], {}, ['--prot', '1']],
    [['-p', '--', '--simulate'], {}, ['-p', '--', '--simulate']],
    [['--mcp-config', 'x.json'], {}, ['--mcp-config', 'x.json']],
    [['-d', 'api', '--settings', '{}'], {}, ['-d', 'api', '--settings', '{}']],
    [[''], {}, ['']],
  ])('%j', (rawArgs, flags, rest) => {
    expect(parse(...rawArgs)).toEqual([flags, rest])
  })

  test('reports a flag of ours without its value', () => {
    expect(refusal('--model')).toContain('--model')
  })
})

describe('claude refuses ambiguous arguments, with the corrected command', () => {
  test.each([
    [
      ['--verbose', '--log-file', 'x.log', '-p', 'say hi'],
      `--verbose may be for nexus-claude-api or for Claude Code. Use one of these commands:
  nexus-claude-api claude --log-level debug --log-file x.log -p 'say hi'
  nexus-claude-api claude --log-file x.log -- --verbose -p 'say hi'`,
    ],
    [
      ['-v'],
      `-v may be for nexus-claude-api or for Claude Code. Use one of these commands:
  nexus-claude-api claude --log-level debug
  nexus-claude-api claude -- -v`,
    ],
    [
      ['-p', 'hi', '--log-file', 'x.log', '--continue'],
      `--log-file is a flag of nexus-claude-api. Put it before the arguments for Claude Code:
  nexus-claude-api claude --log-file x.log -p hi --continue`,
    ],
    [
      ['fix this', '--simulate'],
      `--simulate is a flag of nexus-claude-api. Put it before the arguments for Claude Code:
  nexus-claude-api claude --simulate 'fix this'`,
    ],
    [
      ['--port', '1'],
      `claude takes no --port: it starts its own server, on a free port of 127.0.0.1 and with a new token. To pass it to Claude Code:
  nexus-claude-api claude -- --port 1`,
    ],
    [
      ['--port', '1', '--simulate'],
      `claude takes no --port: it starts its own server, on a free port of 127.0.0.1 and with a new token. To pass it to Claude Code:
  nexus-claude-api claude -- --port 1 --simulate`,
    ],
    [
      ['--simulat', '-p', 'hi'],
      `Unknown flag --simulat. Did you mean --simulate? To pass it to Claude Code:
  nexus-claude-api claude -- --simulat -p hi`,
    ],
    [
      ['--prot=1'],
      `Unknown flag --prot. Did you mean --port? To pass it to Claude Code:
  nexus-claude-api claude -- --prot=1`,
    ],
  ])('%j', (rawArgs, words) => {
    expect(refusal(...rawArgs)).toBe(words)
  })

  test('and never shows a secret', () => {
    for (const given of [['--api-key', 'canary-key-0123456789'], ['--api-key=canary-key-0123456789']])
      for (const rest of [['-v'], ['-p', 'hi', ...given]]) {
        const words = refusal(...given, ...rest)
        expect(words).toContain('--api-key')
        expect(words).not.toContain('canary')
      }
  })
})

/** The flags in `claude --help` of version 2.1.332. */
const claudeFlags =
  'add-dir agent agents allow-dangerously-skip-permissions allowedTools allowed-tools append-system-prompt autocompact ax-screen-reader bg background bare betas brief chrome cloud continue dangerously-skip-permissions debug debug-file desktop disable-slash-commands disallowedTools disallowed-tools effort environment exclude-dynamic-system-prompt-sections fallback-model file fork-session forward-subagent-text from-pr ide include-hook-events include-partial-messages input-format json-schema max-budget-usd max-turns mcp-config name no-chrome no-session-persistence output-format permission-mode permission-prompt-tool permission-prompts plugin-dir plugin-url print prompt-suggestions remote-control remote-control-session-name-prefix replay-user-messages restricted resume safe-mode session-id setting-sources settings strict-mcp-config system-prompt system-prompt-file system-prompt-snapshot teleport tmux tools worktree'.split(
    ' ',
  )

test('no flag of Claude Code is treated as a typing error in one of ours', () => {
  for (const name of claudeFlags) expect(parse(`--${name}`, 'x')).toEqual([{}, [`--${name}`, 'x']])
})

describe('help and version', () => {
  test('are ours before the first argument for Claude Code', async () => {
    for (const flag of ['--help', '-h']) {
      const { code, out } = await cli(['claude', flag, '-p', 'hi'])
      expect([code, out]).toEqual([0, expect.stringContaining('Usage: nexus-claude-api claude') as never])
    }
    expect((await cli(['claude', '--version'])).out).toStartWith('nexus-claude-api ')
  })

  test("are Claude Code's after the first argument that is not ours", () => {
    expect(parse('mcp', '--help')).toEqual([{}, ['mcp', '--help']])
    expect(parse('-p', 'hi', '--version')).toEqual([{}, ['-p', 'hi', '--version']])
  })
})

test('completion proposes our flags before the first argument for Claude Code, and files after it', async () => {
  const complete = async (...words: string[]): Promise<string> =>
    (await cli(['complete', '--', 'claude', ...words])).out
  expect(await complete('--sim')).toStartWith('--simulate\t')
  expect(await complete('--model', 'claude-op')).toContain('claude-opus-4-6')
  expect(await complete('--simulate', '--log-f')).toContain('--log-file')
  for (const words of [['-p', ''], ['-p', '--sim'], ['--', '--sim'], ['READ']])
    expect(await complete(...words)).toBe(':0\n')
})
