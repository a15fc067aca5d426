import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JournalEntry } from '../../../src/simulator/exchange.ts'
import { resultText, toolResults } from '../../../src/simulator/read-request.ts'
import type { SimulatedRequest } from '../../../src/simulator/reply.ts'
import { bodies, type Case } from '../case.ts'
import { assertGrowing, isConversation, turns } from '../conversation.ts'
import type { TerminalRun } from '../terminal.ts'

/** Actions that need a terminal. */

/** `7.8k` is 7800. */
const figure = (text: string | undefined): number => Number.parseFloat(text ?? '') * (text?.endsWith('k') ? 1000 : 1)

/** A line of `/context`, in tokens. The line ends in a percentage; older clients write the unit before it. */
const category = async (terminal: TerminalRun, name: string): Promise<number> => {
  const [, tokens] = await terminal.shows(new RegExp(`${name}: ([\\d.]+k?)\\b.*%\\)`))
  return figure(tokens)
}

export const context = (counter: 'AI Nexus' | 'the estimate'): Case => ({
  name: `/context in a terminal, counted by ${counter}`,
  async setup(folder) {
    const file = join(folder, 'long.txt')
    await writeFile(file, 'A line of seven words, no more.\n'.repeat(1000))
    const read = { tool: 'Read', input: { file_path: file } }
    const scenario = turns([read], [{ text: 'Good day.' }], [{ text: 'Still here.' }])
    return { scenario, countsTokens: counter === 'AI Nexus' }
  },
  async play(session) {
    await using terminal = await session.terminal()
    await terminal.says('hello')
    await terminal.shows(/● Good day/)
    await terminal.says('/context')
    const [prompt, tools, messages] = [
      await category(terminal, 'System prompt'),
      await category(terminal, 'System tools'),
      await category(terminal, 'Messages'),
    ]
    assert.ok(prompt > 2000 && tools > 5000 && messages > 2000, `${prompt}, ${tools}, ${messages}`)
    const [, total] = await terminal.shows(/([\d.]+k)\/200k\b/)
    assert.ok(figure(total) >= tools && figure(total) < 60_000, `${total} of 200k`)
    assert.doesNotMatch(session.serverLog(), /request\.refused|internal_error|request\.failed/)
    // After a failed count, the client would send a whole request, which costs money.
    const counts = session.journal.filter(({ path }) => path.endsWith('/count-tokens'))
    assert.ok(session.journal.every((entry) => entry.isStream || counts.includes(entry)))
    // A server that does not count gets one request for a count.
    if (counter === 'the estimate') assert.ok(counts.length <= 1, `${counts.length} counts`)
    else assert.ok(counts.length > 1 && counts.every(({ status }) => status === 200), `${counts.length} counts`)

    await terminal.says('are you there?')
    await terminal.shows(/● Still here/)
    assertGrowing(bodies(session).filter(isConversation))
  },
})

const endLimitMs = 1000
const lookAgainMs = 20

/** Throws unless the client's disconnection reaches Nexus in time. */
const assertCancelled = async (entry: JournalEntry | undefined): Promise<void> => {
  for (let waitedMs = 0; waitedMs < endLimitMs && entry?.outcome !== 'cancelled'; waitedMs += lookAgainMs)
    await Bun.sleep(lookAgainMs)
  assert.equal(entry?.outcome, 'cancelled', 'the call to Nexus still runs')
}

const interrupted: Case = {
  name: 'an interrupted answer, in a terminal',
  setup: () => {
    const endless = 'There is more to say. '.repeat(1000)
    const script = turns([{ thinking: 'I talk.' }, { text: endless }], [{ text: 'Short.' }])
    return {
      scenario: (request) => {
        const reply = script(request)
        const isEndless = JSON.stringify(reply?.content).includes(endless)
        return isEndless ? { ...reply, pace: { deltaCharacters: 40, frameMs: 20 } } : reply
      },
    }
  },
  async play(session) {
    await using terminal = await session.terminal()
    await terminal.says('talk')
    await terminal.shows(/There is more to say/)
    const call = session.journal.find(({ body }) => isConversation(body as SimulatedRequest['body']))
    assert.equal(call?.outcome, undefined)
    terminal.escapes()
    await terminal.shows(/Interrupted/)
    await assertCancelled(call)
    await terminal.says('that will do')
    await terminal.shows(/● Short/)
    // The partial answer stays in the conversation.
    const [requests, second] = bodies(session).filter(isConversation)
    assert.ok(requests && second)
    assertGrowing([requests, second])
    assert.match(JSON.stringify(second.messages[1]), /There is more to say/)
  },
}

/** The client's prompt names the file for the plan. */
const planFile = /\/[^\s"\\]+\/\.claude\/plans\/[\w-]+\.md/

const planMode = (model: string): Case => ({
  name: `plan mode, approved in a terminal, for ${model}`,
  setup: (folder) => ({
    scenario: turns(
      ({ body }) => [
        { thinking: 'A plan is wanted.' },
        {
          tool: 'Write',
          input: {
            file_path: planFile.exec(JSON.stringify(body.messages))?.[0],
            content: '# Aim\n\nOne word in a file.\n',
          },
        },
      ],
      [{ text: 'Here it is.' }, { tool: 'ExitPlanMode', input: {} }],
      [{ tool: 'Write', input: { file_path: join(folder, 'word.txt'), content: 'planned\n' } }],
      [{ text: 'All went as planned.' }],
    ),
  }),
  async play(session) {
    await using terminal = await session.terminal('--permission-mode', 'plan', '--model', model)
    await terminal.says('make a plan')
    await terminal.shows(/One word in a file/)
    await terminal.accepts(/Would you like to proceed\?\s+❯ 1\. Yes/)
    await terminal.shows(/● All went as planned/)
    assert.equal(await readFile(join(session.folder, 'word.txt'), 'utf8'), 'planned\n')

    const requests = bodies(session).filter(isConversation)
    assert.equal(requests.length, 4)
    assertGrowing(requests)
    const approved = requests[2]
    assert.ok(approved)
    const [result, ...others] = toolResults({ body: approved })
    assert.equal(others.length, 0)
    assert.notEqual(result?.status, 'error')
    assert.match(resultText({ body: approved }), /approved/)
  },
})

// The newer one gets its instructions in system messages among the others.
export const interactiveCases: readonly Case[] = [
  context('the estimate'),
  context('AI Nexus'),
  interrupted,
  planMode('claude-sonnet-4-6'),
  planMode('claude-opus-4-8'),
]
