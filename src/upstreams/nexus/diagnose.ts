import { isSystemRejected, rejectedThinking } from '../../messages/client-wording.ts'
import type { ConverseRequest } from '../../wire/converse/request.ts'
import {
  betasIn,
  type Diagnosis,
  lacking,
  noCachePoints,
  noCitations,
  noDocumentsBesideResults,
  noImagesInResults,
  noLongCachePoints,
  noResponseFields,
  noSystemMessages,
  type RefusalRule,
  refusedTogether,
  whenMatches,
} from './diagnosis.ts'
import type { NexusError } from './errors.ts'
import { fieldRefusals, toolChoice } from './field-refusals.ts'

/**
 * Reads from a refusal what to leave out. Source: error texts of Bedrock. A refusal that no row matches is passed on to
 * the client.
 */

const betaFlags: RefusalRule = (words, sent) => {
  const isInvalid = /invalid beta flag/i.test(words)
  if (!isInvalid && !/anthropic[-_]beta/i.test(words)) return []
  const flags = betasIn(sent)
  const named = flags.filter((flag) => words.includes(flag))
  const suspects = named.length > 0 || !isInvalid ? named : flags
  return suspects.length === 0 ? [] : [refusedTogether(suspects)]
}

const cachePoints: readonly RefusalRule[] = [
  whenMatches(/did not allow prompt caching/i, noCachePoints),
  whenMatches(/\b(?:messages|system)\.[\w.]{1,100}\.cache_control: Extra inputs are not permitted/i, noCachePoints),
  whenMatches(
    /cache_control(?:\.ephemeral)?\.ttl: (?:Extra inputs are not permitted|Input should be)/i,
    noLongCachePoints,
  ),
  whenMatches(/Value '1h' at '[\w.]{1,200}\.ttl' failed to satisfy constraint/i, noLongCachePoints),
  // Points follow Bedrock's known rules: a refused position means other rules, of the model or for this conversation.
  whenMatches(/Cache point cannot be inserted|There is nothing available to cache/i, {
    ...noCachePoints,
    isPassing: true,
  }),
]

const hasDocumentBesideResult = ({ messages }: ConverseRequest): boolean =>
  messages.some(
    ({ content }) => content.some((block) => 'toolResult' in block) && content.some((block) => 'document' in block),
  )

const documents: readonly RefusalRule[] = [
  // boto3#4608, boto3#4648. Citations that the client requested are not left out, so the refusal reaches the client.
  whenMatches(
    /\bcitations? (?:are|is) not (?:supported|available|enabled)|(?:doesn't|does not) support citations/i,
    noCitations,
  ),
  whenMatches(/\bcitations: Extra inputs are not permitted|Input tag 'search_result' found using 'type'/i, noCitations),
  // The pairs were checked before: if Bedrock reports a missing result, the cause is a document next to it.
  (words, sent) =>
    /`?tool_use`? ids were found without `?tool_result`? blocks/i.test(words) && hasDocumentBesideResult(sent)
      ? [noDocumentsBesideResults]
      : [],
]

const hasImageInResult = ({ messages }: ConverseRequest): boolean =>
  messages.some(({ content }) =>
    content.some((block) => 'toolResult' in block && block.toolResult.content.some((part) => 'image' in part)),
  )

const images: readonly RefusalRule[] = [
  // opencode#49443. Names the user's turn, also if its images are only in results.
  (words, sent) =>
    /(?:doesn't|does not) support the [\w.]{0,60}\bimage field/i.test(words) && hasImageInResult(sent)
      ? [noImagesInResults]
      : [],
]

const settings: readonly RefusalRule[] = [
  whenMatches(
    /(?:temperature|top_p|top_k)`?.{0,40}is deprecated for this model/i,
    lacking('temperature, top_p or top_k', { sampling: 'none' }),
  ),
  whenMatches(
    /temperature.{0,20}top_p.{0,10}cannot both be specified/i,
    lacking('temperature and top_p at once', { sampling: 'one' }),
  ),
  (words) => {
    const type = rejectedThinking(words)
    return type === undefined
      ? []
      : [{ what: `thinking of the type '${type}'`, overrides: { refusedThinking: [type] } }]
  },
  (words) => (isSystemRejected(words) ? [noSystemMessages] : []),
  whenMatches(/additionalModelResponseFieldPaths/i, noResponseFields),
]

/** A message may list several paths: all of them count, so that one retry is enough. */
const rows: readonly RefusalRule[] = [...fieldRefusals, betaFlags, ...cachePoints, ...settings, ...documents, ...images]

/** Only refusals of the request itself; a missing right to cache is a 403. */
const isRefusal = ({ type }: NexusError): boolean => type === 'invalid_request_error' || type === 'permission_error'

/** Returns what to leave out; an empty list if the message does not say. */
export const diagnose = (error: NexusError, sent: ConverseRequest): readonly Diagnosis[] => {
  if (!isRefusal(error)) return []
  const readBy = (rules: readonly RefusalRule[]): Diagnosis[] =>
    rules.flatMap((row) => row(error.upstreamWords, sent)).filter((diagnosis) => diagnosis !== undefined)
  const specific = readBy(rows)
  const found = specific.length > 0 ? specific : readBy([toolChoice])
  return [...new Map(found.map((diagnosis) => [diagnosis.what, diagnosis])).values()]
}
