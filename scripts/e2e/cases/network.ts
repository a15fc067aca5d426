import assert from 'node:assert/strict'
import type { Scenario } from '../../../src/simulator/reply.ts'
import { type Case, prompt, succeeded } from '../case.ts'
import { turns } from '../conversation.ts'

/** Failures on the network: limits, keys, proxies. */

const throttledOnce = (): Scenario => {
  let isFirst = true
  return () => {
    if (!isFirst) return { content: [{ text: 'Now it works.' }] }
    isFirst = false
    return {
      error: {
        status: 429,
        type: 'ThrottlingException',
        message: 'Too many requests, please wait before trying again.',
      },
    }
  }
}

const throttled: Case = {
  name: 'a retry after a 429',
  setup: () => ({ scenario: throttledOnce(), serverFlags: ['--max-retries', '0'] }),
  async play(session) {
    succeeded(await session.headless(prompt('hello')), 'Now it works')
    assert.equal(session.journal.length, 2)
  },
}

const badKey: Case = {
  name: 'a bad key',
  setup: () => ({ scenario: () => undefined, acceptedKey: 'another-key' }),
  async play(session) {
    const run = await session.headless(prompt('hello'))
    assert.notEqual(run.exitCode, 0)
    assert.equal(run.result?.['is_error'], true)
    assert.match(JSON.stringify(run.events), /make sure your API Key is valid/)
    // The response says not to retry; otherwise the client would retry for minutes.
    assert.ok(session.journal.length <= 2, `${session.journal.length} requests`)
  },
}

/** The `claude` command has a case of its own. */
const deadProxy = (launch: 'line' | 'env'): Case => ({
  name: `behind an unreachable proxy, by ${launch}`,
  setup: () => ({
    launch,
    scenario: turns([{ text: 'Reached.' }]),
    environment: {
      HTTP_PROXY: 'http://127.0.0.1:1',
      HTTPS_PROXY: 'http://127.0.0.1:1',
      http_proxy: 'http://127.0.0.1:1',
      https_proxy: 'http://127.0.0.1:1',
    },
  }),
  async play(session) {
    succeeded(await session.headless(prompt('hello')), 'Reached')
    assert.equal(session.journal.length, 1)
  },
})

export const networkCases: readonly Case[] = [throttled, badKey, deadProxy('line'), deadProxy('env')]
