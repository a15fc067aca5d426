import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { credentialId } from '../../../src/simulator/anthropic/credentials.ts'
import type { CheckedBody } from '../../../src/simulator/anthropic/rule.ts'
import type { Reply, ReplyBlock, Scenario } from '../../../src/simulator/reply.ts'
import { resultTextOf } from '../../../src/simulator/request-view.ts'
import { type Case, cacheReads, prompt, succeeded, withStreams } from '../case.ts'
import { bash, turns } from '../conversation.ts'
import type { AnthropicServer } from '../launcher.ts'
import type { Session, SessionSetup } from '../session.ts'

/** The client with the upstream `anthropic`: the server forwards its requests, with another credential (AU section 12). */

const serverKey = 'sk-ant-api03-of-the-server'
const never: Scenario = () => undefined

/** The launch command for Anthropic's own API leaves the client's other traffic to its user. */
const environment = { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' }

const setupOf = (
  scenario: Scenario<CheckedBody>,
  more: Partial<SessionSetup> = {},
  own: Omit<AnthropicServer, 'scenario'> = { apiKeys: [serverKey], apiKey: serverKey },
): SessionSetup => ({
  scenario: never,
  ...more,
  environment: { ...environment, ...more.environment },
  anthropic: { scenario, ...own },
})

const messagesIn = ({ journal }: Session) => journal.filter(({ path }) => path === '/v1/messages')

const bodiesWithTools = (session: Session): CheckedBody[] =>
  messagesIn(session)
    .map(({ body }) => body as CheckedBody)
    .filter(({ tools }) => (tools ?? []).length > 0)

/** Throws unless every request came with this key or token. */
const usedKey = ({ journal }: Session, key: string, kind: 'api_key' | 'oauth' = 'api_key'): void => {
  assert.ok(journal.length > 0)
  for (const { path, credential } of journal)
    assert.deepEqual([path, credential], [path, { kind, id: credentialId(key) }])
}

const typesOf = (message: CheckedBody['messages'][number] | undefined): unknown[] =>
  Array.isArray(message?.content) ? message.content.map(({ type }) => type) : []

const bashTurn: Case = {
  name: 'anthropic: a Bash turn with thinking, signed out',
  setup: () =>
    setupOf(
      turns<CheckedBody>([{ thinking: 'I run it.' }, { text: 'Running.' }, bash('echo from-the-shell')], (request) => [
        { text: `The shell said ${resultTextOf(request).trim()}.` },
      ]),
    ),
  async play(session) {
    const run = await session.headless(prompt('run it', '--allowedTools', 'Bash', withStreams))
    succeeded(run, 'The shell said from-the-shell')
    const [first, second] = bodiesWithTools(session)
    assert.ok(first && second)
    // The simulator refuses signatures that it did not create.
    assert.deepEqual(typesOf(second.messages.find(({ role }) => role === 'assistant')), [
      'thinking',
      'text',
      'tool_use',
    ])
    assert.ok(
      cacheReads(run).some((tokens) => tokens > 1000),
      'the second turn reads the prompt cache',
    )
    usedKey(session, serverKey)
  },
}

const clientToken = 'the-token-of-the-clients'

const withToken: Case = {
  name: 'anthropic: a client token, which Anthropic never gets',
  setup: () => setupOf(turns<CheckedBody>([{ text: 'Let in.' }]), { serverFlags: ['--client-token', clientToken] }),
  async play(session) {
    succeeded(await session.headless(prompt('hello')), 'Let in')
    assert.equal(session.endpoint?.token, clientToken)
    assert.ok(!JSON.stringify(session.journal).includes(clientToken))
    usedKey(session, serverKey)
  },
}

const domainKey = 'sk-ant-api03-of-the-domain'

const withDomainFile: Case = {
  name: 'anthropic: the key in the file of its domain',
  setup: () =>
    setupOf(
      turns<CheckedBody>([{ text: 'Known.' }]),
      {},
      { apiKeys: [domainKey], files: { '127.0.0.1.credentials.json': { type: 'api_key', api_key: domainKey } } },
    ),
  async play(session) {
    succeeded(await session.headless(prompt('hello')), 'Known')
    usedKey(session, domainKey)
  },
}

const ownKey = 'sk-ant-api03-of-the-user'

const withOwnKey: Case = {
  name: "anthropic: the client's own key, through a server without a key",
  setup: () =>
    setupOf(
      turns<CheckedBody>([{ text: 'Yours.' }]),
      { environment: { ANTHROPIC_API_KEY: ownKey } },
      { apiKeys: [ownKey] },
    ),
  async play(session) {
    succeeded(await session.headless(prompt('hello')), 'Yours')
    usedKey(session, ownKey)
  },
}

const ownToken = 'sk-ant-oat01-of-the-user'
const anHourMs = 3_600_000

/** One person's own client, with that person's own credential, needs no switch (AU-T3). */
const signedIn: Case = {
  name: "anthropic: the client's own sign-in, through a server without a key",
  // It reads the user's profile there.
  expectedTraffic: /^CONNECT api\.anthropic\.com:443 /,
  setup: () => {
    const clientCredentials = {
      claudeAiOauth: {
        accessToken: ownToken,
        refreshToken: 'sk-ant-ort01-of-the-user',
        expiresAt: Date.now() + anHourMs,
        scopes: ['user:inference', 'user:profile'],
        subscriptionType: 'max',
      },
    }
    return setupOf(turns<CheckedBody>([{ text: 'Signed in.' }]), { clientCredentials }, {})
  },
  async play(session) {
    succeeded(await session.headless(prompt('hello')), 'Signed in')
    usedKey(session, ownToken, 'oauth')
  },
}

const edit: Case = {
  name: 'anthropic: Edit of a file with non-ASCII text',
  async setup(folder) {
    const file = join(folder, 'grüße.txt')
    await writeFile(file, 'Grüße, 世界 🎉\n')
    const change = { file_path: file, old_string: '世界 🎉', new_string: '„Ωμέγα“ 👩‍💻' }
    return setupOf(
      turns<CheckedBody>(
        [{ tool: 'Read', input: { file_path: file } }],
        [{ tool: 'Edit', input: change }],
        [{ text: 'Edited.' }],
      ),
    )
  },
  async play(session) {
    succeeded(await session.headless(prompt('edit it', '--allowedTools', 'Read,Edit')), 'Edited')
    assert.equal(await readFile(join(session.folder, 'grüße.txt'), 'utf8'), 'Grüße, „Ωμέγα“ 👩‍💻\n')
  },
}

const parallel: Case = {
  name: 'anthropic: two tools in parallel',
  setup: () =>
    setupOf(
      turns<CheckedBody>([{ text: 'Both.' }, bash('echo first'), bash('echo second')], (request) => {
        const words = resultTextOf(request).match(/\b(?:first|second)\b/g) ?? []
        return [{ text: `Got ${words.sort().join(' ')}.` }]
      }),
    ),
  async play(session) {
    succeeded(await session.headless(prompt('run both', '--allowedTools', 'Bash')), 'Got first second')
  },
}

/** A picture of one pixel, which the client sends unchanged. */
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const imageTurn = JSON.stringify({
  type: 'user',
  message: {
    role: 'user',
    content: [
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
      { type: 'text', text: 'What is this?' },
    ],
  },
})

const image: Case = {
  name: 'anthropic: a turn with an image',
  setup: () => setupOf(turns<CheckedBody>([{ text: 'A red pixel.' }])),
  async play(session) {
    const args = ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose']
    succeeded(await session.headless(args, [imageTurn]), 'A red pixel')
    assert.ok(JSON.stringify(bodiesWithTools(session)).includes(pixel))
  },
}

/** Fails the first conversation in this way. */
const failingOnce = (failure: Reply, words: string): Scenario<CheckedBody> => {
  const succeeding = turns<CheckedBody>([{ text: words }])
  let hasFailed = false
  return (request) => {
    if (hasFailed || request.tools.length === 0) return succeeding(request)
    hasFailed = true
    return failure
  }
}

interface Failing {
  readonly name: string
  readonly failure: Reply
  readonly flags?: readonly string[]
}

const text: readonly ReplyBlock[] = [{ text: 'This answer does not reach its end. '.repeat(20) }]

/** The client or the server tries again. */
const failing = ({ name, failure, flags = [] }: Failing): Case => ({
  name: `anthropic: ${name}`,
  setup: () => setupOf(failingOnce(failure, 'Now it works.'), { serverFlags: flags }),
  async play(session) {
    succeeded(await session.headless(prompt('hello')), 'Now it works')
    assert.ok(bodiesWithTools(session).length >= 2)
    // A retry sends the same bytes, or the client's second request.
    assert.doesNotMatch(session.serverLog(), /internal_error|observer\.failed/)
  },
})

const failures: readonly Failing[] = [
  {
    name: 'a 429 with retry-after, for which the client waits',
    failure: { error: { status: 429, message: 'Slow down.', headers: { 'retry-after': '1' } } },
  },
  { name: 'a 529, which the server retries', failure: { error: { status: 529, message: 'Overloaded' } } },
  {
    name: 'a 529, which the client retries',
    failure: { error: { status: 529, message: 'Overloaded' } },
    flags: ['--max-retries', '0'],
  },
  {
    name: 'an overload inside a stream',
    failure: { content: text, fault: { kind: 'error', type: 'overloaded_error', afterFrames: 4 } },
  },
  {
    name: 'a stream that is cut inside an event',
    failure: { content: text, fault: { kind: 'cut frame', afterFrames: 4 } },
  },
  { name: 'a connection that is reset', failure: { content: text, fault: { kind: 'reset', afterFrames: 4 } } },
]

const badKey: Case = {
  name: 'anthropic: a bad key',
  expectedRefusal: /invalid x-api-key/,
  setup: () => setupOf(never as Scenario<unknown>, {}, { apiKeys: ['another'], apiKey: serverKey }),
  async play(session) {
    const run = await session.headless(prompt('hello'))
    assert.notEqual(run.exitCode, 0)
    assert.equal(run.result?.['is_error'], true)
    // The response says not to retry; otherwise the client would retry for minutes.
    assert.ok(session.journal.length <= 3, `${session.journal.length} requests`)
  },
}

const counts: Case = {
  name: 'anthropic: /context in a terminal, counted by Anthropic',
  newestOnly: true,
  setup: () => setupOf(turns<CheckedBody>([{ text: 'Good day.' }])),
  async play(session) {
    await using terminal = await session.terminal()
    await terminal.says('hello')
    await terminal.shows(/● Good day/)
    await terminal.says('/context')
    await terminal.shows(/System tools: ([\d.]+k?)\b.*%\)/)
    const counted = session.journal.filter(({ path }) => path === '/v1/messages/count_tokens')
    assert.ok(counted.length > 0 && counted.every(({ status }) => status === 200), `${counted.length} counts`)
    usedKey(session, serverKey)
  },
}

export const anthropicCases: readonly Case[] = [
  bashTurn,
  withToken,
  withDomainFile,
  withOwnKey,
  signedIn,
  edit,
  parallel,
  image,
  ...failures.map(failing),
  badKey,
  counts,
]
