import { largeBytes, writeInParts } from '../../base/json-parts.ts'
import { toUnicodeJson } from '../../base/unicode-json.ts'
import {
  type ConverseTarget,
  type ConverseTranslation,
  toConverseRequest,
} from '../../translate/anthropic-to-converse/request.ts'
import { noOverrides, withOverrides } from '../../translate/capabilities/overrides.ts'
import { capabilitiesOf } from '../../translate/capabilities/table.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { UpstreamDependencies } from '../definition.ts'
import type { ResendOnce } from '../http/post.ts'
import type { CallContext } from '../upstream.ts'
import { cacheMinimumOf } from './cache-minimum.ts'
import type { NexusCall } from './client.ts'

/** A request that is ready to send. */
export interface Prepared {
  readonly translation: ConverseTranslation
  readonly call: NexusCall
}

interface PrepareOptions {
  readonly resend: ResendOnce
  readonly distort: UpstreamDependencies['distort']
  readonly pause: UpstreamDependencies['pause']
}

/** In front of the first tool. No text of a client has it: JSON writes its quotes with backslashes. */
const toolsStart = '"toolConfig":{"tools":[{"toolSpec":{"name":"'

/** What the model has refused, as a text that changes with it. */
const settingsOf = ({ overrides = noOverrides }: ConverseTarget): string =>
  overrides === noOverrides ? '' : JSON.stringify(overrides)

const takesCachePoints = ({ modelId, overrides = noOverrides }: ConverseTarget): boolean =>
  withOverrides(capabilitiesOf(modelId), overrides).cachePoints

/** The body as it is sent. The audit needs its text. */
const toSent = (
  request: MessagesRequest,
  target: ConverseTarget,
  { body, units, notes }: ConverseTranslation,
  { audit, bodyBytes = 0 }: CallContext,
  pause: PrepareOptions['pause'],
): NexusCall['body'] => {
  if (audit === undefined && pause !== undefined && bodyBytes >= largeBytes)
    return writeInParts(body, { pause, expectedBytes: bodyBytes })
  const text = toUnicodeJson(body)
  audit?.translated({
    request,
    units,
    notes,
    text,
    toolsStart,
    settings: settingsOf(target),
    cacheMinimum: takesCachePoints(target) ? cacheMinimumOf(target.modelId) : undefined,
  })
  return text
}

/** Throws what the translation throws. */
export const prepare = (
  request: MessagesRequest,
  target: ConverseTarget,
  context: CallContext,
  { resend, distort, pause }: PrepareOptions,
): Prepared => {
  const translation = toConverseRequest(request, target)
  distort?.(translation)
  const { body, paths } = translation
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
      body: toSent(request, target, translation, context, pause),
      signal: context.signal,
      onUpstreamId: context.onUpstreamId,
      traceparent: context.traceparent,
      resend,
    },
  }
}
