import { expect, test } from 'bun:test'
import { openCodeCommand } from '../../../src/cli/commands/opencode.ts'
import { parseArguments } from '../../../src/cli/parse/arguments.ts'

/** From `opencode --help` and the help of its commands (1.18.33), without those that this program has, too. */
const flags =
  '--agent --attach --auto --command --continue --cors --dir --file --fork --format --hostname --interactive --mdns --mdns-domain --mini --no-replay --password --port --print-logs --prompt --pure --replay-limit --session --share --thinking --title --username --variant -c -f -i -m -p -s -u'

test.each(flags.split(' '))('passes %s on to opencode, first and after a folder', (flag) => {
  for (const rest of [
    [flag, 'x'],
    ['./project', flag],
  ])
    expect(parseArguments(openCodeCommand, rest).rest).toEqual(rest)
})

test('passes flags of both programs on after a command', () => {
  const rest = ['run', '--log-level', 'DEBUG', '--model', 'nexus/x', 'hi']
  expect(parseArguments(openCodeCommand, ['--model', 'opus', ...rest])).toMatchObject({
    flags: { model: 'opus' },
    rest,
  })
})

test('refuses -v, which both programs have, and flags of start', () => {
  expect(() => parseArguments(openCodeCommand, ['-v'])).toThrow('nexus-claude-api opencode --log-level debug')
  expect(() => parseArguments(openCodeCommand, ['--host', 'x'])).toThrow('opencode takes no --host')
})
