import { toUnicodeJson } from '../../base/unicode-json.ts'
import {
  type ConverseTarget,
  type ConverseTranslation,
  toConverseRequest,
} from '../../translate/anthropic-to-converse/request.ts'
import { noOverrides } from '../../translate/capabilities/overrides.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { ResendOnce } from '../http/post.ts'
import type { CallContext } from '../upstream.ts'
import type { NexusCall } from './client.ts'

/** A request that is ready to send. */
export interface Prepared {
  readonly translation: ConverseTranslation
  readonly call: NexusCall
}

/** What the model has refused, as a text that changes with it. */
const settingsOf = ({ overrides = noOverrides }: ConverseTarget): string =>
  overrides === noOverrides ? '' : JSON.stringify(overrides)

/** Throws what the translation throws. */
export const prepare = (
  request: MessagesRequest,
  target: ConverseTarget,
  { signal, onUpstreamId, traceparent, audit }: CallContext,
  resend: ResendOnce,
): Prepared => {
  const translation = toConverseRequest(request, target)
  const { body, paths, units, notes } = translation
  audit?.translated({ request, units, notes, settings: settingsOf(target) })
  const betas = body.additionalModelRequestFields?.['anthropic_beta']
  return {
    translation,
    call: {
      modelId: target.modelId,
      wording: {
        model: request.model,
        maxTokens: request.max_tokens,
        paths,
        betas: Array.isArray(betas) ? betas : [],
      },
      body: toUnicodeJson(body),
      signal,
      onUpstreamId,
      traceparent,
      resend,
    },
  }
}
