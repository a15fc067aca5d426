import { describe, expect, test } from 'bun:test'
import { type TranslateOptions, user, validBody } from '../../support/translate.ts'

const haiku: TranslateOptions = { modelId: 'claude-haiku-4.5' }

const ask = { messages: [user('a')], max_tokens: 8000 }

const additional = (members: object, options?: TranslateOptions): Record<string, unknown> =>
  validBody({ ...ask, ...members }, options).additionalModelRequestFields ?? {}

describe('betas', () => {
  const flags = (betas: string[], members: object = {}, options: TranslateOptions = {}): unknown =>
    additional({ ...members }, { ...options, betas })['anthropic_beta']

  test('1.7 allow-list, 1.7 context-1m: allowed flags are sent once each, in order', () => {
    expect(
      flags(['claude-code-20250219', ' context-1m-2025-08-07', 'context-1m-2025-08-07', 'oauth-2025-04-20'], {
        betas: ['fine-grained-tool-streaming-2025-05-14'],
      }),
    ).toEqual(['context-1m-2025-08-07', 'fine-grained-tool-streaming-2025-05-14'])
    expect(flags(['constructor', '__proto__', 'claude-code-20250219'])).toBeUndefined()
  })

  test('1.7 interleaved-thinking, 1.7 display flag, 1.7 context-1m: flags that depend on a field or a model', () => {
    const thinking = { type: 'enabled', budget_tokens: 2000 }
    expect(flags(['interleaved-thinking-2025-05-14'], { thinking }, haiku)).toEqual(['interleaved-thinking-2025-05-14'])
    expect(flags(['interleaved-thinking-2025-05-14'], {}, haiku)).toBeUndefined()
    expect(flags(['interleaved-thinking-2025-05-14'], { thinking })).toBeUndefined()
    expect(
      flags(['thinking-display-updates-2026-08-18'], { thinking: { type: 'adaptive', display: 'updates' } }),
    ).toEqual(['thinking-display-updates-2026-08-18'])
    expect(flags(['thinking-display-updates-2026-08-18'], { thinking: { type: 'adaptive' } })).toBeUndefined()
    expect(flags(['context-1m-2025-08-07'], {}, haiku)).toBeUndefined()
  })
})
