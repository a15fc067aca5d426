import { describe, expect, test } from 'bun:test'
import { toMessage } from '../../../src/translate/converse-to-anthropic/response.ts'
import type { OutputBlock } from '../../../src/wire/converse/response.ts'
import { countingIds, responseContext } from '../../support/response-context.ts'
import { accumulate, streamResponse } from '../../support/stream-response.ts'
import { assistant, toolResult, toolUse, translate, user } from '../../support/translate.ts'

/** Models invent the ids and names of their tool uses: those that a client could not send back are made valid. */

const use = (toolUseId: string, name = 'T', type = 'tool_use'): OutputBlock => ({
  toolUse: { toolUseId, name, input: {}, type },
})

/** One member of each tool use of a response, complete and streamed. */
const wholeAndStreamed = async (member: 'id' | 'name', content: OutputBlock[], members = {}): Promise<unknown[][]> => {
  const reply = responseContext(members)
  const response = { output: { message: { content } }, stopReason: 'tool_use' }
  const whole = toMessage(response, reply, countingIds()).content
  const stream = accumulate(await streamResponse(response, reply))
  return [whole, stream].map((blocks) => blocks.map((block) => (block as Record<string, unknown>)[member]))
}

const twice = <T>(value: T): T[] => [value, value]

describe('F5 the ids of a response', () => {
  test.each([
    ['as Bedrock makes them are kept', ['tooluse_Zx8-q', 'toolu_01'], ['tooluse_Zx8-q', 'toolu_01']],
    ['that are equal differ', ['lookup', 'lookup', 'lookup'], ['lookup', 'lookup-2', 'lookup-3']],
    ['do not meet the ids that were made', ['a', 'a', 'a-2', 'a-2'], ['a', 'a-2', 'a-2-2', 'a-2-3']],
    ['that are empty get one', ['', ''], ['tooluse', 'tooluse-2']],
    ['lose what Anthropic does not allow', ['functions.T:0', 'é |', '日本'], ['functions-T-0', '---', '--']],
    ['that look the same then differ', ['a.b', 'a:b', 'a-b'], ['a-b', 'a-b-2', 'a-b-3']],
    ['are cut to the limit of Converse', ['x'.repeat(65), 'x'.repeat(70)], ['x'.repeat(64), `${'x'.repeat(62)}-2`]],
  ])('F5 2 tool use: %s', async (_, ids, expected) => {
    expect(
      await wholeAndStreamed(
        'id',
        ids.map((id) => use(id)),
      ),
    ).toEqual(twice(expected))
  })

  test('F5 2 tool use: of tools that the upstream runs are among them', async () => {
    const content = [use('a', 'search', 'server_tool_use'), use('a')]
    expect(await wholeAndStreamed('id', content)).toEqual(twice(['a', 'a-2']))
  })

  test('F5 2 tool use: do not repeat the ids of earlier turns, which Anthropic refuses', async () => {
    const { responseContext: reply } = translate({
      messages: [
        user('a'),
        assistant(toolUse('lookup'), toolUse('lookup-2'), toolUse('functions.T:0')),
        user(toolResult('lookup'), toolResult('lookup-2'), toolResult('functions.T:0')),
      ],
    })
    const content = [use('lookup'), use('new'), use('functions.T:0')]
    expect(await wholeAndStreamed('id', content, reply)).toEqual(twice(['lookup-3', 'new', 'functions-T-0']))
  })

  test('F5 2 tool use: do not repeat the ids of tools that the upstream ran earlier', async () => {
    const search = { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'q' } }
    const { responseContext: reply } = translate({ messages: [user('a'), assistant(search), user('b')] })
    expect(await wholeAndStreamed('id', [use('s1')], reply)).toEqual(twice(['s1-2']))
  })

  test('F5 2 tool use: do not repeat the ids of messages that a summary replaced', async () => {
    const { responseContext: reply } = translate({
      messages: [
        user('a'),
        assistant(toolUse('lookup')),
        user(toolResult('lookup')),
        assistant({ type: 'compaction', content: 'They looked it up.' }),
        user('b'),
      ],
    })
    expect(await wholeAndStreamed('id', [use('lookup')], reply)).toEqual(twice(['lookup-2']))
  })
})

describe('F5 the names of a response', () => {
  test('F5 2 tool use: that are empty become one that no tool has, and are logged', async () => {
    const withOddityLog: string[] = []
    const names = await wholeAndStreamed('name', [use('1', ''), use('2', '')], {
      onOddity: (what: string) => withOddityLog.push(what),
    })
    expect(names).toEqual(twice(['unnamed_tool', 'unnamed_tool']))
    expect(new Set(withOddityLog)).toEqual(new Set(['tool use without a name']))
  })

  test('F5 2 tool use: that the model invented are passed on: the client reports that there is no such tool', async () => {
    expect(await wholeAndStreamed('name', [use('1', 'functions.Bash'), use('2', 'str replace')])).toEqual(
      twice(['functions.Bash', 'str replace']),
    )
  })
})
