import assert from 'node:assert/strict'
import type { Reply, Scenario } from '../../../src/simulator/reply.ts'
import type { Case } from '../case.ts'
import { codexConfiguration, codexFails, codexPrompt, codexSays } from '../codex.ts'
import { nexus, openAi, type UpstreamRow } from '../openai-upstreams.ts'
import type { SessionSetup } from '../session.ts'
import { codex, launch } from './codex.ts'

/** Codex after failures of the upstream (OE-P5). */

/** The server does not repeat a request itself. */
const noRetries = { serverFlags: ['--max-retries', '0'] } as const

const once = (first: Reply): Scenario<unknown> => {
  let isFirst = true
  return () => {
    if (!isFirst) return { content: [{ text: 'Now it works.' }] }
    isFirst = false
    return first
  }
}

const failing = (reply: Reply, upstream: UpstreamRow = nexus): (() => SessionSetup) => {
  return () => ({ ...launch(), ...noRetries, ...upstream.setup(once(reply)) })
}

const waitSeconds = 2

const throttled = (upstream: UpstreamRow): Case =>
  codex(`waits for the retry-after of a 429, over ${upstream.name}`, {
    setup: failing(
      {
        error: {
          status: 429,
          type: upstream === nexus ? 'ThrottlingException' : 'rate_limit_exceeded',
          message: 'Too many requests, please wait before trying again.',
          headers: { 'retry-after': String(waitSeconds) },
        },
      },
      upstream,
    ),
    async play(session) {
      const started = performance.now()
      codexSays(await session.headless(codexPrompt('hello')), 'Now it works')
      assert.deepEqual(
        session.journal.map(({ status }) => status),
        [429, 200],
      )
      assert.ok(performance.now() - started > waitSeconds * 1000, 'it did not wait')
    },
  })

const overloaded = codex('repeats a request after an overload', {
  setup: failing({
    error: { status: 503, type: 'ServiceUnavailableException', message: 'Bedrock is unable to process your request.' },
  }),
  async play(session) {
    codexSays(await session.headless(codexPrompt('hello')), 'Now it works')
    assert.deepEqual(
      session.journal.map(({ status }) => status),
      [503, 200],
    )
  },
})

const overflow = codex('reports a full context window, and does not repeat the request', {
  setup: failing({
    error: { status: 400, type: 'ValidationException', message: 'Input is too long for requested model.' },
  }),
  async play(session) {
    codexFails(await session.headless(codexPrompt('hello')), /ran out of room in the model's context window/)
    assert.equal(session.journal.length, 1)
  },
})

const midStream = codex('repeats an answer that breaks off', {
  setup: failing({
    content: [{ text: 'This is the beginning of a longer answer.' }],
    fault: { kind: 'exception', type: 'internalServerException', message: 'The system failed.', afterFrames: 3 },
  }),
  async play(session) {
    codexSays(await session.headless(codexPrompt('hello')), 'Now it works')
    assert.equal(session.journal.length, 2)
  },
})

const badKey = codex('reports that the upstream refuses the key', {
  setup: () => ({ ...launch(), scenario: () => undefined, acceptedKey: 'another-key' }),
  async play(session) {
    codexFails(await session.headless(codexPrompt('hello')), /401.*not the (?:client's|key of the client)/)
  },
})

const refused = codex('shows the text of a refusal', {
  setup: failing({ content: [{ text: 'I cannot do that.' }], stopReason: 'content_filtered' }),
  async play(session) {
    codexSays(await session.headless(codexPrompt('hello')), 'I cannot do that')
    assert.equal(session.journal.length, 1)
  },
})

const cut = codex('reports an answer that reaches the limit of tokens', {
  setup: failing({ content: [{ text: 'The beginning' }], stopReason: 'max_tokens' }),
  async play(session) {
    codexFails(await session.headless(codexPrompt('hello')), /max_output_tokens/)
    assert.equal(session.journal.length, 1)
  },
})

/** Codex gives a stream up after this silence, and comments do not count. */
const idleMs = 2000

const silence = codex('reads on through a silence that is longer than its own timeout', {
  setup: () => ({
    launch: 'codex',
    configuration: codexConfiguration({ idleMs }),
    serverVariables: { NEXUS_PING_INTERVAL: '0.5' },
    scenario: () => ({ content: [{ text: 'After a while.' }], pace: { frameMs: idleMs + 500, deltaCharacters: 100 } }),
  }),
  async play(session) {
    codexSays(await session.headless(codexPrompt('hello')), 'After a while')
    assert.equal(session.journal.length, 1)
  },
})

export const codexFailureCases: readonly Case[] = [
  ...[nexus, openAi].map(throttled),
  overloaded,
  overflow,
  midStream,
  badKey,
  refused,
  cut,
  silence,
]
