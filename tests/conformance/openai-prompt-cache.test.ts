import { describe, expect, test } from 'bun:test'
import { startChain } from '../support/chain.ts'
import { openAiFixture } from '../support/openai-fixtures.ts'

/** The prompt cache of a session, by the accounting of the simulator. */

interface Usage {
  readonly all: number
  readonly cached: number
}

const usageOf = (answer: { readonly usage: Record<string, number & { cached_tokens: number }> }): Usage => {
  const { usage } = answer
  return {
    all: usage['prompt_tokens'] ?? usage['input_tokens'] ?? Number.NaN,
    cached: (usage['prompt_tokens_details'] ?? usage['input_tokens_details'])?.cached_tokens ?? Number.NaN,
  }
}

const turn = async (chain: ReturnType<typeof startChain>, name: string): Promise<Usage> => {
  const { path, body } = openAiFixture(name)
  const response = await chain.post({ ...body, stream: false }, { path })
  expect(response.status).toBe(200)
  return usageOf((await response.json()) as never)
}

const leastShare = 0.9

describe('the second request of a session', () => {
  test.each(['codex', 'codex-catalog', 'codex-tools', 'codex-gpt-6', 'opencode', 'opencode-responses'])(
    '%s reads nearly all of its prefix from the cache (OE-C71)',
    async (name) => {
      // Recorded prompts without their long texts are below the minimum of real models.
      const chain = startChain({ simulator: { cache: { minimumTokens: 0 } } })
      const first = await turn(chain, `${name}-first`)
      const second = await turn(chain, `${name}-second`)
      expect(first.cached).toBe(0)
      expect(second.cached / first.all).toBeGreaterThanOrEqual(leastShare)
    },
  )
})
