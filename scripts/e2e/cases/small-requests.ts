import assert from 'node:assert/strict'
import type { Scenario, SimulatedRequest } from '../../../src/simulator/reply.ts'
import { bodies, type Case, prompt, succeeded } from '../case.ts'
import { bash, isConversation, resultsIn, turns } from '../conversation.ts'

/** Requests of the client next to the conversation: a hook that the small model answers, and a check of the quota. */

type Body = SimulatedRequest['body']

const question = 'Does this command only say a word?'

/** The small model answers the hook's question. */
const answering: Scenario = (request) => {
  const script = turns([{ text: 'Running.' }, bash('echo from-the-shell')], [{ text: 'It ran.' }])
  const isHook = JSON.stringify(request.body).includes(question)
  return isHook ? { content: [{ text: '{"ok": true, "reason": "It says a word."}' }] } : script(request)
}

/** Without a schema, the same rules are in the system prompt. */
export const hook = (format: 'with a schema' | 'without a schema'): Case => ({
  name: `a hook whose prompt the small model answers, ${format}`,
  setup: () => ({
    scenario: answering,
    clientSettings: { hooks: { PreToolUse: [{ matcher: 'Bash', hooks: [{ type: 'prompt', prompt: question }] }] } },
  }),
  async play(session) {
    succeeded(await session.headless(prompt('run it', '--allowedTools', 'Bash')), 'It ran')
    const hooks = session.journal.filter(({ body }) => JSON.stringify(body).includes(question))
    assert.deepEqual(
      hooks.map(({ modelId }) => modelId),
      ['claude-haiku-4.5'],
    )
    const [{ outputConfig, system }] = hooks.map(({ body }) => body) as [Body]
    if (format === 'with a schema') assert.match(JSON.stringify(outputConfig), /json_schema.*\\"ok\\"/)
    else assert.match(JSON.stringify([outputConfig, system]), /^\[null,.*properties/)
    // The hook lets the command run.
    const [, after] = bodies(session).filter(isConversation)
    assert.ok(after)
    assert.match(JSON.stringify(resultsIn(after)), /from-the-shell/)
  },
})

/** Claude Code finds out with one token whether its user has a quota, and reads the headers of the answer. */
const quota: Case = {
  name: 'a request with one output token',
  newestOnly: true,
  setup: () => ({ scenario: () => ({ content: [{ text: 'N' }], stopReason: 'max_tokens' }) }),
  async play(session) {
    const { endpoint } = session
    assert.ok(endpoint)
    const response = await fetch(new URL('/v1/messages', endpoint.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${endpoint.token}` },
      body: JSON.stringify({
        model: 'claude-haiku-4-5',
        max_tokens: 1,
        messages: [{ role: 'user', content: 'quota' }],
      }),
    })
    const { stop_reason: stopReason } = (await response.json()) as { readonly stop_reason: string }
    assert.deepEqual([response.status, stopReason], [200, 'max_tokens'])
    assert.deepEqual(
      bodies(session).map(({ inferenceConfig }) => inferenceConfig),
      [{ maxTokens: 1 }],
    )
  },
}

export const smallRequestCases: readonly Case[] = [hook('with a schema'), quota]
