import assert from 'node:assert/strict'
import { lastText, resultText } from '../../../src/simulator/read-request.ts'
import { bodies, type Case, prompt, succeeded } from '../case.ts'
import { databasePackages } from '../claude-gateway/gateway.ts'
import { assertGrowing, bash, isConversation, turns } from '../conversation.ts'
import type { Session } from '../session.ts'

/** The product as the upstream of Anthropic's own gateway, with the configuration of docs/behind-claude-gateway.md. */

/** Sends a request as the signed-in client would. */
const post = (session: Session, path: string, body: object): Promise<Response> => {
  assert.ok(session.endpoint)
  const { url, token } = session.endpoint
  return fetch(url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  })
}

/** The simulated Nexus counts one token for each word, the estimate slightly more. */
const words = (count: number): string => 'word '.repeat(count)

const model = 'claude-sonnet-4-6'

const countsTokens = async (session: Session): Promise<void> => {
  const messages = [{ role: 'user', content: words(1000) }]
  const counted = await post(session, '/v1/messages/count_tokens', { model, messages })
  assert.equal(counted.status, 200)
  const { input_tokens: tokens } = (await counted.json()) as { input_tokens: number }
  assert.ok(tokens >= 1000 && tokens < 1500, `1000 words are ${tokens} tokens`)
}

const refusesLongPrompt = async (session: Session): Promise<void> => {
  const messages = [{ role: 'user', content: words(260_000) }]
  const refused = await post(session, '/v1/messages', { model, max_tokens: 1000, messages })
  const { type, error } = (await refused.json()) as { type: string; error: { type: string; message: string } }
  assert.deepEqual([refused.status, type, error.type], [400, 'error', 'invalid_request_error'])
  assert.match(
    error.message,
    /^capability_rejected: prompt_too_long — prompt is too long: 26\d{4} tokens > 200000 maximum$/,
  )
}

/** If managed settings needed an approval, Claude Code would show a question instead of its prompt. */
const startsWithoutQuestion = async (session: Session): Promise<void> => {
  await using screen = await session.terminal()
  await screen.shows(/Sonnet 4\.6/)
  await screen.says('hello')
  await screen.shows(/● Good day/)
}

/** A Nexus without a limit answers a long prompt. */
export const behindClaudeGateway = (limit: 'limit' | 'no limit'): Case => ({
  name: `behind Anthropic's own gateway, ${limit} of the prompt (SI-B5)`,
  since: '2.1.329',
  newestOnly: true,
  packages: databasePackages,
  expectedRefusal: /prompt is too long/,
  setup: () => ({
    launch: 'claude gateway',
    scenario: (request) =>
      lastText(request).includes('hello')
        ? { content: [{ text: 'Good day.' }] }
        : turns([bash('echo from-the-shell')], [{ text: `The shell said ${resultText(request).trim()}.` }])(request),
  }),
  async play(session) {
    await startsWithoutQuestion(session)
    const run = await session.headless(prompt('run it', '--allowedTools', 'Bash'))
    succeeded(run, 'The shell said from-the-shell')
    const [greeting, ...turnRequests] = bodies(session).filter(isConversation)
    assert.match(JSON.stringify(greeting?.messages), /hello/)
    assert.equal(turnRequests.length, 2)
    assertGrowing(turnRequests)
    await countsTokens(session)
    if (limit === 'limit') await refusesLongPrompt(session)
  },
})

export const behindClaudeGatewayCases: readonly Case[] = [behindClaudeGateway('limit')]
