import { toUnicodeJson } from '../../src/base/unicode-json.ts'
import { createFingerprinter, type Fingerprint } from '../../src/gateway/cache-audit/fingerprint.ts'
import { createContentHash } from '../../src/runtime/content-hash.ts'
import { toConverseRequest } from '../../src/translate/anthropic-to-converse/request.ts'
import { noOverrides } from '../../src/translate/capabilities/overrides.ts'
import type { SentPrompt } from '../../src/upstreams/call-audit.ts'
import type { MessagesRequest } from '../../src/wire/anthropic/request.ts'

export type Translation = ReturnType<typeof toConverseRequest>

/** What the upstream hands to the audit for a request, translated for the model. */
export const promptOf = (
  request: object,
  {
    modelId = 'claude-sonnet-4.6',
    cacheMinimum = 0,
    hasCache = true,
    overrides = noOverrides,
    change = (translation: Translation): Translation => translation,
  } = {},
): SentPrompt => {
  const given = request as MessagesRequest
  const { body, units, notes } = change(toConverseRequest(given, { modelId, betas: [], overrides }))
  const settings = overrides === noOverrides ? '' : JSON.stringify(overrides)
  const toolsStart = '"toolConfig":{"tools":[{"toolSpec":{"name":"'
  return {
    request: given,
    units,
    notes,
    text: toUnicodeJson(body),
    toolsStart,
    settings,
    cacheMinimum: hasCache ? cacheMinimum : undefined,
  }
}

/** Makes fingerprints that can be compared with each other. */
export const createFingerprints = () => {
  const read = createFingerprinter(createContentHash())
  return (
    request: object,
    options?: Parameters<typeof promptOf>[1],
    earlier: readonly Fingerprint[] = [],
  ): Fingerprint => read(promptOf(request, options), earlier).fingerprint
}
