import { expect, test } from 'bun:test'
import { codexCommand } from '../../../src/cli/commands/codex.ts'
import { parseArguments } from '../../../src/cli/parse/arguments.ts'

/** From `codex --help` and the help of its commands (0.171.0), without those that this program has, too. */
const flags =
  '--add-dir --all --approve-for-me --ask-for-approval --base --cd --color --commit --dangerously-bypass-approvals-and-sandbox --disable --enable --ephemeral --ignore-rules --ignore-user-config --image --include-non-interactive --json --last --local-provider --no-alt-screen --no-daemon --oss --output-last-message --output-schema --profile --remote --sandbox --search --skip-git-repo-check --strict-config --thread-source --title --trust --uncommitted --worktree -C -a -c -i -m -o -s'

test.each(flags.split(' '))('passes %s on to Codex, first and after a prompt', (flag) => {
  for (const rest of [
    [flag, 'x'],
    ['fix this', flag],
  ])
    expect(parseArguments(codexCommand, rest).rest).toEqual(rest)
})

test('passes flags of both programs on after a prompt or a command', () => {
  for (const rest of [
    ['exec', '--config', 'a=b', '--model', 'x'],
    ['fix this', '--config', 'a=b', '--model', 'x'],
  ])
    expect(parseArguments(codexCommand, ['--model', 'opus', ...rest])).toMatchObject({ flags: { model: 'opus' }, rest })
})

test('refuses flags of start, with the reason', () => {
  expect(() => parseArguments(codexCommand, ['--port', '1'])).toThrow('codex takes no --port: it starts its own server')
  expect(() => parseArguments(codexCommand, ['--no-openai-api', 'exec'])).toThrow(
    'codex takes no --no-openai-api: its own server serves the API that the client needs.',
  )
})
